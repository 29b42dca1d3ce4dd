<?php
/**
 * The one way to the Kizuna server, and the breaker in it. No page of the storefront takes this way.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * After so many failures in a row the server is left alone.
 */
const KIZUNA_FAILURES_ALLOWED = 3;

/**
 * For so many seconds.
 */
const KIZUNA_REST_SECONDS = 300;

/**
 * Seconds the server may think before it counts as away.
 */
const KIZUNA_PATIENCE_SECONDS = 5;

/**
 * Whether the server is being left alone because it did not answer.
 *
 * @return bool
 */
function kizuna_is_resting() {
	return (int) get_transient( 'kizuna_failures' ) >= KIZUNA_FAILURES_ALLOWED;
}

/**
 * Counts an answer or a failure. Failures are forgotten after the rest, so that one try shows how things stand.
 *
 * @param bool $answered Whether the server answered.
 */
function kizuna_note_answer( $answered ) {
	if ( ! $answered ) {
		set_transient( 'kizuna_failures', (int) get_transient( 'kizuna_failures' ) + 1, KIZUNA_REST_SECONDS );
	} elseif ( false !== get_transient( 'kizuna_failures' ) ) {
		delete_transient( 'kizuna_failures' );
	}
}

/**
 * Asks the server and returns what it says, null where it is away, resting or has no answer to that.
 *
 * @param string     $method GET or POST.
 * @param string     $path   Path below the server's address, with its query.
 * @param array|null $body   What is sent as JSON.
 * @param array      $headers More headers, by name.
 * @return array{status: int, headers: array, body: array|null}|null
 */
function kizuna_ask( $method, $path, $body = null, $headers = array() ) {
	$app = kizuna_app();
	if ( '' === $app || kizuna_is_resting() ) {
		return null;
	}
	/**
	 * Filters how many seconds the server may think.
	 *
	 * @param int $seconds Five.
	 */
	$patience = (int) apply_filters( 'kizuna_server_patience', KIZUNA_PATIENCE_SECONDS );
	$args     = array(
		'method'      => $method,
		'timeout'     => $patience,
		'redirection' => 0,
		'headers'     => array_merge( array( 'Accept' => 'application/json' ), $headers ),
	);
	if ( null !== $body ) {
		$args['body']                    = is_string( $body ) ? $body : wp_json_encode( $body );
		$args['headers']['Content-Type'] = 'application/json';
	}
	$local    = in_array( wp_parse_url( $app, PHP_URL_HOST ), array( 'localhost', '127.0.0.1' ), true );
	$answer   = $local ? wp_remote_request( $app . $path, $args ) : wp_safe_remote_request( $app . $path, $args );
	$status   = is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer );
	$answered = $status >= 200 && $status < 500 && 429 !== $status;
	kizuna_note_answer( $answered );
	if ( ! $answered ) {
		return null;
	}
	$said = json_decode( wp_remote_retrieve_body( $answer ), true );
	return array(
		'status'  => $status,
		'etag'    => (string) wp_remote_retrieve_header( $answer, 'etag' ),
		'body'    => is_array( $said ) ? $said : null,
	);
}

/**
 * Asks the server on behalf of one shopper, with the short-lived token that the shopper's own browser would get.
 *
 * @param int    $customer The WordPress user.
 * @param string $path     Path below the storefront API.
 * @return array|null What it says, null where it has no answer.
 */
function kizuna_ask_for( $customer, $path ) {
	$connection = kizuna_connection();
	$user       = get_userdata( $customer );
	if ( null === $connection || ! $user ) {
		return null;
	}
	$token  = kizuna_token( kizuna_secret(), $connection['shop'], $user->ID, $user->user_email, time() + KIZUNA_TOKEN_SECONDS );
	$answer = kizuna_ask( 'GET', '/storefront/api/' . $path, null, array( 'Authorization' => 'Bearer ' . $token ) );
	return null !== $answer && 200 === $answer['status'] ? $answer['body'] : null;
}

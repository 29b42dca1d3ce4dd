<?php
/**
 * The store's own copy of the public programme, fetched in the background: pages read it and never wait for the server.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * Seconds after which a copy that a page showed is fetched again.
 */
const KIZUNA_PROGRAMME_SECONDS = 600;

add_action( 'kizuna_refresh_programme', 'kizuna_refresh_programme' );

/**
 * Returns the copy as the server's contract has it, null before the first one or when it is another shop's.
 *
 * @return array|null
 */
function kizuna_programme() {
	$connection = kizuna_connection();
	$kept       = get_option( 'kizuna_programme' );
	if ( null === $connection ) {
		return null;
	}
	$is_ours = is_array( $kept ) && isset( $kept['shop'], $kept['programme'] ) && $kept['shop'] === $connection['shop'];
	if ( ! $is_ours || time() - (int) $kept['at'] > KIZUNA_PROGRAMME_SECONDS ) {
		kizuna_wish_programme();
	}
	return $is_ours ? $kept['programme'] : null;
}

/**
 * Has the copy fetched soon, once.
 */
function kizuna_wish_programme() {
	if ( ! kizuna_is_resting() && ! wp_next_scheduled( 'kizuna_refresh_programme' ) ) {
		wp_schedule_single_event( time(), 'kizuna_refresh_programme' );
	}
}

/**
 * Fetches the copy. When the server is away the old one stays.
 *
 * @return bool Whether there is a fresh copy now.
 */
function kizuna_refresh_programme() {
	$connection = kizuna_connection();
	if ( null === $connection ) {
		return false;
	}
	$kept    = get_option( 'kizuna_programme' );
	$is_ours = is_array( $kept ) && isset( $kept['shop'] ) && $kept['shop'] === $connection['shop'];
	$headers = $is_ours && ! empty( $kept['etag'] ) ? array( 'If-None-Match' => $kept['etag'] ) : array();
	$answer  = kizuna_ask( 'GET', '/storefront/api/programme?shop=' . rawurlencode( $connection['shop'] ), null, $headers );
	if ( null !== $answer && 304 === $answer['status'] && $is_ours ) {
		$kept['at'] = time();
		update_option( 'kizuna_programme', $kept, false ); // It answers false where nothing changed, as within one second.
		return true;
	}
	if ( null === $answer || 200 !== $answer['status'] || ! kizuna_is_programme( $answer['body'] ) ) {
		return false;
	}
	update_option(
		'kizuna_programme',
		array(
			'shop'      => $connection['shop'],
			'at'        => time(),
			'etag'      => $answer['etag'],
			'programme' => $answer['body'],
		),
		false
	);
	return true;
}

/**
 * Whether an answer has the parts of a programme that pages read without asking.
 *
 * @param mixed $said What the server said.
 * @return bool
 */
function kizuna_is_programme( $said ) {
	if ( ! is_array( $said ) || ! isset( $said['name'], $said['locale'], $said['unit']['decimals'], $said['currency']['code'] ) ) {
		return false;
	}
	foreach ( array( 'earn', 'rewards' ) as $list ) {
		if ( ! isset( $said[ $list ] ) || ! is_array( $said[ $list ] ) ) {
			return false;
		}
	}
	return is_int( $said['unit']['decimals'] ) && isset( $said['currency']['exponent'] ) && is_int( $said['currency']['exponent'] );
}

<?php
/**
 * The short-lived token that tells the server which signed-in shopper is asking.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * Seconds a token is good for. The widget fetches a new one when it needs one.
 */
const KIZUNA_TOKEN_SECONDS = 300;

/**
 * Returns bytes as base64url without padding.
 *
 * @param string $bytes Any bytes.
 * @return string
 */
function kizuna_base64url( $bytes ) {
	// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- a token's alphabet, nothing hidden.
	return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' );
}

/**
 * Makes a token: `v1.<payload>.<HMAC-SHA256 of "v1.<payload>">`, both parts base64url.
 *
 * @param string $secret      The secret shared with the server; never empty.
 * @param string $shop        Our id at the server.
 * @param int    $customer_id The WordPress user.
 * @param string $email       The address of their account.
 * @param int    $ends        When it ends, in Unix seconds.
 * @return string
 */
function kizuna_token( $secret, $shop, $customer_id, $email, $ends ) {
	$payload = wp_json_encode(
		array(
			'shop'     => (string) $shop,
			'customer' => (string) $customer_id,
			'email'    => (string) $email,
			'exp'      => (int) $ends,
		)
	);
	$signed  = 'v1.' . kizuna_base64url( $payload );
	return $signed . '.' . kizuna_base64url( hash_hmac( 'sha256', $signed, $secret, true ) );
}

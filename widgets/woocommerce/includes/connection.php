<?php
/**
 * What this store knows of its Kizuna server: where it is, under which id it knows us, and the secret both share.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * Returns the address of the Kizuna server without a slash at the end, or '' when nobody has said it.
 *
 * KIZUNA_APP_URL in wp-config.php goes before the setting.
 *
 * @return string
 */
function kizuna_app() {
	$app = defined( 'KIZUNA_APP_URL' ) ? KIZUNA_APP_URL : get_option( 'kizuna_app', '' );
	return kizuna_clean_app( $app );
}

/**
 * Returns an address as we keep it, or '' for one that is none.
 *
 * Only https is taken, and plain http on the same machine for people who try things out.
 *
 * @param mixed $address What was typed or sent.
 * @return string
 */
function kizuna_clean_app( $address ) {
	if ( ! is_string( $address ) ) {
		return '';
	}
	$parts  = wp_parse_url( trim( $address ) );
	$scheme = is_array( $parts ) && isset( $parts['scheme'] ) ? strtolower( $parts['scheme'] ) : '';
	$host   = is_array( $parts ) && isset( $parts['host'] ) ? strtolower( $parts['host'] ) : '';
	$local  = in_array( $host, array( 'localhost', '127.0.0.1' ), true );
	if ( '' === $host || isset( $parts['user'] ) || ! ( 'https' === $scheme || ( 'http' === $scheme && $local ) ) ) {
		return '';
	}
	if ( ! preg_match( '/^[a-z0-9.-]+\z/', $host ) ) {
		return '';
	}
	$port = isset( $parts['port'] ) ? ':' . (int) $parts['port'] : '';
	return $scheme . '://' . $host . $port;
}

/**
 * Returns under which id the server knows this store and since when, or null before it has told us.
 *
 * @return array{shop: string, since: int}|null
 */
function kizuna_connection() {
	$kept = get_option( 'kizuna_connection' );
	if ( ! is_array( $kept ) || empty( $kept['shop'] ) || '' === kizuna_app() || '' === kizuna_secret() ) {
		return null;
	}
	return array(
		'shop'  => (string) $kept['shop'],
		'since' => isset( $kept['since'] ) ? (int) $kept['since'] : 0,
	);
}

/**
 * Returns the secret that signs shoppers' tokens, '' before there is one.
 *
 * @return string
 */
function kizuna_secret() {
	$secret = get_option( 'kizuna_secret', '' );
	return is_string( $secret ) ? $secret : '';
}

/**
 * Keeps what the server told us. Telling it again renews the secret.
 *
 * @param string $shop   Our id at the server.
 * @param string $app    The server's address, cleaned.
 * @param string $secret The shared secret.
 */
function kizuna_connect( $shop, $app, $secret ) {
	update_option( 'kizuna_app', $app, true );
	update_option( 'kizuna_secret', $secret, false );
	update_option(
		'kizuna_connection',
		array(
			'shop'  => $shop,
			'since' => time(),
		),
		true
	);
	kizuna_note_answer( true );
	kizuna_wish_programme();
}

/**
 * Forgets the connection; the server's address stays, for connecting again.
 */
function kizuna_disconnect() {
	delete_option( 'kizuna_connection' );
	delete_option( 'kizuna_secret' );
	delete_option( 'kizuna_programme' );
	wp_clear_scheduled_hook( 'kizuna_refresh_programme' );
}

/**
 * Returns where a merchant goes to connect this store: the server sends them on to WooCommerce's own consent page.
 *
 * @return string '' while the server's address is not known.
 */
function kizuna_connect_url() {
	$app = kizuna_app();
	if ( '' === $app ) {
		return '';
	}
	return $app . '/connect/woocommerce/begin?store=' . rawurlencode( home_url() );
}

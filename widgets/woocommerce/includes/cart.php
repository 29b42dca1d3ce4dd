<?php
/**
 * A link with ?kz_code=CODE brings a reward's coupon into the cart, at once or as soon as there is something in it.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

const KIZUNA_CODE_PARAMETER = 'kz_code';
const KIZUNA_CODE_KEPT      = 'kizuna_code';
const KIZUNA_CODE_FORM      = '/^[A-Za-z0-9-]{4,64}\z/';

// The cart is there from priority 10 on.
add_action( 'wp_loaded', 'kizuna_take_code', 20 );
add_action( 'woocommerce_add_to_cart', 'kizuna_apply_kept_code', 20, 0 );

/**
 * Keeps the code of the link for this shopper, applies it if it can, and goes on without it in the address.
 */
function kizuna_take_code() {
	// phpcs:disable WordPress.Security -- a link from outside may do this: its code is what anybody could type.
	if ( ! isset( $_GET[ KIZUNA_CODE_PARAMETER ] ) ) {
		return;
	}
	$code = is_string( $_GET[ KIZUNA_CODE_PARAMETER ] ) ? wp_unslash( $_GET[ KIZUNA_CODE_PARAMETER ] ) : '';
	// phpcs:enable
	if ( ! preg_match( KIZUNA_CODE_FORM, $code ) || ! kizuna_has_cart() ) {
		return;
	}
	WC()->session->set( KIZUNA_CODE_KEPT, strtolower( $code ) );
	if ( ! WC()->session->has_session() ) {
		WC()->session->set_customer_session_cookie( true ); // A guest with an empty cart has none yet.
	}
	kizuna_apply_kept_code();
	nocache_headers();
	wp_safe_redirect( remove_query_arg( KIZUNA_CODE_PARAMETER ) );
	exit;
}

/**
 * Applies the code that was kept, once. An empty cart takes none, so there it waits.
 *
 * WooCommerce tells the shopper how it went: applied, expired, or not for this cart.
 */
function kizuna_apply_kept_code() {
	if ( ! kizuna_has_cart() || WC()->cart->is_empty() ) {
		return;
	}
	$code = WC()->session->get( KIZUNA_CODE_KEPT );
	if ( ! is_string( $code ) || '' === $code ) {
		return;
	}
	WC()->session->set( KIZUNA_CODE_KEPT, null );
	if ( ! WC()->cart->has_discount( $code ) ) {
		WC()->cart->apply_coupon( $code );
	}
}

/**
 * Whether this request has a shopper with a cart: a page of the admin or a cron run has none.
 *
 * @return bool
 */
function kizuna_has_cart() {
	return function_exists( 'WC' ) && ! is_admin() && WC() && WC()->session && WC()->cart;
}

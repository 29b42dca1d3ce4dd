<?php
/**
 * The tab “Points” in My Account, and the line on product pages.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

const KIZUNA_ENDPOINT = 'kizuna-points';

add_action( 'init', 'kizuna_add_endpoint' );
add_filter( 'woocommerce_get_query_vars', 'kizuna_query_vars' );
add_filter( 'woocommerce_account_menu_items', 'kizuna_account_menu' );
add_filter( 'woocommerce_endpoint_' . KIZUNA_ENDPOINT . '_title', 'kizuna_account_title' );
add_action( 'woocommerce_account_' . KIZUNA_ENDPOINT . '_endpoint', 'kizuna_print_account' );
add_action( 'woocommerce_single_product_summary', 'kizuna_print_product', 11 );
add_filter( 'woocommerce_available_variation', 'kizuna_tell_variation', 10, 3 );

/**
 * Registers the tab's address. Rewrite rules are written again once after an update of the plugin.
 */
function kizuna_add_endpoint() {
	add_rewrite_endpoint( KIZUNA_ENDPOINT, EP_ROOT | EP_PAGES );
	if ( KIZUNA_VERSION !== get_option( 'kizuna_rules' ) ) {
		update_option( 'kizuna_rules', KIZUNA_VERSION, true );
		flush_rewrite_rules( false );
	}
}

/**
 * Lets WooCommerce know the tab.
 *
 * @param array<string, string> $vars Query variables by endpoint.
 * @return array<string, string>
 */
function kizuna_query_vars( $vars ) {
	$vars[ KIZUNA_ENDPOINT ] = KIZUNA_ENDPOINT;
	return $vars;
}

/**
 * Adds the tab, before the way out.
 *
 * @param array<string, string> $items Tabs by endpoint.
 * @return array<string, string>
 */
function kizuna_account_menu( $items ) {
	if ( null === kizuna_connection() || ! kizuna_setting( 'account' ) ) {
		return $items;
	}
	$out = array_intersect_key( $items, array( 'customer-logout' => true ) );
	return array_diff_key( $items, $out ) + array( KIZUNA_ENDPOINT => kizuna_account_title() ) + $out;
}

/**
 * Returns the tab's title.
 *
 * @return string
 */
function kizuna_account_title() {
	return __( 'Points', 'kizuna-loyalty-for-woocommerce' );
}

/**
 * Prints the tab.
 */
function kizuna_print_account() {
	$headings = array(
		'balance'  => '',
		'rewards'  => __( 'Rewards', 'kizuna-loyalty-for-woocommerce' ),
		'tiers'    => __( 'Tiers', 'kizuna-loyalty-for-woocommerce' ),
		'earn'     => __( 'Ways to earn', 'kizuna-loyalty-for-woocommerce' ),
		'referral' => __( 'Invite a friend', 'kizuna-loyalty-for-woocommerce' ),
		'history'  => __( 'History', 'kizuna-loyalty-for-woocommerce' ),
	);
	$shown = false;
	foreach ( $headings as $name => $heading ) {
		$html = kizuna_piece( $name );
		if ( '' === $html ) {
			continue;
		}
		$shown = true;
		echo '' === $heading ? '' : '<h3>' . esc_html( $heading ) . '</h3>';
		// phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- a piece is escaped where it is drawn.
		echo $html;
		if ( 'balance' === $name && kizuna_widget_shown() ) {
			echo '<p><button type="button" class="button" data-kizuna-open="redeem">' . esc_html__( 'Use points', 'kizuna-loyalty-for-woocommerce' ) . '</button></p>';
		}
	}
	if ( ! $shown ) {
		echo '<p>' . esc_html__( 'Your points cannot be shown just now.', 'kizuna-loyalty-for-woocommerce' ) . '</p>';
	}
}

/**
 * Prints what a product earns, under its price.
 */
function kizuna_print_product() {
	if ( kizuna_setting( 'product' ) ) {
		// phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- a piece is escaped where it is drawn.
		echo kizuna_piece( 'product' );
	}
}

/**
 * Tells the page the net price of each variation, which the line under the price is counted from.
 *
 * @param array      $told      What the page's script is told of it.
 * @param WC_Product $product   The product.
 * @param WC_Product $variation The variation.
 * @return array
 */
function kizuna_tell_variation( $told, $product, $variation ) {
	$programme = is_array( $told ) ? kizuna_programme() : null;
	if ( null !== $programme ) {
		$told['kizuna_minor'] = kizuna_minor( $programme, wc_get_price_excluding_tax( $variation ) );
	}
	return $told;
}

<?php
/**
 * Points in the cart and at the checkout, classic and block: what the order would earn, rewards to apply and to remove.
 *
 * The piece stands beside the totals; the browser asks the server. A checkout is never held up by us.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

add_action( 'woocommerce_before_cart_totals', 'kizuna_print_cart' );
add_action( 'woocommerce_checkout_before_order_review_heading', 'kizuna_print_cart' );
add_filter( 'woocommerce_update_order_review_fragments', 'kizuna_cart_fragment' );
add_filter( 'render_block_woocommerce/cart', 'kizuna_before_block' );
add_filter( 'render_block_woocommerce/checkout', 'kizuna_before_block' );
add_action( 'woocommerce_blocks_loaded', 'kizuna_extend_store_api' );
add_action( 'wc_ajax_kizuna_reward', 'kizuna_handle_reward' );

/**
 * Prints the piece in the classic cart and checkout.
 */
function kizuna_print_cart() {
	if ( kizuna_setting( 'cart' ) ) {
		// phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- a piece is escaped where it is drawn.
		echo kizuna_piece( 'cart' );
	}
}

/**
 * Puts the piece before the block cart or checkout: what React draws inside them it also replaces.
 *
 * @param string $html The block.
 * @return string
 */
function kizuna_before_block( $html ) {
	return kizuna_setting( 'cart' ) ? kizuna_piece( 'cart' ) . $html : $html;
}

/**
 * Has the classic checkout take over the cart's new state whenever it takes over its totals.
 *
 * @param array<string, string> $fragments HTML by selector.
 * @return array<string, string>
 */
function kizuna_cart_fragment( $fragments ) {
	$programme = kizuna_programme();
	if ( null !== $programme && kizuna_setting( 'cart' ) ) {
		$fragments['.kizuna-cart [data-kizuna-place="cart"]'] = kizuna_draw_cart( $programme );
	}
	return $fragments;
}

/**
 * Draws the piece: an empty place that knows the cart.
 *
 * @param array $programme The programme.
 * @return string
 */
function kizuna_draw_cart( $programme ) {
	if ( ! kizuna_has_cart() || WC()->cart->is_empty() ) {
		return '';
	}
	return kizuna_place(
		'cart',
		array(
			'cart'  => (string) wp_json_encode( kizuna_cart_state( $programme ) ),
			'ajax'  => WC_AJAX::get_endpoint( 'kizuna_reward' ),
			'nonce' => wp_create_nonce( 'kizuna_reward' ),
		)
	);
}

/**
 * Returns the cart as the server's `POST cart` takes it, null in another currency, and the codes that are on it.
 *
 * Prices are net, as orders are counted by.
 *
 * @param array $programme The programme.
 * @return array{asked: array|null, codes: string[]}
 */
function kizuna_cart_state( $programme ) {
	$cart  = WC()->cart;
	$lines = array();
	foreach ( $cart->get_cart() as $item ) {
		$before = isset( $item['line_subtotal'] ) ? $item['line_subtotal'] : 0;
		$after  = isset( $item['line_total'] ) ? $item['line_total'] : 0;
		$price  = max( 0, kizuna_minor( $programme, $before ) );
		$line   = array(
			'product'        => (string) $item['product_id'],
			'quantity'       => max( 0, (int) $item['quantity'] ),
			'price_minor'    => $price,
			'discount_minor' => min( $price, max( 0, kizuna_minor( $programme, $before - $after ) ) ),
		);
		if ( ! empty( $item['variation_id'] ) ) {
			$line['variant'] = (string) $item['variation_id'];
		}
		$lines[] = $line;
	}
	$asked = array(
		'lines'          => array_slice( $lines, 0, 250 ),
		'shipping_minor' => max( 0, kizuna_minor( $programme, $cart->get_shipping_total() ) ),
		'tax_minor'      => max( 0, kizuna_minor( $programme, $cart->get_total_tax() ) ),
	);
	return array(
		'asked' => kizuna_same_currency( $programme ) ? $asked : null,
		'codes' => array_values( $cart->get_applied_coupons() ),
	);
}

/**
 * Gives the block cart and checkout the same state, and a way to apply and remove a code.
 */
function kizuna_extend_store_api() {
	if ( ! function_exists( 'woocommerce_store_api_register_endpoint_data' ) || ! function_exists( 'woocommerce_store_api_register_update_callback' ) ) {
		return;
	}
	woocommerce_store_api_register_endpoint_data(
		array(
			'endpoint'        => 'cart',
			'namespace'       => 'kizuna',
			'data_callback'   => 'kizuna_store_api_data',
			'schema_callback' => 'kizuna_store_api_schema',
			'schema_type'     => ARRAY_A,
		)
	);
	woocommerce_store_api_register_update_callback(
		array(
			'namespace' => 'kizuna',
			'callback'  => 'kizuna_store_api_update',
		)
	);
}

/**
 * Returns the state of the cart for the Store API.
 *
 * @return array{state: string}
 */
function kizuna_store_api_data() {
	$programme = kizuna_programme();
	$state     = null !== $programme && kizuna_has_cart() ? kizuna_cart_state( $programme ) : null;
	return array( 'state' => null === $state ? '' : (string) wp_json_encode( $state ) );
}

/**
 * Describes it.
 *
 * @return array<string, array>
 */
function kizuna_store_api_schema() {
	return array(
		'state' => array(
			'description' => 'The cart as the Kizuna server takes it, as JSON; empty where there is none.',
			'type'        => 'string',
			'readonly'    => true,
		),
	);
}

/**
 * Applies or removes a code, asked by the block cart; the Store API has proved its nonce.
 *
 * @param mixed $told `do` (apply or remove) and `code`.
 */
function kizuna_store_api_update( $told ) {
	if ( is_array( $told ) && isset( $told['do'], $told['code'] ) ) {
		kizuna_change_reward( $told['do'], $told['code'] );
	}
}

/**
 * Applies or removes a code, asked by the classic cart or checkout.
 */
function kizuna_handle_reward() {
	nocache_headers();
	if ( ! check_ajax_referer( 'kizuna_reward', 'nonce', false ) ) {
		wp_send_json( array( 'done' => false ), 403 );
	}
	$what = isset( $_POST['do'] ) ? sanitize_key( wp_unslash( $_POST['do'] ) ) : '';
	$code = isset( $_POST['code'] ) ? sanitize_text_field( wp_unslash( $_POST['code'] ) ) : '';
	$done      = kizuna_change_reward( $what, $code );
	$programme = kizuna_programme();
	if ( $done && kizuna_has_cart() ) {
		WC()->cart->calculate_totals();
	}
	wp_send_json(
		array(
			'done'  => $done,
			'state' => null !== $programme && kizuna_has_cart() ? kizuna_cart_state( $programme ) : null,
		)
	);
}

/**
 * Applies or removes a code on the shopper's cart. WooCommerce decides whether it is good for it, and says so.
 *
 * @param mixed $what `apply` or `remove`.
 * @param mixed $code The code.
 * @return bool Whether the cart is now as asked.
 */
function kizuna_change_reward( $what, $code ) {
	if ( ! is_string( $code ) || ! preg_match( KIZUNA_CODE_FORM, $code ) || ! kizuna_has_cart() ) {
		return false;
	}
	$code = strtolower( $code );
	if ( 'remove' === $what ) {
		return ! WC()->cart->has_discount( $code ) || WC()->cart->remove_coupon( $code );
	}
	return 'apply' === $what && ( WC()->cart->has_discount( $code ) || WC()->cart->apply_coupon( $code ) );
}

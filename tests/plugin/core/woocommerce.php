<?php
/**
 * Plugin Name: WooCommerce, as far as our plugin calls it
 * Version: 11.0.1
 *
 * Not WooCommerce: functions of the same names that keep just enough for the tests. Written for them, from the outside.
 */

defined( 'ABSPATH' ) || exit;
define( 'WC_VERSION', '11.0.1' );

// A busy machine that runs the tests is no server that is away.
add_filter( 'kizuna_server_patience', function () {
	return 60;
} );

class WC_Product {
	private $post;
	public function __construct( $post ) {
		$this->post = $post;
	}
	public function get_id() {
		return $this->post->ID;
	}
	public function get_price() {
		return (string) get_post_meta( $this->post->ID, '_price', true );
	}
	public function is_purchasable() {
		return '' !== $this->get_price();
	}
	public function is_type( $type ) {
		return 'simple' === $type;
	}
}

/** Session and cart in one, kept by a cookie. */
class WC_Stub {
	public $session, $cart;
	private $key, $kept;
	public function __construct() {
		$this->session = $this;
		$this->cart    = $this;
		$this->key     = preg_replace( '/\W/', '', $_COOKIE['stub_session'] ?? '' );
		$this->kept    = $this->key ? (array) get_option( 'stub_' . $this->key, array() ) : array();
		$this->kept   += array( 'goods' => array(), 'codes' => array() );
	}
	private function save() {
		if ( ! $this->key ) {
			$this->set_customer_session_cookie( true );
		}
		update_option( 'stub_' . $this->key, $this->kept, false );
	}
	public function has_session() {
		return '' !== $this->key;
	}
	public function set_customer_session_cookie( $set ) {
		$this->key = wp_generate_password( 12, false );
		setcookie( 'stub_session', $this->key, 0, '/' );
	}
	public function get( $name ) {
		return $this->kept[ $name ] ?? null;
	}
	public function set( $name, $value ) {
		$this->kept[ $name ] = $value;
		$this->save();
	}
	public function is_empty() {
		return ! $this->kept['goods'];
	}
	public function add( $id ) {
		$this->kept['goods'][ $id ] = ( $this->kept['goods'][ $id ] ?? 0 ) + 1;
		$this->save();
		do_action( 'woocommerce_add_to_cart' );
	}
	public function get_cart() {
		$sum   = array_sum( array_map( array( $this, 'price' ), array_keys( $this->kept['goods'] ), $this->kept['goods'] ) );
		$off   = min( $sum, array_sum( array_map( array( $this, 'off' ), $this->kept['codes'] ) ) );
		$items = array();
		foreach ( $this->kept['goods'] as $id => $count ) {
			$price   = $this->price( $id, $count );
			$items[] = array( 'product_id' => $id, 'variation_id' => 0, 'quantity' => $count, 'line_subtotal' => $price, 'line_total' => $price - $off * $price / $sum );
		}
		return $items;
	}
	private function price( $id, $count ) {
		return (float) get_post_meta( $id, '_price', true ) * $count;
	}
	private function off( $code ) {
		$coupon = get_option( 'stub_coupons', array() )[ $code ] ?? null;
		return $coupon && 'fixed_cart' === $coupon['discount_type'] ? (float) $coupon['amount'] : 0;
	}
	public function has_discount( $code ) {
		return in_array( $code, $this->kept['codes'], true );
	}
	public function apply_coupon( $code ) {
		if ( ! isset( get_option( 'stub_coupons', array() )[ $code ] ) ) {
			return false;
		}
		$this->kept['codes'][] = $code;
		$this->save();
		return true;
	}
	public function remove_coupon( $code ) {
		$this->kept['codes'] = array_values( array_diff( $this->kept['codes'], array( $code ) ) );
		$this->save();
		return true;
	}
	public function get_applied_coupons() {
		return $this->kept['codes'];
	}
	public function get_shipping_total() {
		return 0;
	}
	public function get_total_tax() {
		return 0;
	}
	public function calculate_totals() {}
	public function total() {
		return array_sum( array_column( $this->get_cart(), 'line_total' ) );
	}
}
class WC_AJAX {
	public static function get_endpoint( $name ) {
		return home_url( '/?wc-ajax=' . $name );
	}
}
function WC() {
	static $it = null;
	return $it = $it ?? new WC_Stub();
}
function wc_get_product( $id ) {
	$post = get_post( $id );
	return $post && 'product' === $post->post_type ? new WC_Product( $post ) : false;
}
function wc_get_price_excluding_tax( $product ) {
	return (float) $product->get_price();
}
function wc_price( $amount, $how = array() ) {
	return '<span class="amount"><bdi><span>&yen;</span>' . number_format( $amount, $how['decimals'] ?? 0 ) . '</bdi></span>';
}
function get_woocommerce_currency() {
	return 'JPY';
}
function wc_get_page_permalink( $page ) {
	return home_url( 'myaccount' === $page ? '/my-account/' : "/$page/" );
}
function woocommerce_store_api_register_endpoint_data( $given ) {
	$GLOBALS['stub_store_api']['data'] = $given;
}
function woocommerce_store_api_register_update_callback( $given ) {
	$GLOBALS['stub_store_api']['update'] = $given;
}

class WC_Order {
	private $post;
	public function __construct( $post ) {
		$this->post = $post;
	}
	public function get_id() {
		return $this->post->ID;
	}
	public function get_customer_id() {
		return (int) $this->get_meta( '_customer' );
	}
	public function get_meta( $key ) {
		return get_post_meta( $this->post->ID, $key, true );
	}
	public function update_meta_data( $key, $value ) {
		update_post_meta( $this->post->ID, $key, $value );
	}
	public function add_order_note( $text ) {
		add_post_meta( $this->post->ID, 'stub_note', $text );
	}
	public function save() {}
}
function wc_get_order( $id ) {
	$post = get_post( $id );
	return $post && 'shop_order' === $post->post_type ? new WC_Order( $post ) : false;
}

add_action( 'init', function () {
	do_action( 'before_woocommerce_init' );
	register_post_type( 'product', array( 'public' => true, 'label' => 'Products' ) );
	register_post_type( 'shop_order', array( 'show_ui' => true, 'show_in_menu' => 'woocommerce', 'label' => 'Orders' ) );
	foreach ( apply_filters( 'woocommerce_get_query_vars', array() ) as $endpoint ) {
		add_rewrite_endpoint( $endpoint, EP_PAGES );
	}
	do_action( 'woocommerce_blocks_loaded' );
}, 5 );
add_action( 'wp_loaded', function () {
	if ( isset( $_GET['add-to-cart'] ) ) {
		WC()->add( (int) $_GET['add-to-cart'] );
		wp_safe_redirect( home_url( '/cart/' ) );
		exit;
	}
}, 20 );
add_action( 'template_redirect', function () {
	if ( isset( $_GET['wc-ajax'] ) ) {
		do_action( 'wc_ajax_' . sanitize_key( $_GET['wc-ajax'] ) );
		exit;
	}
}, 0 );
add_action( 'admin_menu', function () {
	add_menu_page( 'WooCommerce', 'WooCommerce', 'manage_woocommerce', 'woocommerce', '__return_null', '', 55 );
}, 5 );
add_filter( 'the_content', function ( $content ) {
	if ( 'product' !== get_post_type() ) {
		return $content;
	}
	ob_start();
	do_action( 'woocommerce_single_product_summary' );
	return '<p class="price">¥' . number_format( wc_get_product( get_the_ID() )->get_price() ) . '</p>' . ob_get_clean() . $content;
} );
add_shortcode( 'stub_cart', function () {
	ob_start();
	echo '<div class="cart_totals">';
	do_action( 'woocommerce_before_cart_totals' );
	echo '<p>Total: <b id="total">' . esc_html( (string) WC()->total() ) . '</b></p></div>';
	return ob_get_clean();
} );
add_shortcode( 'stub_account', function () {
	global $wp;
	$items = apply_filters( 'woocommerce_account_menu_items', array( 'dashboard' => 'Dashboard', 'orders' => 'Orders', 'customer-logout' => 'Log out' ) );
	ob_start();
	echo '<nav><ul>';
	foreach ( $items as $endpoint => $label ) {
		echo '<li><a href="' . esc_url( home_url( '/my-account/' . ( 'dashboard' === $endpoint ? '' : $endpoint . '/' ) ) ) . '">' . esc_html( $label ) . '</a></li>';
	}
	echo '</ul></nav>';
	foreach ( array_keys( $items ) as $endpoint ) {
		if ( isset( $wp->query_vars[ $endpoint ] ) ) {
			echo '<h2>' . esc_html( apply_filters( "woocommerce_endpoint_{$endpoint}_title", $endpoint ) ) . '</h2>';
			do_action( "woocommerce_account_{$endpoint}_endpoint", '' );
		}
	}
	return ob_get_clean();
} );

// As much of wc/v3 as the server asks to make a coupon. Here any key will do: what keys open is tested elsewhere.
add_action( 'rest_api_init', function () {
	$open = array( 'permission_callback' => '__return_true' );
	register_rest_route( 'wc/v3', '/customers/(?P<id>\d+)', $open + array( 'methods' => 'GET', 'callback' => function ( $request ) {
		$user = get_userdata( $request['id'] );
		return array( 'id' => $user->ID, 'email' => $user->user_email, 'first_name' => $user->first_name, 'last_name' => '', 'role' => 'customer', 'date_created_gmt' => '2026-11-01T00:00:00' );
	} ) );
	register_rest_route( 'wc/v3', '/coupons', $open + array( 'methods' => 'POST', 'callback' => function ( $request ) {
		$made                  = $request->get_json_params() + array( 'id' => wp_rand( 100, 9999 ) );
		$made['date_expires_gmt'] = $made['date_expires'] ? rtrim( $made['date_expires'], 'Z' ) : null;
		$all                   = get_option( 'stub_coupons', array() );
		$all[ $made['code'] ]  = $made;
		update_option( 'stub_coupons', $all );
		return new WP_REST_Response( $made, 201 );
	} ) );
} );

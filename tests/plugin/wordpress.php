<?php
/**
 * As much of WordPress and WooCommerce as the plugin calls, kept in one array that a test fills and reads.
 */

define( 'ABSPATH', __DIR__ . '/' );
define( 'WC_VERSION', '11.0.1' );

$world = array_merge(
	array(
		'home'     => 'https://store.example.com',
		'locale'   => 'ja',
		'options'  => array(),
		'users'    => array(),
		'posts'    => array(),
		'comments' => array(),
		'user'     => 0,
		'managers' => array(),
		'referer'  => true,
		'sites'    => null,
	),
	json_decode( stream_get_contents( STDIN ), true )
);

$world += array( 'hooks' => array(), 'fired' => array(), 'routes' => array(), 'scripts' => array(), 'menu' => array(), 'autoload' => array(), 'features' => array() );

/** A request that WordPress ended: `wp_die`, or a redirect followed by `exit`. */
class Kizuna_Test_End extends Exception {}

class WP_Error {
	public $code, $message, $data;
	public function __construct( $code, $message = '', $data = array() ) {
		list( $this->code, $this->message, $this->data ) = array( $code, $message, $data );
	}
}

class WP_REST_Response {
	public $data, $status, $headers = array();
	public function __construct( $data, $status = 200 ) {
		list( $this->data, $this->status ) = array( $data, $status );
	}
	public function header( $name, $value ) {
		$this->headers[ $name ] = $value;
	}
}

class WP_REST_Request {
	private $params;
	public function __construct( $params ) {
		$this->params = $params;
	}
	public function get_param( $name ) {
		return $this->params[ $name ] ?? null;
	}
}

// Hooks.
function add_action( $hook, $callback, $priority = 10, $accepted = 1 ) {
	$GLOBALS['world']['hooks'][ $hook ][ $priority ][] = array( $callback, $accepted );
}
function add_filter( $hook, $callback, $priority = 10, $accepted = 1 ) {
	add_action( $hook, $callback, $priority, $accepted );
}
function do_action( $hook, ...$args ) {
	$GLOBALS['world']['fired'][] = array( $hook, $args );
	apply_filters( $hook, ...( $args ? $args : array( '' ) ) );
}
function apply_filters( $hook, $value, ...$more ) {
	$all = $GLOBALS['world']['hooks'][ $hook ] ?? array();
	ksort( $all );
	foreach ( $all as $callbacks ) {
		foreach ( $callbacks as list( $callback, $accepted ) ) {
			$value = call_user_func_array( $callback, array_slice( array( $value, ...$more ), 0, $accepted ) );
		}
	}
	return $value;
}

// Options.
function get_option( $name, $default = false ) {
	return $GLOBALS['world']['options'][ $name ] ?? $default;
}
function update_option( $name, $value, $autoload = null ) {
	$GLOBALS['world']['options'][ $name ]  = $value;
	$GLOBALS['world']['autoload'][ $name ] = $autoload;
	return true;
}
function delete_option( $name ) {
	unset( $GLOBALS['world']['options'][ $name ] );
	return true;
}

// Addresses and texts.
function home_url( $path = '' ) {
	return $GLOBALS['world']['home'] . $path;
}
function admin_url( $path = '' ) {
	return home_url( '/wp-admin/' . $path );
}
function rest_url( $path = '' ) {
	return home_url( '/wp-json/' . $path );
}
function rest_get_url_prefix() {
	return 'wp-json';
}
function plugin_basename( $file ) {
	return basename( dirname( $file ) ) . '/' . basename( $file );
}
function plugins_url( $path, $file ) {
	return home_url( '/wp-content/plugins/' . basename( dirname( $file ) ) . '/' . $path );
}
function add_query_arg( $name, $value, $url ) {
	return $url . ( false === strpos( $url, '?' ) ? '?' : '&' ) . $name . '=' . $value;
}
function wp_parse_url( $url, $component = -1 ) {
	return parse_url( $url, $component );
}
function wp_json_encode( $value ) {
	return json_encode( $value );
}
function wp_unslash( $value ) {
	return is_string( $value ) ? stripslashes( $value ) : $value;
}
function sanitize_key( $key ) {
	return preg_replace( '/[^a-z0-9_-]/', '', strtolower( $key ) );
}
function esc_html( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES );
}
function esc_attr( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES );
}
function esc_url( $url ) {
	return 0 === strpos( $url, 'http' ) ? str_replace( array( '&', "'", '"', '<', '>' ), array( '&#038;', '&#039;', '', '', '' ), $url ) : '';
}
function __( $text, $domain = 'default' ) {
	return $text;
}
function esc_html__( $text, $domain = 'default' ) {
	return esc_html( $text );
}
function determine_locale() {
	return $GLOBALS['world']['locale'];
}
function get_bloginfo( $what ) {
	return array( 'version' => '7.1' )[ $what ];
}
function wp_date( $format, $timestamp ) {
	return gmdate( 'Y-m-d H:i', $timestamp );
}
function load_plugin_textdomain( $domain, $deprecated, $path ) {
	$GLOBALS['world']['textdomain'] = array( $domain, $path );
}

// People.
function wp_get_current_user() {
	return get_userdata( $GLOBALS['world']['user'] ) ?: (object) array( 'ID' => 0, 'user_email' => '' );
}
function get_userdata( $id ) {
	$email = $GLOBALS['world']['users'][ $id ] ?? null;
	return null === $email ? false : (object) array( 'ID' => $id, 'user_email' => $email );
}
function is_user_logged_in() {
	return 0 !== $GLOBALS['world']['user'];
}
function current_user_can( $capability ) {
	return 'manage_woocommerce' === $capability && in_array( $GLOBALS['world']['user'], $GLOBALS['world']['managers'], true );
}
function wp_create_nonce( $action ) {
	return 'nonce-of-' . $GLOBALS['world']['user'];
}
function wp_nonce_field( $action ) {
	echo '<input type="hidden" name="_wpnonce" value="nonce for ' . esc_attr( $action ) . '">';
}
function check_admin_referer( $action ) {
	if ( ! $GLOBALS['world']['referer'] ) {
		wp_die( 'The link you followed has expired.', '', array( 'response' => 403 ) );
	}
}
function wp_die( $message, $title = '', $args = array() ) {
	throw new Kizuna_Test_End( json_encode( array( 'died' => $args['response'] ?? 500 ) ) );
}
function wp_redirect( $url ) {
	throw new Kizuna_Test_End( json_encode( array( 'redirect' => $url ) ) );
}
function wp_safe_redirect( $url ) {
	throw new Kizuna_Test_End( json_encode( array( 'safe_redirect' => $url ) ) );
}
function __return_true() {
	return true;
}

// Reviews.
function get_comment( $id ) {
	$comment = $GLOBALS['world']['comments'][ $id ] ?? null;
	return null === $comment ? null : (object) $comment;
}
function get_comment_meta( $id, $key, $single ) {
	return $GLOBALS['world']['comments'][ $id ]['meta'][ $key ] ?? '';
}
function get_post_type( $id ) {
	return $GLOBALS['world']['posts'][ $id ] ?? false;
}
function wp_get_comment_status( $comment ) {
	$statuses = array( '1' => 'approved', '0' => 'unapproved' );
	return $statuses[ $comment->comment_approved ] ?? $comment->comment_approved;
}

// Pages.
function wp_enqueue_script( $handle, $source, $needs, $version, $args ) {
	$GLOBALS['world']['scripts'][ $handle ] = array( $source, $version, $args );
}
function wc_get_page_permalink( $page ) {
	return home_url( '/my-account/' );
}
function add_submenu_page( $parent, $title, $label, $capability, $slug, $callback ) {
	$GLOBALS['world']['menu'][] = array( $parent, $label, $capability, $slug, $callback );
}
function submit_button( $text, $kind = 'primary', $name = 'submit', $wrap = true ) {
	echo '<input type="submit" class="button button-' . esc_attr( $kind ) . '" value="' . esc_attr( $text ) . '">';
}

// The cart.
function is_admin() {
	return ! empty( $GLOBALS['world']['admin'] );
}
function nocache_headers() {
	$GLOBALS['world']['nocache'] = true;
}
function remove_query_arg( $name ) {
	$parts = explode( '?', $_SERVER['REQUEST_URI'], 2 );
	parse_str( $parts[1] ?? '', $query );
	unset( $query[ $name ] );
	return $parts[0] . ( $query ? '?' . http_build_query( $query ) : '' );
}

/** A shopper's session and cart, as far as coupons are concerned; kept in the world. */
class Kizuna_Test_Shopper {
	public $session, $cart;
	public function __construct() {
		$this->session = $this;
		$this->cart    = $this;
	}
	public function get( $key ) {
		return $GLOBALS['world']['session'][ $key ] ?? null;
	}
	public function set( $key, $value ) {
		$GLOBALS['world']['session'][ $key ] = $value;
	}
	public function has_session() {
		return ! empty( $GLOBALS['world']['cookie'] );
	}
	public function set_customer_session_cookie( $set ) {
		$GLOBALS['world']['cookie'] = $set;
	}
	public function is_empty() {
		return empty( $GLOBALS['world']['cart'] );
	}
	public function has_discount( $code ) {
		return in_array( $code, $GLOBALS['world']['coupons'] ?? array(), true );
	}
	public function apply_coupon( $code ) {
		$GLOBALS['world']['coupons'][] = $code;
	}
}
function WC() {
	static $shopper = null;
	$shopper        = $shopper ?? new Kizuna_Test_Shopper();
	return empty( $GLOBALS['world']['no_cart'] ) ? $shopper : (object) array( 'session' => null, 'cart' => null );
}

// What the plugin puts off, and the server it asks then: `server` holds its answers in turn, as [status, body].
define( 'EP_ROOT', 64 );
define( 'EP_PAGES', 4096 );
function get_transient( $name ) {
	return $GLOBALS['world']['transients'][ $name ] ?? false;
}
function set_transient( $name, $value, $seconds ) {
	$GLOBALS['world']['transients'][ $name ] = $value;
	$GLOBALS['world']['seconds'][ $name ]    = $seconds;
}
function delete_transient( $name ) {
	unset( $GLOBALS['world']['transients'][ $name ] );
}
function wp_next_scheduled( $hook ) {
	return in_array( $hook, $GLOBALS['world']['scheduled'] ?? array(), true );
}
function wp_schedule_single_event( $at, $hook ) {
	$GLOBALS['world']['scheduled'][] = $hook;
}
function wp_clear_scheduled_hook( $hook ) {
	$GLOBALS['world']['scheduled'] = array_values( array_diff( $GLOBALS['world']['scheduled'] ?? array(), array( $hook ) ) );
}
function wp_unschedule_hook( $hook ) {
	wp_clear_scheduled_hook( $hook );
}
function wp_safe_remote_request( $url, $args ) {
	$GLOBALS['world']['asked'][] = array( $url, $args );
	return array_shift( $GLOBALS['world']['server'] ) ?? array( 0, null );
}
function is_wp_error( $answer ) {
	return 0 === $answer[0];
}
function wp_remote_retrieve_response_code( $answer ) {
	return $answer[0];
}
function wp_remote_retrieve_body( $answer ) {
	return json_encode( $answer[1] );
}
function wp_remote_retrieve_header( $answer, $name ) {
	return '"tag"';
}
function add_rewrite_endpoint( $name, $places ) {
	$GLOBALS['world']['endpoints'][] = $name;
}
function flush_rewrite_rules( $hard ) {
	$GLOBALS['world']['flushed'] = ( $GLOBALS['world']['flushed'] ?? 0 ) + 1;
}
function register_block_type( $name, $args ) {
	$GLOBALS['world']['blocks'][] = $name;
}
function add_shortcode( $name, $callback ) {
	$GLOBALS['world']['shortcodes'][] = $name;
}
function wp_register_style( $handle, $source, $needs, $version ) {}
function wp_register_script( $handle, $source, $needs, $version, $in_footer ) {}

// Sites.
function is_multisite() {
	return null !== $GLOBALS['world']['sites'];
}
function get_sites( $args ) {
	return array_keys( $GLOBALS['world']['sites'] );
}
function switch_to_blog( $site ) {
	$GLOBALS['world']['before']  = $GLOBALS['world']['options'];
	$GLOBALS['world']['site']    = $site;
	$GLOBALS['world']['options'] = $GLOBALS['world']['sites'][ $site ];
}
function restore_current_blog() {
	$GLOBALS['world']['sites'][ $GLOBALS['world']['site'] ] = $GLOBALS['world']['options'];
	$GLOBALS['world']['options']                            = $GLOBALS['world']['before'];
}

// REST.
function register_rest_route( $namespace, $route, $args ) {
	$GLOBALS['world']['routes'][ '/' . $namespace . $route ] = $args;
}

/** Answers a request as WordPress's REST server does: method, rights, parameters, callback. */
function kizuna_test_rest( $method, $route, $params ) {
	$known = $GLOBALS['world']['routes'][ $route ] ?? null;
	if ( null === $known || ! in_array( $method, (array) $known['methods'], true ) ) {
		return array( 'status' => 404, 'code' => 'rest_no_route' );
	}
	if ( ! call_user_func( $known['permission_callback'] ) ) {
		return array( 'status' => is_user_logged_in() ? 403 : 401, 'code' => 'rest_forbidden' );
	}
	foreach ( $known['args'] ?? array() as $name => $rule ) {
		$value = $params[ $name ] ?? null;
		if ( null === $value && ! empty( $rule['required'] ) ) {
			return array( 'status' => 400, 'code' => 'rest_missing_callback_param', 'params' => array( $name ) );
		}
		$fits = is_string( $value ) && ( ! isset( $rule['pattern'] ) || preg_match( '#' . $rule['pattern'] . '#u', $value ) );
		if ( ! $fits ) {
			return array( 'status' => 400, 'code' => 'rest_invalid_param', 'params' => array( $name ) );
		}
	}
	$answer = call_user_func( $known['callback'], new WP_REST_Request( $params ) );
	if ( $answer instanceof WP_Error ) {
		return array( 'status' => $answer->data['status'], 'code' => $answer->code );
	}
	return array( 'status' => $answer->status, 'data' => $answer->data, 'headers' => $answer->headers );
}

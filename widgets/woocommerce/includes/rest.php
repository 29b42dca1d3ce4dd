<?php
/**
 * The routes below /wp-json/kizuna/v1/: the server hands over the secret and asks for our state, the widget fetches tokens.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

const KIZUNA_REST_NAMESPACE = 'kizuna/v1';

/**
 * Routes the server calls with the REST keys of WooCommerce.
 */
const KIZUNA_KEY_ROUTES = array( 'secret', 'status' );

add_action( 'rest_api_init', 'kizuna_register_routes' );
add_filter( 'woocommerce_rest_is_request_to_rest_api', 'kizuna_let_keys_in' );

/**
 * Registers the routes.
 */
function kizuna_register_routes() {
	register_rest_route(
		KIZUNA_REST_NAMESPACE,
		'/secret',
		array(
			'methods'             => 'POST',
			'callback'            => 'kizuna_rest_secret',
			'permission_callback' => 'kizuna_may_manage',
			'args'                => array(
				'shop'   => array(
					'type'     => 'string',
					'required' => true,
					'pattern'  => '^[A-Za-z0-9-]{1,64}\z',
				),
				'app'    => array(
					'type'     => 'string',
					'required' => true,
				),
				'secret' => array(
					'type'     => 'string',
					'required' => true,
					'pattern'  => '^[A-Za-z0-9]{32,128}\z',
				),
			),
		)
	);
	register_rest_route(
		KIZUNA_REST_NAMESPACE,
		'/status',
		array(
			'methods'             => 'GET',
			'callback'            => 'kizuna_rest_status',
			'permission_callback' => 'kizuna_may_manage',
		)
	);
	register_rest_route(
		KIZUNA_REST_NAMESPACE,
		'/token',
		array(
			'methods'             => array( 'GET', 'POST' ),
			'callback'            => 'kizuna_rest_token',
			'permission_callback' => '__return_true',
		)
	);
}

/**
 * Whether the caller runs this store: the owner of a REST key with write access, or somebody signed in who may.
 *
 * @return bool
 */
function kizuna_may_manage() {
	return current_user_can( 'manage_woocommerce' );
}

/**
 * Lets WooCommerce accept its REST keys on our two routes, and on nothing else.
 *
 * The path alone decides: a query that mentions a route opens no other one.
 *
 * @param bool $accepted Whether it accepts them anyway.
 * @return bool
 */
function kizuna_let_keys_in( $accepted ) {
	if ( $accepted ) {
		return $accepted;
	}
	$asked = kizuna_asked_route();
	foreach ( KIZUNA_KEY_ROUTES as $route ) {
		if ( '/' . KIZUNA_REST_NAMESPACE . '/' . $route === $asked ) {
			return true;
		}
	}
	return $accepted;
}

/**
 * Returns the REST route this request asks for, as `/kizuna/v1/secret`, or ''.
 *
 * @return string
 */
function kizuna_asked_route() {
	// Read before WordPress has parsed the request, to be compared only.
	// phpcs:disable WordPress.Security
	$uri   = isset( $_SERVER['REQUEST_URI'] ) ? wp_unslash( $_SERVER['REQUEST_URI'] ) : '';
	$plain = isset( $_GET['rest_route'] ) && is_string( $_GET['rest_route'] ) ? wp_unslash( $_GET['rest_route'] ) : '';
	// phpcs:enable
	if ( '' !== $plain ) {
		return '/' . trim( $plain, '/' );
	}
	$path   = (string) wp_parse_url( $uri, PHP_URL_PATH );
	$prefix = trim( (string) wp_parse_url( home_url(), PHP_URL_PATH ), '/' );
	$start  = ( '' === $prefix ? '' : '/' . $prefix ) . '/' . rest_get_url_prefix() . '/';
	if ( 0 !== strpos( $path, $start ) ) {
		return '';
	}
	return '/' . trim( substr( $path, strlen( $start ) ), '/' );
}

/**
 * POST kizuna/v1/secret: the server tells our id, its address and the shared secret.
 *
 * @param WP_REST_Request $request The request; shop and secret have been checked by their patterns.
 * @return WP_REST_Response|WP_Error
 */
function kizuna_rest_secret( $request ) {
	$app = kizuna_clean_app( $request->get_param( 'app' ) );
	if ( '' === $app ) {
		return new WP_Error(
			'kizuna_app_invalid',
			__( 'The address of the Kizuna server must begin with https://.', 'kizuna-loyalty-for-woocommerce' ),
			array( 'status' => 400 )
		);
	}
	kizuna_connect( (string) $request->get_param( 'shop' ), $app, (string) $request->get_param( 'secret' ) );
	return new WP_REST_Response( kizuna_status(), 200 );
}

/**
 * GET kizuna/v1/status: what the server needs to know of us. Nothing secret, nobody's data.
 *
 * @return WP_REST_Response
 */
function kizuna_rest_status() {
	return new WP_REST_Response( kizuna_status(), 200 );
}

/**
 * Returns our state.
 *
 * @return array{plugin: string, connected: bool, shop: string|null, app: string|null, wordpress: string, woocommerce: string|null, widget: bool}
 */
function kizuna_status() {
	$connection = kizuna_connection();
	return array(
		'plugin'      => KIZUNA_VERSION,
		'connected'   => null !== $connection,
		'shop'        => null === $connection ? null : $connection['shop'],
		'app'         => '' === kizuna_app() ? null : kizuna_app(),
		'wordpress'   => get_bloginfo( 'version' ),
		'woocommerce' => defined( 'WC_VERSION' ) ? WC_VERSION : null,
		'widget'      => kizuna_widget_present(),
	);
}

/**
 * GET kizuna/v1/token: a token for the shopper who is signed in, null for anybody else; never kept by any cache.
 *
 * WordPress proves who is asking by the session cookie together with the nonce of their page. Without the nonce nobody is
 * signed in, so another site cannot make a shopper's browser fetch one.
 *
 * @return WP_REST_Response
 */
function kizuna_rest_token() {
	defined( 'DONOTCACHEPAGE' ) || define( 'DONOTCACHEPAGE', true );
	$connection = kizuna_connection();
	$user       = wp_get_current_user();
	$ends       = time() + KIZUNA_TOKEN_SECONDS;
	$token      = null;
	if ( null !== $connection && $user->ID ) {
		$token = kizuna_token( kizuna_secret(), $connection['shop'], $user->ID, $user->user_email, $ends );
	}
	$response = new WP_REST_Response( array( 'token' => $token ), 200 );
	$response->header( 'Cache-Control', 'no-store, private' );
	$response->header( 'Vary', 'Cookie' );
	return $response;
}

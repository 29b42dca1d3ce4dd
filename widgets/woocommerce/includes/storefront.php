<?php
/**
 * Puts the widget on the storefront: one element and one deferred script, both from this store; our server is not asked.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

add_action( 'wp_enqueue_scripts', 'kizuna_enqueue_widget' );
add_action( 'wp_footer', 'kizuna_print_widget' );

/**
 * Whether the widget's files came with the plugin; a checkout of the sources has none until it is built.
 *
 * @return bool
 */
function kizuna_widget_present() {
	return file_exists( KIZUNA_DIR . '/assets/loader.js' ) && file_exists( KIZUNA_DIR . '/assets/panel.js' );
}

/**
 * Whether this page shows the widget.
 *
 * @return bool
 */
function kizuna_widget_shown() {
	/**
	 * Filters whether the current page shows the widget.
	 *
	 * @param bool $shown True on every page of a connected store.
	 */
	return kizuna_widget_present() && null !== kizuna_connection() && kizuna_setting( 'launcher' ) && apply_filters( 'kizuna_widget_shown', true );
}

/**
 * Enqueues the loader. It waits for the page and fetches the rest at the first tap.
 */
function kizuna_enqueue_widget() {
	if ( kizuna_widget_shown() ) {
		wp_enqueue_script(
			'kizuna-loader',
			plugins_url( 'assets/loader.js', KIZUNA_FILE ),
			array(),
			KIZUNA_VERSION,
			array(
				'strategy'  => 'defer',
				'in_footer' => true,
			)
		);
	}
}

/**
 * Prints the widget's element. It is the same for every guest, so that a page cache may keep it.
 */
function kizuna_print_widget() {
	if ( ! kizuna_widget_shown() ) {
		return;
	}
	$attributes = '';
	foreach ( kizuna_widget_config() as $name => $value ) {
		$attributes .= ' data-' . $name . '="' . esc_attr( $value ) . '"';
	}
	// phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- names are ours, values are escaped above.
	echo '<kizuna-rewards' . $attributes . '></kizuna-rewards>' . "\n";
}

/**
 * Returns what the widget is told, as data attributes. Nothing in it is about the shopper but that they are signed in.
 *
 * @return array<string, string>
 */
function kizuna_widget_config() {
	$connection = kizuna_connection();
	$signed_in  = is_user_logged_in();
	$account    = function_exists( 'wc_get_page_permalink' ) ? (string) wc_get_page_permalink( 'myaccount' ) : '';
	$token      = rest_url( KIZUNA_REST_NAMESPACE . '/token' );
	if ( $signed_in ) {
		$token = add_query_arg( '_wpnonce', wp_create_nonce( 'wp_rest' ), $token );
	}
	$config = array(
		'api'       => kizuna_app() . '/storefront/api',
		'shop'      => $connection['shop'],
		'locale'    => str_replace( '_', '-', determine_locale() ),
		'token-url' => $token,
		'signed-in' => $signed_in ? 'true' : 'false',
		'panel'     => add_query_arg( 'ver', KIZUNA_VERSION, plugins_url( 'assets/panel.js', KIZUNA_FILE ) ),
		'join'      => $account,
		'sign-in'   => $account,
	);
	/**
	 * Filters what the widget is told, for example `theme` (light, dark, auto) or `corner` (start, end).
	 *
	 * @param array<string, string> $config Data attributes by name.
	 */
	return apply_filters( 'kizuna_widget_config', $config );
}

<?php
/**
 * The page WooCommerce → Kizuna: connect, see how it stands, disconnect.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

const KIZUNA_PAGE = 'kizuna';

add_action( 'admin_menu', 'kizuna_add_page' );
add_action( 'admin_post_kizuna_connect', 'kizuna_handle_connect' );
add_action( 'admin_post_kizuna_disconnect', 'kizuna_handle_disconnect' );
add_filter( 'plugin_action_links_' . plugin_basename( KIZUNA_FILE ), 'kizuna_action_links' );

/**
 * Adds the page to WooCommerce's menu.
 */
function kizuna_add_page() {
	add_submenu_page(
		'woocommerce',
		__( 'Kizuna Loyalty', 'kizuna-loyalty-for-woocommerce' ),
		__( 'Kizuna', 'kizuna-loyalty-for-woocommerce' ),
		'manage_woocommerce',
		KIZUNA_PAGE,
		'kizuna_show_page'
	);
}

/**
 * Adds a way to the page to the list of plugins.
 *
 * @param array<string, string> $links The links there are.
 * @return array<string, string>
 */
function kizuna_action_links( $links ) {
	$own = '<a href="' . esc_url( kizuna_page_url() ) . '">' . esc_html__( 'Settings', 'kizuna-loyalty-for-woocommerce' ) . '</a>';
	return array_merge( array( 'settings' => $own ), $links );
}

/**
 * Returns the address of the page.
 *
 * @param string $notice A word that says what to tell, or ''.
 * @return string
 */
function kizuna_page_url( $notice = '' ) {
	$url = admin_url( 'admin.php?page=' . KIZUNA_PAGE );
	return '' === $notice ? $url : add_query_arg( 'kizuna_notice', $notice, $url );
}

/**
 * Keeps the server's address and sends the merchant there, to come back through WooCommerce's consent page.
 */
function kizuna_handle_connect() {
	kizuna_require_manager( 'kizuna_connect' );
	// phpcs:ignore WordPress.Security -- the nonce was checked above; the address is cleaned by kizuna_clean_app().
	$app = kizuna_clean_app( isset( $_POST['kizuna_app'] ) ? wp_unslash( $_POST['kizuna_app'] ) : '' );
	if ( '' === $app ) {
		wp_safe_redirect( kizuna_page_url( 'address' ) );
		exit;
	}
	update_option( 'kizuna_app', $app, true );
	// phpcs:ignore WordPress.Security.SafeRedirect -- the merchant has just typed this address.
	wp_redirect( kizuna_connect_url() );
	exit;
}

/**
 * Forgets the connection.
 */
function kizuna_handle_disconnect() {
	kizuna_require_manager( 'kizuna_disconnect' );
	kizuna_disconnect();
	wp_safe_redirect( kizuna_page_url( 'disconnected' ) );
	exit;
}

/**
 * Ends the request of anybody who may not manage the store, or who was sent here by another site.
 *
 * @param string $action The action, as the form's nonce names it.
 */
function kizuna_require_manager( $action ) {
	if ( ! current_user_can( 'manage_woocommerce' ) ) {
		wp_die( esc_html__( 'You may not change these settings.', 'kizuna-loyalty-for-woocommerce' ), '', array( 'response' => 403 ) );
	}
	check_admin_referer( $action );
}

/**
 * Shows the page.
 */
function kizuna_show_page() {
	$connection = kizuna_connection();
	// phpcs:ignore WordPress.Security.NonceVerification -- chooses a sentence, changes nothing.
	$notice = isset( $_GET['kizuna_notice'] ) ? sanitize_key( wp_unslash( $_GET['kizuna_notice'] ) ) : '';
	echo '<div class="wrap"><h1>' . esc_html__( 'Kizuna Loyalty', 'kizuna-loyalty-for-woocommerce' ) . '</h1>';
	kizuna_show_notice( $notice );
	if ( null === $connection ) {
		kizuna_show_invitation();
	} else {
		kizuna_show_status( $connection );
		kizuna_show_switches();
	}
	echo '</div>';
}

/**
 * Tells what came of the last click.
 *
 * @param string $notice The word from the address.
 */
function kizuna_show_notice( $notice ) {
	$sentences = array(
		'saved'        => array( 'success', __( 'Saved.', 'kizuna-loyalty-for-woocommerce' ) ),
		'address'      => array( 'error', __( 'That is no address of a Kizuna server. It begins with https://, for example https://points.example.com.', 'kizuna-loyalty-for-woocommerce' ) ),
		'disconnected' => array( 'success', __( 'Disconnected. To close the door for good, revoke the key “Kizuna” under WooCommerce → Settings → Advanced → REST API.', 'kizuna-loyalty-for-woocommerce' ) ),
	);
	if ( isset( $sentences[ $notice ] ) ) {
		list( $kind, $sentence ) = $sentences[ $notice ];
		echo '<div class="notice notice-' . esc_attr( $kind ) . '"><p>' . esc_html( $sentence ) . '</p></div>';
	}
}

/**
 * Shows the one step before a connection.
 */
function kizuna_show_invitation() {
	echo '<p>' . esc_html__( 'Connect this store to your Kizuna server. WooCommerce will ask you to approve; no key has to be copied.', 'kizuna-loyalty-for-woocommerce' ) . '</p>';
	if ( 0 !== strpos( home_url(), 'https://' ) ) {
		echo '<div class="notice notice-warning inline"><p>' . esc_html__( 'This store’s address does not begin with https://. Kizuna connects to stores over https only.', 'kizuna-loyalty-for-woocommerce' ) . '</p></div>';
	}
	echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '">';
	echo '<input type="hidden" name="action" value="kizuna_connect">';
	wp_nonce_field( 'kizuna_connect' );
	echo '<table class="form-table" role="presentation"><tr><th scope="row"><label for="kizuna_app">' . esc_html__( 'Address of your Kizuna server', 'kizuna-loyalty-for-woocommerce' ) . '</label></th>';
	echo '<td><input type="url" class="regular-text code" id="kizuna_app" name="kizuna_app" required placeholder="https://" value="' . esc_attr( kizuna_app() ) . '"' . ( defined( 'KIZUNA_APP_URL' ) ? ' readonly' : '' ) . '></td></tr></table>';
	submit_button( __( 'Connect', 'kizuna-loyalty-for-woocommerce' ) );
	echo '</form>';
}

/**
 * Shows how a connected store stands.
 *
 * @param array{shop: string, since: int} $connection The connection.
 */
function kizuna_show_status( $connection ) {
	$rows = array(
		__( 'Status', 'kizuna-loyalty-for-woocommerce' )        => __( 'Connected', 'kizuna-loyalty-for-woocommerce' ),
		__( 'Since', 'kizuna-loyalty-for-woocommerce' )         => wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $connection['since'] ),
		__( 'Kizuna server', 'kizuna-loyalty-for-woocommerce' ) => kizuna_app(),
		__( 'Shop', 'kizuna-loyalty-for-woocommerce' )          => $connection['shop'],
		__( 'Widget', 'kizuna-loyalty-for-woocommerce' )        => kizuna_widget_present()
			? __( 'On every page of the storefront', 'kizuna-loyalty-for-woocommerce' )
			: __( 'Its files are missing: install the plugin from its zip file.', 'kizuna-loyalty-for-woocommerce' ),
		__( 'Server answers', 'kizuna-loyalty-for-woocommerce' ) => kizuna_is_resting()
			? __( 'No. It is asked again in a few minutes; the store works meanwhile.', 'kizuna-loyalty-for-woocommerce' )
			: __( 'Yes', 'kizuna-loyalty-for-woocommerce' ),
	);
	echo '<table class="form-table" role="presentation">';
	foreach ( $rows as $label => $value ) {
		echo '<tr><th scope="row">' . esc_html( $label ) . '</th><td>' . esc_html( $value ) . '</td></tr>';
	}
	echo '</table>';
	echo '<p><a class="button button-primary" href="' . esc_url( kizuna_app() ) . '" target="_blank" rel="noopener">' . esc_html__( 'Open Kizuna', 'kizuna-loyalty-for-woocommerce' ) . '</a> ';
	echo '<a class="button" href="' . esc_url( kizuna_connect_url() ) . '">' . esc_html__( 'Connect again', 'kizuna-loyalty-for-woocommerce' ) . '</a></p>';
	echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '">';
	echo '<input type="hidden" name="action" value="kizuna_disconnect">';
	wp_nonce_field( 'kizuna_disconnect' );
	submit_button( __( 'Disconnect', 'kizuna-loyalty-for-woocommerce' ), 'delete', 'submit', false );
	echo '</form>';
}

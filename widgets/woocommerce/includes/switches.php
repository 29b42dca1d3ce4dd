<?php
/**
 * The switches on the page WooCommerce → Kizuna: what is shown where, and what stays when the plugin is deleted.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

add_action( 'admin_post_kizuna_settings', 'kizuna_handle_settings' );
add_action( 'admin_notices', 'kizuna_show_setup_notice' );

/**
 * Keeps the switches.
 */
function kizuna_handle_settings() {
	kizuna_require_manager( 'kizuna_settings' );
	$sent = array();
	foreach ( array_keys( KIZUNA_SWITCHES ) as $name ) {
		// phpcs:ignore WordPress.Security.NonceVerification -- checked above.
		$sent[ $name ] = isset( $_POST[ 'kizuna_' . $name ] );
	}
	kizuna_keep_settings( $sent );
	wp_safe_redirect( kizuna_page_url( 'saved' ) );
	exit;
}

/**
 * Shows the form.
 */
function kizuna_show_switches() {
	$labels = array(
		'launcher' => __( 'The launcher on every page of the storefront', 'kizuna-loyalty-for-woocommerce' ),
		'account'  => __( 'The tab “Points” in My Account', 'kizuna-loyalty-for-woocommerce' ),
		'product'  => __( 'What a product earns, under its price', 'kizuna-loyalty-for-woocommerce' ),
		'cart'     => __( 'Points and rewards in the cart and at the checkout', 'kizuna-loyalty-for-woocommerce' ),
		'orders'   => __( 'Points on orders: a note, and a column in the list', 'kizuna-loyalty-for-woocommerce' ),
		'keep'     => __( 'Keep the connection and these settings when the plugin is deleted', 'kizuna-loyalty-for-woocommerce' ),
	);
	echo '<h2>' . esc_html__( 'Settings', 'kizuna-loyalty-for-woocommerce' ) . '</h2>';
	echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '">';
	echo '<input type="hidden" name="action" value="kizuna_settings">';
	wp_nonce_field( 'kizuna_settings' );
	echo '<fieldset><legend class="screen-reader-text">' . esc_html__( 'Settings', 'kizuna-loyalty-for-woocommerce' ) . '</legend>';
	foreach ( $labels as $name => $label ) {
		$checked = kizuna_setting( $name ) ? ' checked' : '';
		// phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- a word of ours.
		echo '<p><label><input type="checkbox" name="kizuna_' . esc_attr( $name ) . '" value="yes"' . $checked . '> ' . esc_html( $label ) . '</label></p>';
	}
	echo '</fieldset>';
	submit_button( __( 'Save changes', 'kizuna-loyalty-for-woocommerce' ), 'primary', 'save' );
	echo '</form>';
}

/**
 * Says on the list of plugins what is left to do; nowhere else, and no more once it is done.
 */
function kizuna_show_setup_notice() {
	$screen = get_current_screen();
	if ( ! $screen || 'plugins' !== $screen->id || null !== kizuna_connection() || ! current_user_can( 'manage_woocommerce' ) ) {
		return;
	}
	echo '<div class="notice notice-info is-dismissible"><p>' . esc_html__( 'Kizuna Loyalty is not connected to a server yet.', 'kizuna-loyalty-for-woocommerce' );
	echo ' <a href="' . esc_url( kizuna_page_url() ) . '">' . esc_html__( 'Connect', 'kizuna-loyalty-for-woocommerce' ) . '</a></p></div>';
}

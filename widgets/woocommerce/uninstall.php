<?php
/**
 * Removes what the plugin kept when it is deleted. Points live on the Kizuna server and are not touched.
 *
 * @package Kizuna
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

/**
 * Removes the options of the current site: all of them, or what can be had again where the merchant wants to keep the rest.
 */
function kizuna_remove_options() {
	$settings = get_option( 'kizuna_settings' );
	$options  = array( 'kizuna_programme', 'kizuna_rules' );
	if ( ! is_array( $settings ) || ! isset( $settings['keep'] ) || 'yes' !== $settings['keep'] ) {
		$options = array_merge( $options, array( 'kizuna_app', 'kizuna_connection', 'kizuna_secret', 'kizuna_settings' ) );
	}
	foreach ( $options as $option ) {
		delete_option( $option );
	}
	foreach ( array( 'kizuna_refresh_programme', 'kizuna_note_order' ) as $hook ) {
		wp_unschedule_hook( $hook );
	}
}

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $kizuna_site ) { // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		switch_to_blog( $kizuna_site );
		kizuna_remove_options();
		restore_current_blog();
	}
} else {
	kizuna_remove_options();
}

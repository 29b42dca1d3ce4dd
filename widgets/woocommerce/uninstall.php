<?php
/**
 * Removes what the plugin kept when it is deleted. Points live on the Kizuna server and are not touched.
 *
 * @package Kizuna
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

/**
 * Removes the options of the current site.
 */
function kizuna_remove_options() {
	foreach ( array( 'kizuna_app', 'kizuna_connection', 'kizuna_secret' ) as $option ) {
		delete_option( $option );
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

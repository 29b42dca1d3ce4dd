<?php
/**
 * What the merchant switches on and off. All but keeping the settings after the plugin is deleted is on at first.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * The switches by name, with what they are until somebody changes them.
 */
const KIZUNA_SWITCHES = array(
	'launcher' => true,
	'account'  => true,
	'product'  => true,
	'cart'     => true,
	'orders'   => true,
	'keep'     => false,
);

/**
 * Whether a switch is on.
 *
 * @param string $name One of KIZUNA_SWITCHES.
 * @return bool
 */
function kizuna_setting( $name ) {
	$kept = get_option( 'kizuna_settings' );
	return is_array( $kept ) && isset( $kept[ $name ] ) ? 'yes' === $kept[ $name ] : KIZUNA_SWITCHES[ $name ];
}

/**
 * Keeps the switches as a form sent them: what is not sent is off.
 *
 * @param array $sent Of the form.
 */
function kizuna_keep_settings( $sent ) {
	$kept = array();
	foreach ( array_keys( KIZUNA_SWITCHES ) as $name ) {
		$kept[ $name ] = empty( $sent[ $name ] ) ? 'no' : 'yes';
	}
	update_option( 'kizuna_settings', $kept, true );
}

<?php
/**
 * `wp kizuna`: how the connection stands, a fresh copy of the programme, disconnecting.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

if ( defined( 'WP_CLI' ) && WP_CLI ) {
	WP_CLI::add_command( 'kizuna status', 'kizuna_cli_status', array( 'shortdesc' => 'Prints how the connection stands, as JSON.' ) );
	WP_CLI::add_command( 'kizuna refresh', 'kizuna_cli_refresh', array( 'shortdesc' => 'Fetches the programme from the server now.' ) );
	WP_CLI::add_command( 'kizuna disconnect', 'kizuna_cli_disconnect', array( 'shortdesc' => 'Forgets the connection; points stay on the server.' ) );
}

/**
 * Prints how the connection stands.
 */
function kizuna_cli_status() {
	WP_CLI::line( wp_json_encode( kizuna_status() + array( 'resting' => kizuna_is_resting() ), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES ) );
}

/**
 * Fetches the programme.
 */
function kizuna_cli_refresh() {
	kizuna_note_answer( true );
	if ( ! kizuna_refresh_programme() ) {
		WP_CLI::error( 'The server did not tell a programme.' );
	}
	WP_CLI::success( 'The programme is fresh.' );
}

/**
 * Forgets the connection.
 */
function kizuna_cli_disconnect() {
	kizuna_disconnect();
	WP_CLI::success( 'Disconnected.' );
}

<?php
/**
 * Loads the plugin named by the first argument and takes the steps a test sent to standard input as JSON.
 */

error_reporting( E_ALL );
set_error_handler(
	function ( $level, $message, $file, $line ) {
		throw new ErrorException( $message, 0, $level, $file, $line );
	}
);

require __DIR__ . '/wordpress.php';

$plugin  = $argv[1];
$results = array();
if ( empty( $world['uninstalling'] ) ) {
	require $plugin . '/kizuna-loyalty-for-woocommerce.php';
	do_action( 'rest_api_init' );
} else {
	define( 'WP_UNINSTALL_PLUGIN', 'kizuna-loyalty-for-woocommerce/kizuna-loyalty-for-woocommerce.php' );
	require $plugin . '/uninstall.php';
}

foreach ( $world['steps'] ?? array() as $step ) {
	foreach ( $step['world'] ?? array() as $key => $value ) {
		$world[ $key ] = $value;
	}
	foreach ( $step['comments'] ?? array() as $id => $comment ) {
		if ( null === $comment ) {
			unset( $world['comments'][ $id ] );
		} else {
			$world['comments'][ $id ] = $comment;
		}
	}
	$_SERVER['REQUEST_URI'] = $step['uri'] ?? '/';
	$_GET                   = $step['get'] ?? array();
	$_POST                  = $step['post'] ?? array();
	ob_start();
	try {
		$result = null;
		if ( isset( $step['rest'] ) ) {
			$result = kizuna_test_rest( $step['rest'][0], $step['rest'][1], $step['params'] ?? array() );
		} elseif ( isset( $step['call'] ) ) {
			$result = call_user_func_array( $step['call'], $step['args'] ?? array() );
		} elseif ( isset( $step['do'] ) ) {
			$args = $step['args'] ?? array();
			foreach ( $args as $position => $value ) {
				if ( is_array( $value ) && isset( $value['comment'] ) ) {
					$args[ $position ] = get_comment( $value['comment'] );
				}
			}
			do_action( $step['do'], ...$args );
		} elseif ( isset( $step['filter'] ) ) {
			$result = apply_filters( $step['filter'], ...$step['args'] );
		}
	} catch ( Kizuna_Test_End $end ) {
		$result = json_decode( $end->getMessage(), true );
	}
	$printed   = ob_get_clean();
	$results[] = '' === $printed ? $result : $printed;
}

unset( $world['hooks'] );
echo json_encode( array( 'results' => $results, 'world' => $world ) );

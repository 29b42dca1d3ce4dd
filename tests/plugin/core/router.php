<?php
/** The web server of the tests' WordPress: its own files as they are, everything else to index.php. */
$path    = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
$core    = getenv( 'KIZUNA_WORDPRESS_CORE' );
$content = getenv( 'KIZUNA_WORDPRESS_CONTENT' );
$file    = 0 === strpos( $path, '/wp-content/' ) ? $content . substr( $path, 11 ) : $core . $path;
if ( is_dir( $file ) && is_file( rtrim( $file, '/' ) . '/index.php' ) && 0 === strpos( $path, '/wp-admin' ) ) {
	$path = rtrim( $path, '/' ) . '/index.php';
	$file = $core . $path;
}
if ( is_file( $file ) && false === strpos( $path, '..' ) ) {
	if ( '.php' === substr( $file, -4 ) ) {
		$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $path;
		$_SERVER['SCRIPT_FILENAME'] = $file;
		chdir( dirname( $file ) );
		require $file;
		return true;
	}
	$kinds = array( 'js' => 'text/javascript', 'css' => 'text/css', 'svg' => 'image/svg+xml', 'png' => 'image/png', 'woff2' => 'font/woff2' );
	$kind  = pathinfo( $file, PATHINFO_EXTENSION );
	header( 'Content-Type: ' . ( $kinds[ $kind ] ?? 'application/octet-stream' ) );
	readfile( $file );
	return true;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
chdir( $core );
require $core . '/index.php';
return true;

<?php
/** wp-config.php of the tests' WordPress; where everything is, the environment says. */
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:' . getenv( 'KIZUNA_WORDPRESS_SOCKET' ) );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'WP_CONTENT_DIR', getenv( 'KIZUNA_WORDPRESS_CONTENT' ) );
define( 'WP_HOME', getenv( 'KIZUNA_WORDPRESS_HOME' ) );
define( 'WP_SITEURL', WP_HOME );
define( 'WP_CONTENT_URL', WP_HOME . '/wp-content' );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_ACCESSIBLE_HOSTS', '127.0.0.1' );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISABLE_WP_CRON', true );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', getenv( 'KIZUNA_WORDPRESS_CONTENT' ) . '/debug.log' );
foreach ( array( 'AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT' ) as $name ) {
	define( $name, 'a word of the tests: ' . $name );
}
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';

<?php
/** Makes the tests' WordPress: tables, two people, the pages a store has, three products; both plugins active. */
define( 'WP_INSTALLING', true );
mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
( new mysqli( 'localhost', 'root', '', null, 0, getenv( 'KIZUNA_WORDPRESS_SOCKET' ) ) )->query( 'CREATE DATABASE wordpress' );
$_SERVER['HTTP_HOST'] = parse_url( getenv( 'KIZUNA_WORDPRESS_HOME' ), PHP_URL_HOST );
require getenv( 'KIZUNA_WORDPRESS_CORE' ) . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter( 'pre_wp_mail', '__return_true' );
wp_install( 'Mado to Mori', 'owner', 'owner@example.test', true, '', 'the owner’s word' );
switch_theme( 'plain' );
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'timezone_string', 'Asia/Tokyo' );
// WordPress 6.1 would refuse a plugin that asks for 6.5; what is tested here is how ours behaves once it runs.
update_option( 'active_plugins', array( 'woocommerce/woocommerce.php', 'kizuna-loyalty-for-woocommerce/kizuna-loyalty-for-woocommerce.php' ) );
get_role( 'administrator' )->add_cap( 'manage_woocommerce' );
get_role( 'administrator' )->add_cap( 'edit_shop_orders' );
add_role( 'customer', 'Customer', array( 'read' => true ) );
wp_insert_user( array( 'user_login' => 'alice', 'user_pass' => 'alice’s word', 'user_email' => 'alice@example.test', 'role' => 'customer', 'first_name' => 'Alice' ) );
$pages = array(
	'cart'       => '[stub_cart]',
	'checkout'   => '<!-- wp:woocommerce/checkout --><div class="wp-block-woocommerce-checkout">The block checkout</div><!-- /wp:woocommerce/checkout -->',
	'my-account' => '[stub_account]',
	'rewards'    => '<!-- wp:kizuna/earn /--><!-- wp:kizuna/rewards /-->[kizuna_tiers][kizuna_referral]<!-- wp:kizuna/balance /-->[kizuna_history]',
);
foreach ( $pages as $slug => $content ) {
	wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_name' => $slug, 'post_title' => ucfirst( $slug ), 'post_content' => $content ) );
}
wp_insert_post( array( 'post_type' => 'product', 'post_status' => 'publish', 'post_name' => 'kyusu', 'post_title' => 'Kyusu', 'post_content' => 'A teapot.', 'meta_input' => array( '_price' => '5000' ) ) );
echo 'installed';

<?php
/**
 * Plugin Name:          Kizuna Loyalty for WooCommerce
 * Description:          Points, rewards, tiers and referrals for your shoppers, kept by your own Kizuna server.
 * Version:              0.1.0
 * Requires at least:    6.5
 * Requires PHP:         7.4
 * Requires Plugins:     woocommerce
 * WC requires at least: 8.0
 * WC tested up to:      11.0
 * Author:               The Kizuna contributors
 * License:              GPL-2.0-or-later
 * License URI:          https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:          kizuna-loyalty-for-woocommerce
 * Domain Path:          /languages
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

define( 'KIZUNA_VERSION', '0.1.0' );
define( 'KIZUNA_FILE', __FILE__ );
define( 'KIZUNA_DIR', __DIR__ );

require_once KIZUNA_DIR . '/includes/connection.php';
require_once KIZUNA_DIR . '/includes/options.php';
require_once KIZUNA_DIR . '/includes/token.php';
require_once KIZUNA_DIR . '/includes/server.php';
require_once KIZUNA_DIR . '/includes/programme.php';
require_once KIZUNA_DIR . '/includes/wording.php';
require_once KIZUNA_DIR . '/includes/rest.php';
require_once KIZUNA_DIR . '/includes/reviews.php';
require_once KIZUNA_DIR . '/includes/storefront.php';
require_once KIZUNA_DIR . '/includes/pieces.php';
require_once KIZUNA_DIR . '/includes/pieces-public.php';
require_once KIZUNA_DIR . '/includes/pieces-member.php';
require_once KIZUNA_DIR . '/includes/cart.php';
require_once KIZUNA_DIR . '/includes/checkout.php';
require_once KIZUNA_DIR . '/includes/account.php';
require_once KIZUNA_DIR . '/includes/orders.php';
require_once KIZUNA_DIR . '/includes/privacy.php';
require_once KIZUNA_DIR . '/includes/settings.php';
require_once KIZUNA_DIR . '/includes/switches.php';
require_once KIZUNA_DIR . '/includes/cli.php';

add_action( 'before_woocommerce_init', 'kizuna_declare_compatibility' );
add_action( 'init', 'kizuna_load_translations' );

/**
 * Says that orders in their own tables and the block cart and checkout are fine with us: no order's posts are touched.
 */
function kizuna_declare_compatibility() {
	if ( class_exists( '\Automattic\WooCommerce\Utilities\FeaturesUtil' ) ) {
		\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( 'custom_order_tables', KIZUNA_FILE, true );
		\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( 'cart_checkout_blocks', KIZUNA_FILE, true );
	}
}

/**
 * Loads the translations that come with the plugin.
 */
function kizuna_load_translations() {
	load_plugin_textdomain( 'kizuna-loyalty-for-woocommerce', false, dirname( plugin_basename( KIZUNA_FILE ) ) . '/languages' );
}

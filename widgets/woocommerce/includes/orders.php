<?php
/**
 * Points on orders in the back office: a note on the order, and a column in the list of orders.
 *
 * The server is asked in the background, some minutes after an order changed; the list reads what the order keeps.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * What an order keeps: its points in the smallest steps of the programme's unit.
 */
const KIZUNA_ORDER_POINTS = '_kizuna_points';

/**
 * Seconds until the server is asked, by try: it hears of the order by webhook, which takes its time.
 */
const KIZUNA_ORDER_WAITS = array( 120, 900, 7200 );

add_action( 'woocommerce_order_status_changed', 'kizuna_order_changed' );
add_action( 'woocommerce_order_refunded', 'kizuna_order_changed' );
add_action( 'kizuna_note_order', 'kizuna_note_order', 10, 2 );
add_filter( 'manage_edit-shop_order_columns', 'kizuna_order_columns' );
add_filter( 'manage_woocommerce_page_wc-orders_columns', 'kizuna_order_columns' );
add_action( 'manage_shop_order_posts_custom_column', 'kizuna_print_order_column', 10, 2 );
add_action( 'manage_woocommerce_page_wc-orders_custom_column', 'kizuna_print_order_column', 10, 2 );

/**
 * Has the server asked about an order soon.
 *
 * @param int $order_id The order.
 */
function kizuna_order_changed( $order_id ) {
	if ( null !== kizuna_connection() && kizuna_setting( 'orders' ) ) {
		wp_clear_scheduled_hook( 'kizuna_note_order', array( (int) $order_id, 1 ) );
		wp_clear_scheduled_hook( 'kizuna_note_order', array( (int) $order_id, 2 ) );
		wp_schedule_single_event( time() + KIZUNA_ORDER_WAITS[0], 'kizuna_note_order', array( (int) $order_id, 0 ) );
	}
}

/**
 * Asks what an order earned, keeps it on the order, and writes a note when it is news. Asks again where nothing is known.
 *
 * @param int $order_id The order.
 * @param int $tries    How often it was asked before.
 */
function kizuna_note_order( $order_id, $tries = 0 ) {
	$order    = function_exists( 'wc_get_order' ) ? wc_get_order( $order_id ) : false;
	$customer = $order ? (int) $order->get_customer_id() : 0;
	if ( ! $customer ) {
		return; // A guest is no member; who joins later sees the points in their history.
	}
	$found  = kizuna_points_of_order( $customer, (int) $order_id );
	$before = $order->get_meta( KIZUNA_ORDER_POINTS );
	if ( null === $found || ( 0 === $found && '' === (string) $before ) ) {
		if ( $tries + 1 < count( KIZUNA_ORDER_WAITS ) ) {
			wp_schedule_single_event( time() + KIZUNA_ORDER_WAITS[ $tries + 1 ], 'kizuna_note_order', array( (int) $order_id, $tries + 1 ) );
		}
		return;
	}
	if ( (string) $found === (string) $before ) {
		return;
	}
	$order->update_meta_data( KIZUNA_ORDER_POINTS, (string) $found );
	$order->save();
	$programme = kizuna_programme();
	$shown     = null === $programme ? number_format_i18n( $found ) : kizuna_points( $programme, $found );
	/* translators: %s: an amount of points */
	$order->add_order_note( sprintf( __( 'Kizuna: this order earns %s.', 'kizuna-loyalty-for-woocommerce' ), $shown ) );
}

/**
 * Returns the points an order stands at by the shopper's history: what it earned and what is on its way, less what was
 * taken back. Null where the server does not say.
 *
 * @param int $customer The WordPress user.
 * @param int $order_id The order.
 * @return int|null
 */
function kizuna_points_of_order( $customer, $order_id ) {
	$page = kizuna_ask_for( $customer, 'history' );
	if ( ! isset( $page['entries'], $page['pending'] ) || ! is_array( $page['entries'] ) || ! is_array( $page['pending'] ) ) {
		return null;
	}
	$points = 0;
	foreach ( array_merge( $page['entries'], $page['pending'] ) as $one ) {
		$is_about = isset( $one['order']['id'], $one['points'] ) && (string) $order_id === (string) $one['order']['id'];
		if ( $is_about && ( ! isset( $one['movement'] ) || in_array( $one['movement'], array( 'earned', 'taken_back' ), true ) ) ) {
			$points += (int) $one['points'];
		}
	}
	return $points;
}

/**
 * Adds the column.
 *
 * @param array<string, string> $columns Titles by name.
 * @return array<string, string>
 */
function kizuna_order_columns( $columns ) {
	if ( null !== kizuna_connection() && kizuna_setting( 'orders' ) ) {
		$columns['kizuna_points'] = __( 'Points', 'kizuna-loyalty-for-woocommerce' );
	}
	return $columns;
}

/**
 * Prints the column of one order.
 *
 * @param string       $column The column.
 * @param int|WC_Order $order  The order, or its id where orders are posts.
 */
function kizuna_print_order_column( $column, $order ) {
	if ( 'kizuna_points' !== $column ) {
		return;
	}
	$order = is_object( $order ) ? $order : wc_get_order( $order );
	$kept  = $order ? (string) $order->get_meta( KIZUNA_ORDER_POINTS ) : '';
	if ( '' === $kept ) {
		echo '<span aria-hidden="true">–</span>';
		return;
	}
	$programme = kizuna_programme();
	echo esc_html( null === $programme ? number_format_i18n( (int) $kept ) : kizuna_points( $programme, (int) $kept ) );
}

<?php
/**
 * Pieces about one shopper: empty places that the browser fills. Not a word about anybody is in the page.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * Returns a place for the browser to fill. Its height is reserved, so that nothing jumps.
 *
 * @param string                $what What goes there.
 * @param array<string, string> $told Data attributes.
 * @return string
 */
function kizuna_place( $what, $told = array() ) {
	$attributes = '';
	foreach ( $told as $name => $value ) {
		$attributes .= ' data-' . $name . '="' . esc_attr( $value ) . '"';
	}
	return '<div class="kizuna-place" data-kizuna-place="' . esc_attr( $what ) . '" aria-live="polite"' . $attributes . '></div>';
}

/**
 * Draws the balance.
 *
 * @return string
 */
function kizuna_draw_balance() {
	return kizuna_place( 'balance' );
}

/**
 * Draws the history.
 *
 * @return string
 */
function kizuna_draw_history() {
	return kizuna_place( 'history' );
}

/**
 * Draws what buying a product would earn: the one named, else the one the page is about.
 *
 * @param array $programme  The programme.
 * @param array $attributes `product`: its id.
 * @return string
 */
function kizuna_draw_product( $programme, $attributes = array() ) {
	$id      = empty( $attributes['product'] ) ? get_the_ID() : (int) $attributes['product'];
	$product = $id && function_exists( 'wc_get_product' ) ? wc_get_product( $id ) : false;
	if ( ! $product || ! $product->is_purchasable() || '' === (string) $product->get_price() || ! kizuna_same_currency( $programme ) ) {
		return '';
	}
	return kizuna_place(
		'product',
		array(
			'product' => (string) $product->get_id(),
			'minor'   => (string) kizuna_minor( $programme, wc_get_price_excluding_tax( $product ) ),
			'about'   => $product->is_type( 'variable' ) ? 'true' : 'false',
		)
	);
}

/**
 * Whether the page shows prices in the currency the programme counts in.
 *
 * @param array $programme The programme.
 * @return bool
 */
function kizuna_same_currency( $programme ) {
	return ! function_exists( 'get_woocommerce_currency' ) || get_woocommerce_currency() === $programme['currency']['code'];
}

/**
 * Returns an amount in minor units of the programme's currency.
 *
 * @param array        $programme The programme.
 * @param string|float $amount    In major units.
 * @return int
 */
function kizuna_minor( $programme, $amount ) {
	return (int) round( (float) $amount * 10 ** (int) $programme['currency']['exponent'] );
}

/**
 * Returns the script's words. Numbers in braces are filled in by the script.
 *
 * @return array<string, string>
 */
function kizuna_piece_words() {
	return array(
		'point'      => __( 'point', 'kizuna-loyalty-for-woocommerce' ),
		'points'     => __( 'points', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {n}: a number, {unit}: points */
		'amount'     => __( '{n} {unit}', 'kizuna-loyalty-for-woocommerce' ),
		'signIn'     => __( 'Sign in to see your points', 'kizuna-loyalty-for-woocommerce' ),
		'join'       => __( 'Your points begin with your first order.', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {points}: an amount of points */
		'balance'    => __( 'You have {points}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {money}: an amount of money */
		'worth'      => __( 'worth {money}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {points}: an amount of points, {date}: a day */
		'pending'    => __( '{points} on the way', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {points}: an amount of points, {date}: a day */
		'ends'       => __( '{points} end on {date}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {points}: an amount of points */
		'product'    => __( 'Earns {points}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {points}: an amount of points */
		'about'      => __( 'Earns about {points}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {points}: an amount of points */
		'cart'       => __( 'This order earns {points}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {points}: an amount of points */
		'cartAbout'  => __( 'This order earns about {points}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {points}: an amount of points, {reward}: what it buys */
		'use'        => __( 'Use {points}: {reward}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {reward}: a reward */
		'apply'      => __( 'Apply: {reward}', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {reward}: a reward */
		'remove'     => __( 'Remove: {reward}', 'kizuna-loyalty-for-woocommerce' ),
		'preparing'  => __( 'The store is preparing your reward.', 'kizuna-loyalty-for-woocommerce' ),
		'slow'       => __( 'This takes longer than usual. Your reward will be under “My rewards”.', 'kizuna-loyalty-for-woocommerce' ),
		'failed'     => __( 'That did not work. Nothing was taken; please try again.', 'kizuna-loyalty-for-woocommerce' ),
		'applied'    => __( 'Applied.', 'kizuna-loyalty-for-woocommerce' ),
		'removed'    => __( 'Removed. The reward is still yours.', 'kizuna-loyalty-for-woocommerce' ),
		'away'       => __( 'Your points cannot be shown just now.', 'kizuna-loyalty-for-woocommerce' ),
		'empty'      => __( 'Nothing has happened yet.', 'kizuna-loyalty-for-woocommerce' ),
		'day'        => __( 'Date', 'kizuna-loyalty-for-woocommerce' ),
		'what'       => __( 'What', 'kizuna-loyalty-for-woocommerce' ),
		'change'     => __( 'Change', 'kizuna-loyalty-for-woocommerce' ),
		'after'      => __( 'Balance', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {order}: an order number */
		'order'      => __( 'Order {order}', 'kizuna-loyalty-for-woocommerce' ),
		'earned'     => __( 'Earned', 'kizuna-loyalty-for-woocommerce' ),
		'taken_back' => __( 'Taken back', 'kizuna-loyalty-for-woocommerce' ),
		'spent'      => __( 'Used', 'kizuna-loyalty-for-woocommerce' ),
		'given_back' => __( 'Given back', 'kizuna-loyalty-for-woocommerce' ),
		'expired'    => __( 'Expired', 'kizuna-loyalty-for-woocommerce' ),
		'adjusted'   => __( 'Changed by the store', 'kizuna-loyalty-for-woocommerce' ),
		'link'       => __( 'Your link', 'kizuna-loyalty-for-woocommerce' ),
		'copy'       => __( 'Copy', 'kizuna-loyalty-for-woocommerce' ),
		'copied'     => __( 'Copied', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {money}: an amount of money */
		'amount_off' => __( '{money} off', 'kizuna-loyalty-for-woocommerce' ),
		/* translators: {percent}: a number */
		'percentage' => __( '{percent}% off', 'kizuna-loyalty-for-woocommerce' ),
		'free_shipping' => __( 'Free delivery', 'kizuna-loyalty-for-woocommerce' ),
		'free_product'  => __( 'A free product', 'kizuna-loyalty-for-woocommerce' ),
		'reward'     => __( 'A reward', 'kizuna-loyalty-for-woocommerce' ),
	);
}

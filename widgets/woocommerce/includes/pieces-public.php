<?php
/**
 * Pieces that anybody may read, written by PHP: ways to earn, rewards, tiers, what an invitation brings.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * Draws a list of names with what stands beside them.
 *
 * @param array<int, array{0: string, 1: string, 2?: string}> $rows Name, value and, where there is one, a note.
 * @return string
 */
function kizuna_list( $rows ) {
	$html = '';
	foreach ( $rows as $row ) {
		$note  = empty( $row[2] ) ? '' : '<span class="kizuna-note">' . esc_html( $row[2] ) . '</span>';
		$html .= '<li><span class="kizuna-name">' . esc_html( $row[0] ) . $note . '</span> <span class="kizuna-value">' . esc_html( $row[1] ) . '</span></li>';
	}
	return '' === $html ? '' : '<ul class="kizuna-rows">' . $html . '</ul>';
}

/**
 * Draws the ways to earn.
 *
 * @param array $programme The programme.
 * @return string
 */
function kizuna_draw_earn( $programme ) {
	$rows = array();
	foreach ( $programme['earn'] as $rule ) {
		$least  = ! empty( $rule['min_order_minor'] ) ? kizuna_from( $programme, $rule['min_order_minor'] ) : '';
		$rows[] = array( kizuna_earn_title( $programme, $rule ), kizuna_earn_worth( $programme, $rule ), $least );
	}
	return kizuna_list( $rows );
}

/**
 * Draws the rewards.
 *
 * @param array $programme The programme.
 * @return string
 */
function kizuna_draw_rewards( $programme ) {
	$rows = array();
	foreach ( $programme['rewards'] as $reward ) {
		$least  = ! empty( $reward['min_order_minor'] ) ? kizuna_from( $programme, $reward['min_order_minor'] ) : '';
		$rows[] = array( kizuna_reward_title( $programme, $reward ), kizuna_points( $programme, $reward['cost'] ), $least );
	}
	return kizuna_list( $rows );
}

/**
 * Says from what amount on something holds.
 *
 * @param array $programme The programme.
 * @param int   $minor     In minor units.
 * @return string
 */
function kizuna_from( $programme, $minor ) {
	/* translators: %s: an amount of money */
	return sprintf( __( 'For orders from %s', 'kizuna-loyalty-for-woocommerce' ), kizuna_money( $programme, $minor ) );
}

/**
 * Draws the tiers, lowest first.
 *
 * @param array $programme The programme.
 * @return string
 */
function kizuna_draw_tiers( $programme ) {
	if ( empty( $programme['tiers']['levels'] ) ) {
		return '';
	}
	$rows = array();
	foreach ( $programme['tiers']['levels'] as $level ) {
		$benefits = array();
		if ( $level['multiplier'][0] !== $level['multiplier'][1] ) {
			$times = $level['multiplier'][0] / $level['multiplier'][1];
			$times = number_format_i18n( $times, strlen( rtrim( substr( sprintf( '%.2F', $times ), -2 ), '0' ) ) );
			/* translators: %s: a number, such as 1.5 */
			$benefits[] = sprintf( __( '%s times the points', 'kizuna-loyalty-for-woocommerce' ), $times );
		}
		if ( ! empty( $level['entry_reward'] ) ) {
			/* translators: %s: an amount of points */
			$benefits[] = sprintf( __( '%s as a welcome', 'kizuna-loyalty-for-woocommerce' ), kizuna_points( $programme, $level['entry_reward'] ) );
		}
		foreach ( $level['benefits'] as $text ) {
			$benefits[] = kizuna_local( $programme, $text );
		}
		$separator = __( ', ', 'kizuna-loyalty-for-woocommerce' );
		$rows[]    = array( kizuna_local( $programme, $level['name'] ), kizuna_threshold( $programme, $level ), implode( $separator, array_filter( $benefits ) ) );
	}
	return kizuna_list( $rows );
}

/**
 * Says what it takes to reach a tier.
 *
 * @param array $programme The programme.
 * @param array $level     The level of the contract.
 * @return string
 */
function kizuna_threshold( $programme, $level ) {
	if ( isset( $level['entry'] ) && 'invited' === $level['entry'] ) {
		return __( 'By invitation', 'kizuna-loyalty-for-woocommerce' );
	}
	if ( empty( $level['threshold'] ) ) {
		return __( 'From the start', 'kizuna-loyalty-for-woocommerce' );
	}
	switch ( $programme['tiers']['measure'] ) {
		case 'spend':
			/* translators: %s: an amount of money */
			return sprintf( __( 'From %s spent', 'kizuna-loyalty-for-woocommerce' ), kizuna_money( $programme, $level['threshold'] ) );
		case 'orders':
			/* translators: %s: a number of orders */
			return sprintf( __( 'From order number %s', 'kizuna-loyalty-for-woocommerce' ), number_format_i18n( $level['threshold'] ) );
		default:
			/* translators: %s: an amount of points */
			return sprintf( __( 'From %s collected', 'kizuna-loyalty-for-woocommerce' ), kizuna_points( $programme, $level['threshold'] ) );
	}
}

/**
 * Draws what an invitation brings, with an empty place for the shopper's own link.
 *
 * @param array $programme The programme.
 * @return string
 */
function kizuna_draw_referral( $programme ) {
	if ( empty( $programme['referral'] ) ) {
		return '';
	}
	$terms = $programme['referral'];
	$rows  = array();
	if ( ! empty( $terms['advocate_points'] ) ) {
		$rows[] = array( __( 'You get', 'kizuna-loyalty-for-woocommerce' ), kizuna_points( $programme, $terms['advocate_points'] ), __( 'after their first order', 'kizuna-loyalty-for-woocommerce' ) );
	}
	$friend = ! empty( $terms['friend_deal'] ) ? kizuna_deal( $programme, $terms['friend_deal'] ) : '';
	if ( '' === $friend && ! empty( $terms['friend_points'] ) ) {
		$friend = kizuna_points( $programme, $terms['friend_points'] );
	}
	if ( '' !== $friend ) {
		$least  = ! empty( $terms['min_order_minor'] ) ? kizuna_from( $programme, $terms['min_order_minor'] ) : '';
		$rows[] = array( __( 'Your friend gets', 'kizuna-loyalty-for-woocommerce' ), $friend, $least );
	}
	return kizuna_list( $rows ) . kizuna_place( 'link' );
}

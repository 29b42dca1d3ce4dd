<?php
/**
 * How amounts and the merchant's own texts are written on pages that PHP makes: plain text, to be escaped by who prints it.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

/**
 * Returns a text of the merchant's in the page's language, else in the programme's, else in any.
 *
 * @param array $programme The programme.
 * @param mixed $texts     Texts by language.
 * @return string
 */
function kizuna_local( $programme, $texts ) {
	if ( ! is_array( $texts ) || array() === $texts ) {
		return '';
	}
	$locale = str_replace( '_', '-', determine_locale() );
	foreach ( array( $locale, substr( $locale, 0, 2 ), $programme['locale'] ) as $language ) {
		if ( isset( $texts[ $language ] ) && is_string( $texts[ $language ] ) ) {
			return $texts[ $language ];
		}
	}
	$first = reset( $texts );
	return is_string( $first ) ? $first : '';
}

/**
 * Returns an amount of money.
 *
 * @param array $programme The programme.
 * @param int   $minor     In minor units of the programme's currency.
 * @return string
 */
function kizuna_money( $programme, $minor ) {
	$digits = (int) $programme['currency']['exponent'];
	$minor  = (int) $minor;
	$shown  = 0 === $minor % ( 10 ** $digits ) ? 0 : $digits;
	$html   = wc_price(
		$minor / ( 10 ** $digits ),
		array(
			'currency' => $programme['currency']['code'],
			'decimals' => $shown,
		)
	);
	return html_entity_decode( wp_strip_all_tags( $html ), ENT_QUOTES, 'UTF-8' );
}

/**
 * Returns an amount of what is collected, with its word: "120 points".
 *
 * @param array     $programme The programme.
 * @param int|float $steps     In smallest steps.
 * @return string
 */
function kizuna_points( $programme, $steps ) {
	$decimals = (int) $programme['unit']['decimals'];
	if ( isset( $programme['unit']['kind'] ) && 'money' === $programme['unit']['kind'] ) {
		return kizuna_money( $programme, (int) $steps );
	}
	return kizuna_counted( $programme, $steps / ( 10 ** $decimals ), $decimals );
}

/**
 * Returns whole units with their word; the word is the merchant's own, or ours.
 *
 * @param array     $programme The programme.
 * @param int|float $units     How many.
 * @param int       $decimals  How many decimals may be shown.
 * @return string
 */
function kizuna_counted( $programme, $units, $decimals = 2 ) {
	$shown = (float) (int) $units === (float) $units ? 0 : $decimals;
	$words = isset( $programme['unit']['words'] ) && is_array( $programme['unit']['words'] ) ? $programme['unit']['words'] : array();
	$own   = array();
	foreach ( array( str_replace( '_', '-', determine_locale() ), substr( determine_locale(), 0, 2 ) ) as $language ) {
		if ( ! $own && isset( $words[ $language ] ) && is_array( $words[ $language ] ) ) {
			$own = $words[ $language ];
		}
	}
	$one  = isset( $own['one'] ) ? $own['one'] : ( isset( $own['other'] ) ? $own['other'] : __( 'point', 'kizuna-loyalty-for-woocommerce' ) );
	$many = isset( $own['other'] ) ? $own['other'] : __( 'points', 'kizuna-loyalty-for-woocommerce' );
	/* translators: 1: a number, 2: the word for it, such as points */
	return sprintf( __( '%1$s %2$s', 'kizuna-loyalty-for-woocommerce' ), number_format_i18n( $units, $shown ), 1 === (int) $units && ! $shown ? $one : $many );
}

/**
 * Returns what a reward is good for, by its own name or by its kind.
 *
 * @param array $programme The programme.
 * @param array $reward    Something with a `name` and a `deal`.
 * @return string
 */
function kizuna_reward_title( $programme, $reward ) {
	$name = kizuna_local( $programme, isset( $reward['name'] ) ? $reward['name'] : array() );
	return '' !== $name ? $name : kizuna_deal( $programme, $reward['deal'] );
}

/**
 * Returns what a deal is, in a few words.
 *
 * @param array $programme The programme.
 * @param array $deal      The deal of the contract.
 * @return string
 */
function kizuna_deal( $programme, $deal ) {
	$money = isset( $deal['value_minor'] ) ? kizuna_money( $programme, $deal['value_minor'] ) : '';
	switch ( $deal['kind'] ) {
		case 'amount_off':
			/* translators: %s: an amount of money */
			return sprintf( __( '%s off', 'kizuna-loyalty-for-woocommerce' ), $money );
		case 'percentage':
			/* translators: %s: a number */
			return sprintf( __( '%s%% off', 'kizuna-loyalty-for-woocommerce' ), (string) $deal['percent'] );
		case 'free_shipping':
			return __( 'Free delivery', 'kizuna-loyalty-for-woocommerce' );
		case 'free_product':
			return __( 'A free product', 'kizuna-loyalty-for-woocommerce' );
		case 'donation':
			/* translators: %s: an amount of money */
			return sprintf( __( '%s donated', 'kizuna-loyalty-for-woocommerce' ), $money );
		default:
			return '' !== $money ? $money : __( 'A reward', 'kizuna-loyalty-for-woocommerce' );
	}
}

/**
 * Returns the name of a way to earn, by the merchant's own words or by its kind.
 *
 * @param array $programme The programme.
 * @param array $rule      The rule of the contract.
 * @return string
 */
function kizuna_earn_title( $programme, $rule ) {
	$name = kizuna_local( $programme, isset( $rule['name'] ) ? $rule['name'] : array() );
	if ( '' !== $name ) {
		return $name;
	}
	$names = array(
		'order'              => __( 'Place an order', 'kizuna-loyalty-for-woocommerce' ),
		'per_order'          => __( 'Each order you place', 'kizuna-loyalty-for-woocommerce' ),
		'first_order'        => __( 'Your first order', 'kizuna-loyalty-for-woocommerce' ),
		'kth_order'          => __( 'Orders that add up', 'kizuna-loyalty-for-woocommerce' ),
		'renewal'            => __( 'Your subscription', 'kizuna-loyalty-for-woocommerce' ),
		'sign_up'            => __( 'Make an account', 'kizuna-loyalty-for-woocommerce' ),
		'review'             => __( 'Write a review', 'kizuna-loyalty-for-woocommerce' ),
		'referral'           => __( 'Invite a friend', 'kizuna-loyalty-for-woocommerce' ),
		'referral_milestone' => __( 'Friends who buy', 'kizuna-loyalty-for-woocommerce' ),
		'birthday'           => __( 'Your birthday', 'kizuna-loyalty-for-woocommerce' ),
		'anniversary'        => __( 'Your time with us', 'kizuna-loyalty-for-woocommerce' ),
		'dividend'           => __( 'Your share of the year', 'kizuna-loyalty-for-woocommerce' ),
	);
	return isset( $names[ $rule['kind'] ] ) ? $names[ $rule['kind'] ] : __( 'Something extra', 'kizuna-loyalty-for-woocommerce' );
}

/**
 * Returns what a way to earn brings.
 *
 * @param array $programme The programme.
 * @param array $rule      The rule of the contract.
 * @return string
 */
function kizuna_earn_worth( $programme, $rule ) {
	if ( isset( $rule['rate']['points'], $rule['rate']['per_minor'] ) ) {
		$units = (float) $rule['rate']['points'];
		$money = 'money' === $programme['unit']['kind'];
		/* translators: 1: an amount of points, 2: an amount of money */
		return sprintf( __( '%1$s for each %2$s', 'kizuna-loyalty-for-woocommerce' ), $money ? kizuna_points( $programme, (int) round( $units * 10 ** $programme['unit']['decimals'] ) ) : kizuna_counted( $programme, $units ), kizuna_money( $programme, $rule['rate']['per_minor'] ) );
	}
	return isset( $rule['points'] ) ? kizuna_points( $programme, $rule['points'] ) : '';
}

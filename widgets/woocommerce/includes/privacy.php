<?php
/**
 * WordPress's privacy tools: what a person may have told, and who forgets them; a text for the privacy policy.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

add_action( 'admin_init', 'kizuna_suggest_policy' );
add_filter( 'wp_privacy_personal_data_exporters', 'kizuna_add_exporter' );
add_filter( 'wp_privacy_personal_data_erasers', 'kizuna_add_eraser' );
// The banner of a consent plugin decides whether a friend's invitation is remembered beyond the visit.
add_filter( 'wp_consent_api_registered_' . plugin_basename( KIZUNA_FILE ), '__return_true' );

/**
 * Suggests a text for the store's privacy policy.
 */
function kizuna_suggest_policy() {
	if ( function_exists( 'wp_add_privacy_policy_content' ) ) {
		$text = __( 'Our loyalty programme is kept on a Kizuna server. It is told of your orders, refunds, reviews and your account’s name and e-mail address, and keeps your points. If you come by a friend’s link, your browser remembers the invitation for the visit, and for 30 days if you agreed to preferences being kept.', 'kizuna-loyalty-for-woocommerce' );
		wp_add_privacy_policy_content( __( 'Kizuna Loyalty', 'kizuna-loyalty-for-woocommerce' ), '<p>' . esc_html( $text ) . '</p>' );
	}
}

/**
 * Adds what tells a person their data.
 *
 * @param array<string, array> $exporters Exporters by name.
 * @return array<string, array>
 */
function kizuna_add_exporter( $exporters ) {
	$exporters['kizuna'] = array(
		'exporter_friendly_name' => __( 'Kizuna Loyalty', 'kizuna-loyalty-for-woocommerce' ),
		'callback'               => 'kizuna_export',
	);
	return $exporters;
}

/**
 * Adds what forgets a person.
 *
 * @param array<string, array> $erasers Erasers by name.
 * @return array<string, array>
 */
function kizuna_add_eraser( $erasers ) {
	$erasers['kizuna'] = array(
		'eraser_friendly_name' => __( 'Kizuna Loyalty', 'kizuna-loyalty-for-woocommerce' ),
		'callback'             => 'kizuna_erase',
	);
	return $erasers;
}

/**
 * Tells the membership of an account, and its movements page by page.
 *
 * @param string $email The person's address.
 * @param int    $page  Which page, from 1.
 * @return array{data: array, done: bool}
 */
function kizuna_export( $email, $page = 1 ) {
	$user = get_user_by( 'email', $email );
	$data = array();
	$more = 'kizuna_export_' . md5( (string) $email );
	$from = $page > 1 ? (string) get_transient( $more ) : '';
	if ( ! $user || null === kizuna_connection() || ( $page > 1 && '' === $from ) ) {
		return array(
			'data' => array(),
			'done' => true,
		);
	}
	$member = 1 === (int) $page ? kizuna_ask_for( $user->ID, 'member' ) : null;
	if ( isset( $member['state'], $member['balance'] ) && 'member' === $member['state'] ) {
		$data[] = kizuna_exported(
			'member',
			array(
				__( 'Member since', 'kizuna-loyalty-for-woocommerce' ) => isset( $member['joined_at'] ) ? $member['joined_at'] : '',
				__( 'Points available', 'kizuna-loyalty-for-woocommerce' ) => $member['balance']['available'],
				__( 'Points on the way', 'kizuna-loyalty-for-woocommerce' ) => $member['balance']['pending'],
				__( 'Tier', 'kizuna-loyalty-for-woocommerce' ) => isset( $member['tier']['id'] ) ? $member['tier']['id'] : '',
				__( 'Invitation link', 'kizuna-loyalty-for-woocommerce' ) => isset( $member['referral']['link'] ) ? $member['referral']['link'] : '',
			)
		);
	}
	$history = kizuna_ask_for( $user->ID, 'history' . ( '' === $from ? '' : '?before=' . rawurlencode( $from ) ) );
	foreach ( isset( $history['entries'] ) ? $history['entries'] : array() as $entry ) {
		$data[] = kizuna_exported(
			'movement-' . $entry['id'],
			array(
				__( 'Date', 'kizuna-loyalty-for-woocommerce' ) => $entry['at'],
				__( 'What', 'kizuna-loyalty-for-woocommerce' ) => $entry['source'] . ', ' . $entry['movement'],
				__( 'Change', 'kizuna-loyalty-for-woocommerce' ) => $entry['points'],
				__( 'Balance', 'kizuna-loyalty-for-woocommerce' ) => $entry['balance_after'],
			)
		);
	}
	$next = isset( $history['next'] ) ? (string) $history['next'] : '';
	set_transient( $more, $next, HOUR_IN_SECONDS );
	return array(
		'data' => $data,
		'done' => '' === $next,
	);
}

/**
 * Returns one thing as WordPress exports it.
 *
 * @param string                    $id     Its id.
 * @param array<string, string|int> $values Values by label.
 * @return array
 */
function kizuna_exported( $id, $values ) {
	$data = array();
	foreach ( $values as $label => $value ) {
		if ( '' !== (string) $value ) {
			$data[] = array(
				'name'  => $label,
				'value' => (string) $value,
			);
		}
	}
	return array(
		'group_id'    => 'kizuna',
		'group_label' => __( 'Points', 'kizuna-loyalty-for-woocommerce' ),
		'item_id'     => 'kizuna-' . $id,
		'data'        => $data,
	);
}

/**
 * Says truly that a membership is not forgotten from here: the server keeps the points, and forgets by its own hand.
 *
 * @param string $email The person's address.
 * @param int    $page  Which page, from 1.
 * @return array{items_removed: bool, items_retained: bool, messages: string[], done: bool}
 */
function kizuna_erase( $email, $page = 1 ) {
	$user     = get_user_by( 'email', $email );
	$is_there = $user && null !== kizuna_connection();
	return array(
		'items_removed'  => false,
		'items_retained' => $is_there,
		'messages'       => $is_there ? array( __( 'The points of this person are on the Kizuna server. Forget them there: open the member and press “Forget…”.', 'kizuna-loyalty-for-woocommerce' ) ) : array(),
		'done'           => true,
	);
}

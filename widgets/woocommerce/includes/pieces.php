<?php
/**
 * The pieces a merchant puts on pages, each as a shortcode and as a block: one table, one renderer a piece.
 *
 * What anybody may see is written by PHP from the store's own copy of the programme. What is about a shopper is an empty
 * place that the browser fills with the shopper's short-lived token: a page cache keeps no one's data.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

add_action( 'init', 'kizuna_register_pieces' );
add_action( 'enqueue_block_editor_assets', 'kizuna_enqueue_editor' );

/**
 * Returns the pieces by name: the title in the editor, a sentence about it, and what draws it.
 *
 * @return array<string, array{title: string, about: string, draw: callable}>
 */
function kizuna_pieces() {
	return array(
		'balance'  => array(
			'title' => __( 'Points balance', 'kizuna-loyalty-for-woocommerce' ),
			'about' => __( 'What the shopper has; guests are invited to sign in.', 'kizuna-loyalty-for-woocommerce' ),
			'draw'  => 'kizuna_draw_balance',
		),
		'earn'     => array(
			'title' => __( 'Ways to earn', 'kizuna-loyalty-for-woocommerce' ),
			'about' => __( 'Everything that brings points.', 'kizuna-loyalty-for-woocommerce' ),
			'draw'  => 'kizuna_draw_earn',
		),
		'rewards'  => array(
			'title' => __( 'Rewards', 'kizuna-loyalty-for-woocommerce' ),
			'about' => __( 'What points buy.', 'kizuna-loyalty-for-woocommerce' ),
			'draw'  => 'kizuna_draw_rewards',
		),
		'tiers'    => array(
			'title' => __( 'Tiers', 'kizuna-loyalty-for-woocommerce' ),
			'about' => __( 'The levels, and what each brings.', 'kizuna-loyalty-for-woocommerce' ),
			'draw'  => 'kizuna_draw_tiers',
		),
		'referral' => array(
			'title' => __( 'Invite a friend', 'kizuna-loyalty-for-woocommerce' ),
			'about' => __( 'What both sides get, and the shopper’s own link.', 'kizuna-loyalty-for-woocommerce' ),
			'draw'  => 'kizuna_draw_referral',
		),
		'history'  => array(
			'title' => __( 'Points history', 'kizuna-loyalty-for-woocommerce' ),
			'about' => __( 'The shopper’s latest movements.', 'kizuna-loyalty-for-woocommerce' ),
			'draw'  => 'kizuna_draw_history',
		),
		'product'  => array(
			'title' => __( 'Points for a product', 'kizuna-loyalty-for-woocommerce' ),
			'about' => __( 'What buying the product would earn.', 'kizuna-loyalty-for-woocommerce' ),
			'draw'  => 'kizuna_draw_product',
		),
		'cart'     => array(
			'title' => __( 'Points in the cart', 'kizuna-loyalty-for-woocommerce' ),
			'about' => __( 'What the cart would earn, and rewards to use on it.', 'kizuna-loyalty-for-woocommerce' ),
			'draw'  => 'kizuna_draw_cart',
		),
	);
}

/**
 * Registers a shortcode `[kizuna_<name>]` and a block `kizuna/<name>` for each piece.
 */
function kizuna_register_pieces() {
	wp_register_style( 'kizuna-pieces', plugins_url( 'scripts/pieces.css', KIZUNA_FILE ), array(), KIZUNA_VERSION );
	wp_register_script( 'kizuna-pieces', plugins_url( 'scripts/pieces.js', KIZUNA_FILE ), array(), KIZUNA_VERSION, true );
	$needs = array( 'wp-blocks', 'wp-element', 'wp-block-editor', 'wp-components', 'wp-server-side-render' );
	wp_register_script( 'kizuna-editor', plugins_url( 'scripts/editor.js', KIZUNA_FILE ), $needs, KIZUNA_VERSION, true );
	foreach ( kizuna_pieces() as $name => $piece ) {
		$draw = function ( $attributes = array() ) use ( $name ) {
			return kizuna_piece( $name, is_array( $attributes ) ? $attributes : array() );
		};
		add_shortcode( 'kizuna_' . $name, $draw );
		register_block_type(
			'kizuna/' . $name,
			array(
				'api_version'     => 2,
				'title'           => $piece['title'],
				'description'     => $piece['about'],
				'category'        => 'widgets',
				'editor_script'   => 'kizuna-editor',
				'style'           => 'kizuna-pieces',
				'attributes'      => array(
					'product'   => array( 'type' => 'number' ),
					'className' => array( 'type' => 'string' ),
				),
				'uses_context'    => array( 'postId' ),
				'render_callback' => function ( $attributes, $content = '', $block = null ) use ( $name ) {
					$attributes = is_array( $attributes ) ? $attributes : array();
					if ( empty( $attributes['product'] ) && $block && ! empty( $block->context['postId'] ) ) {
						$attributes['product'] = $block->context['postId'];
					}
					return kizuna_piece( $name, $attributes );
				},
			)
		);
	}
}

/**
 * Tells the editor which pieces there are.
 */
function kizuna_enqueue_editor() {
	$told = array();
	foreach ( kizuna_pieces() as $name => $piece ) {
		$told[] = array(
			'name'  => 'kizuna/' . $name,
			'title' => $piece['title'],
			'about' => $piece['about'],
		);
	}
	wp_add_inline_script( 'kizuna-editor', 'window.kizunaBlocks=' . wp_json_encode( $told ) . ';', 'before' );
}

/**
 * Returns the HTML of a piece, '' where there is nothing to show: not connected, or the programme has no such part.
 *
 * @param string $name       Its name.
 * @param array  $attributes Of the shortcode or block.
 * @return string
 */
function kizuna_piece( $name, $attributes = array() ) {
	$pieces    = kizuna_pieces();
	$programme = kizuna_programme();
	if ( ! isset( $pieces[ $name ] ) || null === $programme ) {
		return '';
	}
	$inner = call_user_func( $pieces[ $name ]['draw'], $programme, $attributes );
	if ( '' === $inner ) {
		return '';
	}
	kizuna_enqueue_pieces( $programme );
	$class = 'kizuna-piece kizuna-' . $name;
	if ( ! empty( $attributes['className'] ) && is_string( $attributes['className'] ) ) {
		$class .= ' ' . $attributes['className'];
	}
	return '<div class="' . esc_attr( $class ) . '" data-kizuna-piece="' . esc_attr( $name ) . '">' . $inner . '</div>';
}

/**
 * Brings script, style and what the script is told, once a page. All of it is the same for every guest.
 *
 * @param array $programme The programme.
 */
function kizuna_enqueue_pieces( $programme ) {
	static $told = false;
	wp_enqueue_style( 'kizuna-pieces' );
	wp_enqueue_script( 'kizuna-pieces' );
	if ( $told ) {
		return;
	}
	$told   = true;
	$widget = kizuna_widget_config();
	wp_add_inline_script(
		'kizuna-pieces',
		'window.kizunaPieces=' . wp_json_encode(
			array(
				'api'      => $widget['api'],
				'shop'     => $widget['shop'],
				'tokenUrl' => $widget['token-url'],
				'signedIn' => 'true' === $widget['signed-in'],
				'signIn'   => $widget['sign-in'],
				'locale'   => $widget['locale'],
				'own'      => array(
					'locale'   => $programme['locale'],
					'unit'     => $programme['unit'],
					'currency' => $programme['currency'],
					'zone'     => isset( $programme['shop']['zone'] ) ? $programme['shop']['zone'] : 'UTC',
				),
				'rewards'  => $programme['rewards'],
				'words'    => kizuna_piece_words(),
			),
			JSON_HEX_TAG
		) . ';',
		'before'
	);
}

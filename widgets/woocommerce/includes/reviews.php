<?php
/**
 * Tells the server of product reviews. WooCommerce has no webhook for them: we fire an action that has one.
 *
 * @package Kizuna
 */

defined( 'ABSPATH' ) || exit;

add_action( 'comment_post', 'kizuna_review_touched', 20 );
add_action( 'wp_insert_comment', 'kizuna_review_touched', 20 );
add_action( 'transition_comment_status', 'kizuna_review_moved', 20, 3 );
add_action( 'delete_comment', 'kizuna_review_deleted', 20, 2 );
// WooCommerce hands its webhooks over at the same moment with priority 10.
add_action( 'shutdown', 'kizuna_report_reviews', 1 );

/**
 * Returns the reviews of this request to be reported, by comment id; called with an argument, keeps one.
 *
 * What happens to a review while a request runs is not the last word: one made on hold by REST is approved for a moment.
 * So ids are collected and the state is asked at the end. A value that is no null is the review as it was when it was
 * deleted, for then nobody can be asked.
 *
 * @param int        $id    Comment to keep; 0 to keep none.
 * @param array|null $known The review, where it cannot be read later.
 * @param bool       $clear Whether to forget them all.
 * @return array<int, array|null>
 */
function kizuna_touched_reviews( $id = 0, $known = null, $clear = false ) {
	static $touched = array();
	$kept           = $touched;
	if ( $id && ( null !== $known || ! isset( $touched[ $id ] ) ) ) {
		$touched[ $id ] = $known;
	}
	if ( $clear ) {
		$touched = array();
	}
	return $kept;
}

/**
 * Keeps a comment that was written, if it is a review that is shown.
 *
 * @param int $id The comment.
 */
function kizuna_review_touched( $id ) {
	$review = kizuna_review( get_comment( $id ) );
	if ( null !== $review && 'approved' === $review['status'] ) {
		kizuna_touched_reviews( (int) $id );
	}
}

/**
 * Keeps a review that began or ceased to be shown.
 *
 * @param string     $after   The status now.
 * @param string     $before  The status until now.
 * @param WP_Comment $comment The comment.
 */
function kizuna_review_moved( $after, $before, $comment ) {
	if ( $after === $before || ! in_array( 'approved', array( $after, $before ), true ) ) {
		return;
	}
	if ( null !== kizuna_review( $comment ) ) {
		kizuna_touched_reviews( (int) $comment->comment_ID );
	}
}

/**
 * Keeps what a review said before it is deleted for good.
 *
 * @param int             $id      The comment.
 * @param WP_Comment|null $comment The comment.
 */
function kizuna_review_deleted( $id, $comment = null ) {
	$review = kizuna_review( $comment ? $comment : get_comment( $id ) );
	if ( null !== $review ) {
		$review['status'] = 'deleted';
		kizuna_touched_reviews( (int) $id, $review );
	}
}

/**
 * Fires one action for each review of this request, by what became of it.
 */
function kizuna_report_reviews() {
	$touched = kizuna_touched_reviews( 0, null, true );
	foreach ( $touched as $id => $known ) {
		$review = null === $known ? kizuna_review( get_comment( $id ) ) : $known;
		if ( null === $review ) {
			continue;
		}
		$review['changed_gmt'] = gmdate( 'Y-m-d\TH:i:s' );
		if ( 'approved' === $review['status'] ) {
			do_action( 'woocommerce_kizuna_review_approved', $review );
		} else {
			do_action( 'woocommerce_kizuna_review_withdrawn', $review );
		}
	}
}

/**
 * Returns a comment as the server is told of it, or null if it is no product review.
 *
 * Of a shopper with an account the account's address is told; of anybody else the one that was typed.
 *
 * @param WP_Comment|null $comment The comment.
 * @return array{id: int, product_id: int, customer_id: int, email: string, rating: int, status: string, date_gmt: string, verified: bool}|null
 */
function kizuna_review( $comment ) {
	if ( ! $comment || 'review' !== $comment->comment_type || 'product' !== get_post_type( (int) $comment->comment_post_ID ) ) {
		return null;
	}
	if ( (int) $comment->comment_parent ) {
		return null; // An answer to a review; WooCommerce gives it the same type.
	}
	$id   = (int) $comment->comment_ID;
	$user = $comment->user_id ? get_userdata( (int) $comment->user_id ) : false;
	return array(
		'id'          => $id,
		'product_id'  => (int) $comment->comment_post_ID,
		'customer_id' => $user ? (int) $user->ID : 0,
		'email'       => $user ? $user->user_email : (string) $comment->comment_author_email,
		'rating'      => (int) get_comment_meta( $id, 'rating', true ),
		'status'      => (string) wp_get_comment_status( $comment ),
		'date_gmt'    => str_replace( ' ', 'T', (string) $comment->comment_date_gmt ),
		'verified'    => (bool) get_comment_meta( $id, 'verified', true ),
	);
}

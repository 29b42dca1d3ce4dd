/**
 * Shows the pieces in the block editor as the server draws them. No build step: this is the source.
 */
( function ( wp, pieces ) {
	'use strict';
	if ( ! wp || ! pieces ) {
		return;
	}
	var element = wp.element.createElement;
	pieces.forEach( function ( piece ) {
		wp.blocks.registerBlockType( piece.name, {
			apiVersion: 2,
			title: piece.title,
			description: piece.about,
			category: 'widgets',
			icon: 'awards',
			attributes: { product: { type: 'number' } },
			usesContext: [ 'postId' ],
			edit: function ( given ) {
				return element(
					'div',
					wp.blockEditor.useBlockProps(),
					element( wp.components.Disabled, null, element( wp.serverSideRender, { block: piece.name, attributes: given.attributes, EmptyResponsePlaceholder: function () {
						return element( wp.components.Placeholder, { label: piece.title, instructions: piece.about } );
					} } ) )
				);
			},
			save: function () {
				return null;
			},
		} );
	} );
} )( window.wp, window.kizunaBlocks );

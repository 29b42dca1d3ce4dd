/**
 * Fills the places that PHP left empty because a page cache may keep the page: balance, history, the shopper's own link,
 * what a product or the cart would earn, and rewards to apply. When the server is away the places stay empty.
 *
 * No build step: this is the source. Told by `window.kizunaPieces`.
 */
( function () {
	'use strict';

	var told = window.kizunaPieces;
	if ( ! told || ! told.api || ! window.fetch || ! window.Intl ) {
		return;
	}

	var FAILURES_ALLOWED = 3;
	var REST_MS = 5 * 60000;
	var PATIENCE_MS = 12000;
	var WAITS_MS = [ 800, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 10000, 15000, 15000 ];
	var words = told.words;
	var own = told.own;
	var kept = null;
	var member = null;

	// The same breaker as the launcher's, kept for the visit.
	function recall( key ) {
		try {
			return window.sessionStorage.getItem( 'kizuna:' + key );
		} catch ( closed ) {
			return null;
		}
	}
	function remember( key, value ) {
		try {
			if ( value === null ) {
				window.sessionStorage.removeItem( 'kizuna:' + key );
			} else {
				window.sessionStorage.setItem( 'kizuna:' + key, value );
			}
		} catch ( closed ) {
			// Storage may be closed to us; nothing here depends on it.
		}
	}
	function resting() {
		var away = ( recall( 'away' ) || '' ).split( ' ' ).map( Number );
		return away[ 0 ] >= FAILURES_ALLOWED && Date.now() - away[ 1 ] < REST_MS;
	}
	function noteFailure() {
		remember( 'away', ( ( Number( ( recall( 'away' ) || '' ).split( ' ' )[ 0 ] ) || 0 ) + 1 ) + ' ' + Date.now() );
	}

	function patient( url, options ) {
		var stop = new AbortController();
		var timer = setTimeout( function () {
			stop.abort();
		}, PATIENCE_MS );
		options.signal = stop.signal;
		return fetch( url, options ).finally( function () {
			clearTimeout( timer );
		} );
	}

	/** The shopper's token, held in memory for as long as it is good; an empty text for guests. */
	function token() {
		if ( ! told.signedIn ) {
			return Promise.resolve( '' );
		}
		if ( kept && kept.until > Date.now() ) {
			return Promise.resolve( kept.token );
		}
		return patient( told.tokenUrl, { credentials: 'same-origin', cache: 'no-store', headers: { Accept: 'application/json' } } )
			.then( function ( answer ) {
				return answer.ok ? answer.json() : { token: null };
			} )
			.then( function ( said ) {
				kept = said.token ? { token: said.token, until: Date.now() + 240000 } : null;
				return said.token || '';
			} );
	}

	/** Asks the server. Rejects with a problem that has a `status`, 0 where nothing came. */
	function ask( method, path, body ) {
		if ( resting() ) {
			return Promise.reject( { status: 0 } );
		}
		return token().then( function ( bearer ) {
			var headers = { Accept: 'application/json' };
			var url = told.api + '/' + path;
			if ( bearer ) {
				headers.Authorization = 'Bearer ' + bearer;
			} else {
				url += ( url.indexOf( '?' ) < 0 ? '?' : '&' ) + 'shop=' + encodeURIComponent( told.shop );
			}
			if ( body ) {
				headers[ 'Content-Type' ] = 'application/json';
			}
			return patient( url, { method: method, headers: headers, body: body && JSON.stringify( body ), cache: 'no-store' } ).then(
				function ( answer ) {
					if ( answer.status >= 500 ) {
						noteFailure();
						throw { status: answer.status };
					}
					remember( 'away', null );
					return answer.json().then( function ( said ) {
						if ( ! answer.ok ) {
							throw { status: answer.status, code: said.code };
						}
						return said;
					} );
				},
				function () {
					noteFailure();
					throw { status: 0 };
				}
			);
		} );
	}

	// Words, numbers, money, days.
	function say( id, values ) {
		return String( words[ id ] || id ).replace( /\{(\w+)\}/g, function ( whole, name ) {
			return values && name in values ? values[ name ] : whole;
		} );
	}
	function number( value, least, most ) {
		return new Intl.NumberFormat( told.locale, { minimumFractionDigits: least, maximumFractionDigits: most } ).format( value );
	}
	function money( minor ) {
		var digits = minor % Math.pow( 10, own.currency.exponent ) ? own.currency.exponent : 0;
		return new Intl.NumberFormat( told.locale, {
			style: 'currency',
			currency: own.currency.code,
			currencyDisplay: 'narrowSymbol',
			minimumFractionDigits: digits,
			maximumFractionDigits: digits,
		} )
			.format( minor / Math.pow( 10, own.currency.exponent ) )
			.replace( '\uffe5', '¥' );
	}
	function figure( steps ) {
		if ( own.unit.kind === 'money' ) {
			return money( steps );
		}
		var size = Math.pow( 10, own.unit.decimals );
		return number( steps / size, steps % size ? own.unit.decimals : 0, own.unit.decimals );
	}
	function points( steps ) {
		if ( own.unit.kind === 'money' ) {
			return money( steps );
		}
		var texts = own.unit.words || {};
		var mine = texts[ told.locale ] || texts[ told.locale.slice( 0, 2 ) ] || {};
		var form = new Intl.PluralRules( told.locale ).select( steps / Math.pow( 10, own.unit.decimals ) );
		var unit = mine[ form ] || mine.other || ( form === 'one' ? words.point : words.points );
		return say( 'amount', { n: figure( steps ), unit: unit } );
	}
	function day( at ) {
		var shown = { day: 'numeric', month: 'short', year: 'numeric' };
		try {
			return new Intl.DateTimeFormat( told.locale, Object.assign( { timeZone: own.zone }, shown ) ).format( new Date( at ) );
		} catch ( unknownZone ) {
			return new Intl.DateTimeFormat( told.locale, shown ).format( new Date( at ) );
		}
	}
	function local( texts ) {
		texts = texts || {};
		return texts[ told.locale ] || texts[ told.locale.slice( 0, 2 ) ] || texts[ own.locale ] || '';
	}
	function title( thing ) {
		var deal = thing.deal || {};
		var id = words[ deal.kind ] ? deal.kind : 'reward';
		return local( thing.name ) || say( id, { money: money( deal.value_minor || 0 ), percent: deal.percent } );
	}

	// Elements: texts are text nodes, so nothing the server says is markup.
	function el( name, attributes, children ) {
		var node = document.createElement( name );
		Object.keys( attributes || {} ).forEach( function ( key ) {
			node.setAttribute( key, attributes[ key ] );
		} );
		( children || [] ).forEach( function ( child ) {
			node.append( child );
		} );
		return node;
	}
	function put( place, children ) {
		place.replaceChildren.apply( place, children );
		place.setAttribute( 'data-ready', '' );
	}
	function button( text, work ) {
		var node = el( 'button', { type: 'button', class: 'button wp-element-button' }, [ text ] );
		node.addEventListener( 'click', function () {
			work( node );
		} );
		return node;
	}
	function invite( place ) {
		if ( told.signIn ) {
			put( place, [ el( 'a', { href: told.signIn }, [ say( 'signIn' ) ] ) ] );
		}
	}

	/** The member, asked for once a page; null for guests. */
	function known( again ) {
		if ( ! told.signedIn ) {
			return Promise.resolve( null );
		}
		if ( ! member || again ) {
			member = ask( 'GET', 'member' );
		}
		return member;
	}

	var fill = {
		balance: function ( place ) {
			return known().then( function ( who ) {
				if ( ! who || who.state === 'signed_out' ) {
					return invite( place );
				}
				if ( who.state !== 'member' ) {
					return put( place, [ say( 'join' ) ] );
				}
				var has = who.balance;
				var shown = [ el( 'strong', {}, [ say( 'balance', { points: points( has.available ) } ) ] ) ];
				if ( has.worth_minor ) {
					shown.push( ' ', el( 'span', { class: 'kizuna-note' }, [ say( 'worth', { money: money( has.worth_minor ) } ) ] ) );
				}
				if ( has.pending > 0 ) {
					shown.push( el( 'div', { class: 'kizuna-note' }, [ say( 'pending', { points: points( has.pending ) } ) ] ) );
				}
				if ( who.next_expiry ) {
					var last = new Date( Date.parse( who.next_expiry.at ) - 1 );
					shown.push( el( 'div', { class: 'kizuna-note' }, [ say( 'ends', { points: points( who.next_expiry.points ), date: day( last ) } ) ] ) );
				}
				put( place, shown );
			} );
		},

		history: function ( place ) {
			if ( ! told.signedIn ) {
				return Promise.resolve( invite( place ) );
			}
			return ask( 'GET', 'history' ).then( function ( page ) {
				if ( ! page.entries.length ) {
					return put( place, [ say( 'empty' ) ] );
				}
				var head = el( 'tr', {}, [ 'day', 'what', 'change', 'after' ].map( function ( id ) {
					return el( 'th', { scope: 'col' }, [ say( id ) ] );
				} ) );
				var rows = page.entries.map( function ( entry ) {
					var what = entry.text || ( entry.deal ? title( entry ) : local( entry.name ) ) || entry.product || ( entry.order && say( 'order', { order: entry.order.name } ) );
					var reason = say( entry.movement ) + ( what ? ': ' + what : '' );
					var change = ( entry.points < 0 ? '−' : '+' ) + figure( Math.abs( entry.points ) );
					return el( 'tr', {}, [ day( entry.at ), reason, change, figure( entry.balance_after ) ].map( function ( text ) {
						return el( 'td', {}, [ text ] );
					} ) );
				} );
				put( place, [ el( 'table', { class: 'kizuna-history shop_table' }, [ el( 'thead', {}, [ head ] ), el( 'tbody', {}, rows ) ] ) ] );
			} );
		},

		link: function ( place ) {
			return known().then( function ( who ) {
				if ( ! who || who.state === 'signed_out' ) {
					return invite( place );
				}
				if ( ! who.referral ) {
					return;
				}
				var box = el( 'input', { type: 'text', readonly: '', value: who.referral.link, 'aria-label': say( 'link' ) } );
				var copy = button( say( 'copy' ), function ( node ) {
					box.select();
					navigator.clipboard.writeText( box.value ).then( function () {
						node.textContent = say( 'copied' );
					}, function () {} );
				} );
				put( place, [ box, ' ', copy ] );
			} );
		},

		product: function ( place ) {
			var line = { product: place.dataset.product, quantity: 1, price_minor: Number( place.dataset.minor ) };
			if ( place.dataset.variant ) {
				line.variant = place.dataset.variant;
			}
			return ask( 'POST', 'cart', { lines: [ line ] } ).then( function ( earns ) {
				var about = earns.may_differ || ! told.signedIn || ( place.dataset.about === 'true' && ! place.dataset.variant );
				put( place, earns.points ? [ say( about ? 'about' : 'product', { points: points( earns.points ) } ) ] : [] );
			} );
		},

		cart: function ( place ) {
			return window.Promise.all( [ earned( place ), known( true ) ] ).then( function ( both ) {
				drawCart( place, both[ 0 ], both[ 1 ] );
			} );
		},
	};

	function state( place ) {
		return JSON.parse( place.dataset.cart );
	}

	function earned( place ) {
		var asked = state( place ).asked;
		return asked && asked.lines.length ? ask( 'POST', 'cart', asked ) : Promise.resolve( null );
	}

	function drawCart( place, earns, who ) {
		var shown = [];
		var codes = state( place ).codes;
		if ( earns && earns.points ) {
			shown.push( el( 'p', {}, [ say( earns.may_differ || ! told.signedIn ? 'cartAbout' : 'cart', { points: points( earns.points ) } ) ] ) );
		}
		if ( who && who.state === 'member' ) {
			var wishes = [];
			var applied = false;
			who.redemptions.forEach( function ( one ) {
				var on = one.code && codes.indexOf( one.code.toLowerCase() ) >= 0;
				applied = applied || on;
				if ( one.state === 'issued' && one.code ) {
					wishes.push( button( say( on ? 'remove' : 'apply', { reward: title( one ) } ), function ( node ) {
						change( place, node, on ? 'remove' : 'apply', one.code );
					} ) );
				} else if ( one.state === 'requested' ) {
					wishes.push( el( 'span', { class: 'kizuna-note' }, [ say( 'preparing' ) ] ) );
				}
			} );
			if ( ! applied ) {
				offers( who ).forEach( function ( offer ) {
					wishes.push( button( say( 'use', { points: points( offer.cost ), reward: title( offer ) } ), function ( node ) {
						redeem( place, node, offer );
					} ) );
				} );
			}
			if ( wishes.length ) {
				shown.push( el( 'div', { class: 'kizuna-actions' }, wishes ) );
			}
		} else if ( ! told.signedIn && told.signIn ) {
			shown.push( el( 'a', { href: told.signIn }, [ say( 'signIn' ) ] ) );
		}
		shown.push( el( 'p', { class: 'kizuna-said', role: 'status' } ) );
		put( place, shown );
	}

	/** Rewards of a fixed cost that give something off this order and that the shopper can have now, three at most. */
	function offers( who ) {
		var can = {};
		who.rewards.forEach( function ( one ) {
			can[ one.id ] = one.affordable && ! one.locked;
		} );
		return ( told.rewards || [] )
			.concat( who.offers || [] )
			.filter( function ( one ) {
				return can[ one.id ] && ! one.chosen && [ 'amount_off', 'percentage', 'free_shipping' ].indexOf( one.deal.kind ) >= 0;
			} )
			.slice( 0, 3 );
	}

	function tell( place, id ) {
		var said = place.querySelector( '.kizuna-said' );
		if ( said ) {
			said.textContent = say( id );
		}
	}

	/** A wish keeps its key until it is answered, so that asked twice it is granted once. */
	function redeem( place, node, offer ) {
		var name = 'wish ' + offer.id;
		var key = recall( name );
		if ( ! key ) {
			key = Array.from( crypto.getRandomValues( new Uint8Array( 16 ) ), function ( byte ) {
				return ( '0' + byte.toString( 16 ) ).slice( -2 );
			} ).join( '' );
			remember( name, key );
		}
		node.disabled = true;
		tell( place, 'preparing' );
		ask( 'POST', 'redemptions', { key: key, reward: offer.id } )
			.then( function ( answer ) {
				remember( name, null );
				return ready( answer.redemption, 0 );
			} )
			.then(
				function ( one ) {
					if ( one.state === 'issued' ) {
						return change( place, node, 'apply', one.code );
					}
					tell( place, one.state === 'requested' ? 'slow' : 'failed' );
				},
				function ( problem ) {
					if ( problem.status >= 400 && problem.status < 500 && [ 401, 403, 408, 425, 429 ].indexOf( problem.status ) < 0 ) {
						remember( name, null );
					}
					node.disabled = false;
					tell( place, 'failed' );
				}
			);
	}

	/** Waits until the store has made the code, for a while. */
	function ready( one, tries ) {
		if ( one.state !== 'requested' || tries >= WAITS_MS.length ) {
			return Promise.resolve( one );
		}
		return new Promise( function ( done ) {
			setTimeout( done, WAITS_MS[ tries ] );
		} )
			.then( function () {
				return ask( 'GET', 'redemptions/' + encodeURIComponent( one.id ) );
			} )
			.then(
				function ( answer ) {
					return ready( answer.redemption, tries + 1 );
				},
				function () {
					return ready( one, tries + 1 );
				}
			);
	}

	/** Applies or removes a code: by the block cart's own road where it is on the page, else by the store's AJAX. */
	function change( place, node, what, code ) {
		node.disabled = true;
		var blocks = window.wc && window.wc.blocksCheckout;
		var done =
			blocks && blocks.extensionCartUpdate && document.querySelector( '.wp-block-woocommerce-cart, .wp-block-woocommerce-checkout' )
				? blocks.extensionCartUpdate( { namespace: 'kizuna', data: { do: what, code: code } } ).then( function ( cart ) {
						var fresh = cart && cart.extensions && cart.extensions.kizuna && cart.extensions.kizuna.state;
						if ( fresh ) {
							place.dataset.cart = fresh;
						}
						return { done: true };
				  } )
				: fetch( place.dataset.ajax, {
						method: 'POST',
						credentials: 'same-origin',
						body: new URLSearchParams( { do: what, code: code, nonce: place.dataset.nonce } ),
				  } ).then( function ( answer ) {
						return answer.json();
				  } );
		return done.then(
			function ( said ) {
				if ( ! said.done ) {
					throw said;
				}
				if ( said.state ) {
					place.dataset.cart = JSON.stringify( said.state );
				}
				if ( window.jQuery ) {
					window.jQuery( document.body ).trigger( 'wc_update_cart' ).trigger( 'update_checkout' );
				}
				return run( place ).then( function () {
					tell( place, what === 'apply' ? 'applied' : 'removed' );
				} );
			}
		).catch( function () {
			node.disabled = false;
			tell( place, 'failed' );
		} );
	}

	function run( place ) {
		return Promise.resolve( fill[ place.dataset.kizunaPlace ]( place ) ).catch( function () {
			// The server is away or says no: what can do without an answer is as it was.
			if ( [ 'balance', 'history' ].indexOf( place.dataset.kizunaPlace ) >= 0 ) {
				put( place, [ say( 'away' ) ] );
			}
		} );
	}

	function start() {
		document.querySelectorAll( '[data-kizuna-place]' ).forEach( run );
		if ( window.jQuery ) {
			// The classic cart and checkout draw their totals anew; a shopper picks a variation.
			window.jQuery( document.body ).on( 'updated_cart_totals updated_checkout', function () {
				document.querySelectorAll( '[data-kizuna-place="cart"]:not([data-ready])' ).forEach( run );
			} );
			window.jQuery( document ).on( 'found_variation', '.variations_form', function ( event, variation ) {
				var place = document.querySelector( '[data-kizuna-place="product"]' );
				if ( place && variation.kizuna_minor !== undefined ) {
					place.dataset.variant = String( variation.variation_id );
					place.dataset.minor = String( variation.kizuna_minor );
					run( place );
				}
			} );
		}
		follow();
	}

	/** Follows the block cart's own state, which changes without a new page. */
	function follow() {
		var place = document.querySelector( '[data-kizuna-place="cart"]' );
		var data = window.wp && window.wp.data;
		if ( ! place || ! data || ! data.subscribe || ! data.select( 'wc/store/cart' ) ) {
			return;
		}
		data.subscribe( function () {
			var cart = data.select( 'wc/store/cart' ).getCartData();
			var fresh = cart && cart.extensions && cart.extensions.kizuna && cart.extensions.kizuna.state;
			if ( fresh && fresh !== place.dataset.cart ) {
				place.dataset.cart = fresh;
				run( place );
			}
		} );
	}

	if ( document.readyState === 'loading' ) {
		document.addEventListener( 'DOMContentLoaded', start );
	} else {
		start();
	}
} )();

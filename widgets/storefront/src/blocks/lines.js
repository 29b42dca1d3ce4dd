// What a theme's Liquid wrote about a product or a cart, as lines that the API is asked about.

/**
 * @typedef {object} Told
 * @property {string|number} [product]   a product page: the product, its variants with their prices, and the one chosen
 * @property {string|number} [chosen]
 * @property {{id: string|number, price: number}[]} [variants]
 * @property {{product: string|number, variant: string|number, quantity: number, price: number}[]} [items] a cart
 * @property {number} [discount]         what comes off the whole cart
 */

const HUNDREDTHS = 100;

/**
 * Liquid writes every price in hundredths, whatever the currency's own smallest unit is. Currencies with more than two
 * decimals are left alone: nobody can tell what their hundredths mean.
 * @param {number} price @param {string} currency
 * @returns {number|null}
 */
export function minor(price, currency) {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return digits > 2 || !Number.isFinite(price) ? null : Math.max(0, Math.round((price * 10 ** digits) / HUNDREDTHS));
}

/**
 * @param {Told} told @param {string} currency @param {string} chosen the variant the shopper has chosen by now, if told
 * @returns {object|null} the body of `POST cart`; null where there is nothing to say
 */
export function cartOf(told, currency, chosen) {
  const items = told.items ?? asItems(told, chosen);
  const lines = items.map(({ product, variant, quantity, price }) => ({
    product: String(product),
    variant: String(variant),
    quantity,
    price_minor: minor(price, currency),
  }));
  const discount = minor(told.discount ?? 0, currency);
  if (!lines.length || discount === null || lines.some((line) => line.price_minor === null)) return null;
  return { lines, discount_minor: discount };
}

/** @param {Told} told @param {string} chosen */
function asItems(told, chosen) {
  const variants = told.variants ?? [];
  const one = variants.find(({ id }) => String(id) === (chosen || String(told.chosen)));
  return one && told.product ? [{ product: told.product, variant: one.id, quantity: 1, price: one.price }] : [];
}

// What the page tells the widget: data attributes on the element, or one JSON script inside it.

/**
 * @typedef {object} Config
 * @property {string} api        where the storefront API lives, without a slash at the end
 * @property {string} shop       our shop id for public reads; empty where a signed proxy names the shop
 * @property {string} locale     language of the page
 * @property {string} tokenUrl   uncached route that answers {"token": "…"|null}; empty behind a signed proxy
 * @property {boolean|null} signedIn  whether the page knows a shopper to be signed in; null: it cannot tell
 * @property {string} panel      address of the panel script; the words lie beside it
 * @property {string} join       page where an account is made
 * @property {string} signIn     page where one signs in
 * @property {string} theme      light, dark or auto; else as the programme says
 * @property {string} corner     end or start; else as the programme says
 */

/**
 * Reads the configuration of one element. Attributes win over the JSON.
 * @param {HTMLElement} host
 * @param {string} base address of the loader, to find the panel beside it
 * @returns {Config}
 */
export function readConfig(host, base) {
  /** @type {Record<string, unknown>} */
  let given = {};
  try {
    given = JSON.parse(host.querySelector('script[type="application/json"]')?.textContent || '{}');
  } catch {
    // A broken block of JSON must not take the launcher away: the attributes may suffice.
  }
  /** @type {Record<string, unknown>} */
  const all = { ...given, ...host.dataset };
  const text = (/** @type {string} */ name) => (typeof all[name] === 'string' ? /** @type {string} */ (all[name]) : '');
  const one = (/** @type {string} */ name, /** @type {string[]} */ ...choices) => choices.find((choice) => choice === all[name]) || '';
  const known = String(all.signedIn ?? '');
  return {
    api: text('api').replace(/\/+$/, ''),
    shop: text('shop'),
    locale: text('locale') || document.documentElement.lang || 'en',
    tokenUrl: text('tokenUrl'),
    signedIn: known === 'true' ? true : known === 'false' ? false : null,
    panel: text('panel') || new URL('panel.js', base || location.href).href,
    join: text('join'),
    signIn: text('signIn'),
    theme: one('theme', 'light', 'dark', 'auto'),
    corner: one('corner', 'end', 'start'),
  };
}

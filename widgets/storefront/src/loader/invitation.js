// Keeps the code of a friend's invitation: for this visit, or for 30 days where the shopper agreed to being remembered.
import { recall, remember } from './programme.js';

const KEPT_MS = 30 * 86_400_000;

/** Whether the store's own consent banner has a yes for preferences. Unknown counts as no. */
function mayKeep() {
  const page = /** @type {any} */ (window);
  try {
    return Boolean(page.Shopify?.customerPrivacy?.preferencesProcessingAllowed?.() ?? page.wp_has_consent?.('preferences'));
  } catch {
    return false;
  }
}

/**
 * Takes the code out of the address, if one is there.
 * @returns {boolean} whether this page was opened by an invitation not seen before in this visit
 */
export function noteInvitation() {
  const code = new URLSearchParams(location.search).get('kz_ref') || '';
  if (!/^[\w-]{1,80}$/.test(code) || recall('ref') === code) return false;
  remember('ref', code);
  try {
    if (mayKeep()) localStorage.setItem('kizuna:ref', `${code} ${Date.now()}`);
  } catch {
    // for this visit only, then
  }
  return true;
}

/** @returns {string} the code of the invitation this shopper came by, or an empty string */
export function invitation() {
  const now = recall('ref');
  if (now !== null) return now;
  try {
    const [code, since] = (localStorage.getItem('kizuna:ref') || '').split(' ');
    if (code && Date.now() - Number(since) < KEPT_MS) return code;
    localStorage.removeItem('kizuna:ref');
  } catch {
    // closed to us
  }
  return '';
}

/** Forgets the invitation, once it is of no more use. */
export function forgetInvitation() {
  remember('ref', '');
  try {
    localStorage.removeItem('kizuna:ref');
  } catch {
    // closed to us
  }
}

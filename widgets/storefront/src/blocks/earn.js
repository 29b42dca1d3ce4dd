// <kizuna-earn>: what a product or a cart would earn, where the theme has room for it. Where it is not sure it is silent.
import { fetchProgramme } from '../loader/programme.js';
import words from '../messages/blocks.json';
import { cartOf } from './lines.js';

const PATIENCE_MS = 8_000;
const PAUSE_MS = 250;

class KizunaEarn extends HTMLElement {
  #asked = 0;
  #timer = 0;
  #again = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), PAUSE_MS);
  };

  connectedCallback() {
    this.hidden = true;
    if (!this.dataset.api) return;
    document.addEventListener('change', this.#again); // a variant is chosen by a control of the theme's own
    this.#tell();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    document.removeEventListener('change', this.#again);
  }

  async #tell() {
    const turn = ++this.#asked;
    try {
      const said = await this.#answer();
      if (turn !== this.#asked) return; // another variant was chosen meanwhile
      this.hidden = !said;
      this.#place().textContent = said;
    } catch {
      this.hidden = true; // the server is away: the page is none the wiser
    }
  }

  /** @returns {Promise<string>} */
  async #answer() {
    const { api = '', currency = '', text = '', textMost = '', taxed } = this.dataset;
    const told = JSON.parse(this.querySelector('script')?.textContent || '{}');
    const cart = cartOf(told, currency, chosenVariant());
    if (!cart) return '';
    const programme = await (kept[api] ??= fetchProgramme(/** @type {any} */ ({ api, shop: '' })));
    if (programme.state !== 'live') return '';
    const answer = await fetch(`${api}/cart`, {
      method: 'POST',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      body: JSON.stringify(cart),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const earns = answer.ok ? await answer.json() : {};
    if (!(earns.points > 0)) return '';
    const most = earns.may_differ || taxed === 'true'; // prices with tax in them: the tax earns nothing by itself
    return (most ? textMost : text).replace('{points}', points(programme, earns.points, this.dataset.locale || 'en'));
  }

  #place() {
    const found = this.querySelector('span');
    if (found) return found;
    const made = document.createElement('span');
    this.append(made);
    return made;
  }
}

/** @type {Record<string, Promise<any>>} the programme, asked for once a page */
const kept = {};

/** The variant in the address or in the form that puts it into the cart. */
function chosenVariant() {
  const field = /** @type {HTMLInputElement|null} */ (document.querySelector('form[action*="/cart/add"] [name="id"]'));
  return field?.value || new URLSearchParams(location.search).get('variant') || '';
}

/** An amount of the programme's unit with its word. @param {any} programme @param {number} amount @param {string} locale */
function points(programme, amount, locale) {
  const { unit, currency } = programme;
  if (unit.kind === 'money')
    return new Intl.NumberFormat(locale, { style: 'currency', currency: currency.code, currencyDisplay: 'narrowSymbol' }).format(amount / 10 ** currency.exponent);
  const language = locale.startsWith('ja') ? 'ja' : 'en';
  const value = amount / 10 ** unit.decimals;
  /** @type {Record<string, string>} */
  const own = unit.words?.[language] || words[language].unit;
  const word = own[new Intl.PluralRules(language).select(value)] || own.other;
  const n = new Intl.NumberFormat(locale, { maximumFractionDigits: unit.decimals }).format(value);
  return words[language].points.replace('{n}', n).replace('{unit}', word);
}

if (!customElements.get('kizuna-earn')) customElements.define('kizuna-earn', KizunaEarn);

// Numbers, money, dates and names, as the shop and the shopper's language write them.
import { wording } from './words.js';

const DAY_MS = 86_400_000;

/**
 * Where only "en" is named, the shopper's own kind of English orders day and month.
 * @param {string} locale
 */
function regional(locale) {
  const own = navigator.language || '';
  return !locale.includes('-') && own.toLowerCase().startsWith(`${locale.toLowerCase()}-`) ? own : locale;
}

/**
 * @param {any} programme of the contract
 * @param {string} locale of the page
 * @param {string} language of the catalogue
 * @param {import('./words.js').Catalogue} catalogue our words in that language
 */
export function formats(programme, locale, language, catalogue) {
  const tag = locale.slice(0, 2) === language ? regional(locale) : language;
  const { unit, currency, shop } = programme;
  const steps = 10 ** unit.decimals;
  const minor = 10 ** currency.exponent;

  /** A text of the merchant's in the best language there is. @param {Record<string, string>|null|undefined} texts */
  const local = (texts) => texts?.[locale] ?? texts?.[language] ?? texts?.[programme.locale] ?? Object.values(texts || {})[0] ?? '';

  /** @type {Record<string, string>} */
  const own = unit.words?.[locale] || unit.words?.[language] || {};
  const unitWord = (/** @type {number} */ count) => own[words.plural.select(count)] || own.other || words.t('unit', {}, count);
  const words = wording(language, catalogue, programme.texts?.[language] || {}, () => ({
    get unit() {
      return unitWord(2);
    },
    shop: shop.name,
    programme: programme.name,
  }));

  /** @param {number} value @param {number} [least] @param {number} [most] @returns {string} */
  const figure = (value, least = 0, most = 2) =>
    new Intl.NumberFormat(tag, { minimumFractionDigits: least, maximumFractionDigits: most }).format(value);

  /** Money in minor units; `whole` leaves out decimals that are all zero. @param {number} amount @param {boolean} [whole] */
  function cash(amount, whole = false) {
    const digits = whole && amount % minor === 0 ? 0 : currency.exponent;
    return new Intl.NumberFormat(tag, {
      style: 'currency',
      currency: currency.code,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
      .format(amount / minor)
      .replace('\uffe5', '¥');
  }

  /** Money inside a sentence: Japanese says 円 there, and ¥ where the amount stands alone. @param {number} amount */
  const money = (amount) => (language === 'ja' && currency.code === 'JPY' ? `${figure(amount)}円` : cash(amount, true));

  /** An amount of the unit without its word. @param {number} amount */
  const num = (amount) =>
    unit.kind === 'money' ? cash(amount) : figure(amount / steps, amount % steps ? unit.decimals : 0, unit.decimals);

  /** An amount of the unit with its word. @param {number} amount */
  const points = (amount) =>
    unit.kind === 'money' ? cash(amount) : words.t('points', { n: num(amount), unit: unitWord(amount / steps) });

  /** With its sign; minus is U+2212. @param {number} amount */
  const signed = (amount) => (amount < 0 ? '−' : '+') + num(Math.abs(amount));

  /** @param {Intl.DateTimeFormatOptions} options */
  function dates(options) {
    let format;
    try {
      format = new Intl.DateTimeFormat(tag, { ...options, timeZone: shop.zone });
    } catch {
      format = new Intl.DateTimeFormat(tag, options); // a zone this browser does not know
    }
    return (/** @type {string|number} */ at) => format.format(new Date(at));
  }
  const short = dates({ day: 'numeric', month: 'short' });
  const long = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  /** A day; with its year when it is half a year or more away. @param {string|number} at */
  const date = (at) => (Math.abs(Date.parse(String(at)) - Date.now()) > 180 * DAY_MS ? long : short)(at);
  /** The last day on which something that ends at this instant is still good. @param {string} at */
  const lastDay = (at) => date(new Date(Date.parse(at) - 1).toISOString());
  /** A day that comes every year. @param {string} day month and day, as 03-01 */
  const yearDay = (day) => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`2024-${day}`));
  const month = dates({ month: 'long', year: 'numeric' });
  const time = (/** @type {number} */ at) => new Intl.DateTimeFormat(tag, { hour: 'numeric', minute: '2-digit' }).format(at);

  /** What a code is good for. @param {any} what a deal @param {(amount: number) => string} [say] its money */
  function deal(what, say = cash) {
    if (what.kind === 'amount_off') return words.t('deal.amount_off', { money: say(what.value_minor) });
    if (what.kind === 'percentage') return words.t('deal.percentage', { percent: figure(Number(what.percent)) });
    return words.t(`deal.${what.kind}`, { money: say(what.value_minor || 0) });
  }
  /** The same among words. @param {any} what */
  const inline = (what) => deal(what, language === 'ja' ? money : cash);
  /** Name of a reward or redemption as a heading. @param {any} reward */
  const title = (reward) => local(reward.name) || deal(reward.deal);
  /** The same inside a sentence: a name of the merchant's in quotation marks. @param {any} reward */
  const called = (reward) => {
    if (local(reward.name)) return words.t('named', { name: local(reward.name) });
    const text = inline(reward.deal);
    return text.charAt(0).toLocaleLowerCase(tag) + text.slice(1);
  };

  /** Things in a row, as people list them. @param {string[]} parts @param {boolean} [any] any of them will do */
  const list = (parts, any) => new Intl.ListFormat(tag, { type: any ? 'disjunction' : 'conjunction' }).format(parts);

  /** Points for money spent. @param {any} rate @param {[number, number]} [times] the tier's multiplier */
  const rateParts = (rate, [up, down] = [1, 1]) => {
    const value = (Number(rate.points) * up) / down;
    const amount = Math.round(value * steps * 100) / 100;
    const said = unit.kind === 'money' ? points(amount) : words.t('points', { n: figure(value), unit: unitWord(value) });
    return { n: figure(value), money: money(rate.per_minor), points: said };
  };

  return { ...words, language, local, unitWord, figure, cash, money, num, points, signed, date, lastDay, yearDay, month, time, deal, inline, title, called, list, rateParts };
}

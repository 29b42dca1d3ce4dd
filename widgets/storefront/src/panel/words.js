// Messages by id, with plural forms by CLDR category, the merchant's replacements first.

/** @typedef {Record<string, string|Record<string, string>>} Catalogue messages by id; plural forms by category */
/** @typedef {Record<string, string|number|Node>} Params */

/**
 * @param {string} language @param {Catalogue} catalogue complete: a test compares the languages
 * @param {Record<string, string>} replaced the merchant's texts
 * @param {() => Params} always parameters every message may use; looked up one by one, for they may be messages, too
 */
export function wording(language, catalogue, replaced, always) {
  const plural = new Intl.PluralRules(language);

  /** @param {string} id @param {number} [count] @returns {string} */
  function pattern(id, count) {
    const found = replaced[id] ?? catalogue[id] ?? id;
    if (typeof found === 'string') return found;
    const forms = /** @type {Record<string, string>} */ (found);
    return forms[plural.select(count ?? 0)] ?? forms.other;
  }

  /**
   * One message as pieces: strings, and whatever nodes were given for its placeholders.
   * @param {string} id @param {Params} [params] @param {number} [count] decides the plural form
   * @returns {(string|Node)[]}
   */
  function rich(id, params = {}, count) {
    const usual = always();
    return pattern(id, count)
      .split(/\{(\w+)\}/)
      .map((piece, at) => {
        if (at % 2 === 0) return piece;
        const value = params[piece] ?? usual[piece];
        return value instanceof Node ? value : String(value ?? '');
      })
      .filter((piece) => piece !== '');
  }

  /** One message as text. @param {string} id @param {Params} [params] @param {number} [count] @returns {string} */
  const t = (id, params, count) => rich(id, params, count).join('');

  return { t, rich, plural, has: (/** @type {string} */ id) => id in replaced || id in catalogue };
}

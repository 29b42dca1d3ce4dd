// Reads the tier ladder: levels, values in the ladder's measure, the gap to a level in words.

/** @param {any} programme @param {string|null} id @returns {any} the level, or undefined: none, or hidden from others */
export const levelOf = (programme, id) => programme.tiers?.levels.find((/** @type {any} */ level) => level.id === id);

/** The level a member holds; a hidden one is told to its members alone. @param {any} programme @param {any} tier @returns {any} */
export const ownLevel = (programme, tier) => tier && (tier.level || levelOf(programme, tier.id));

/** Whether activity leads to a level: not where it is bought, or by invitation. @param {any} level */
export const isEarned = (level) => (level.entry || 'earned') === 'earned';

/** Whether a level asks for more than the ladder's own measure. @param {any} level */
export const asksMore = (level) => Object.keys(level.also || {}).length > 0;

/** The known levels that open a reward; none: open to all, or for levels hidden from others. @param {any} programme @param {any} reward @returns {any[]} */
export const opening = (programme, reward) =>
  [reward.level, ...(reward.levels || [])].map((id) => id && levelOf(programme, id)).filter(Boolean);

/** Whether nobody but members of hidden levels may know of a reward. @param {any} programme @param {any} reward */
export const isVeiled = (programme, reward) => Boolean(reward.level || reward.levels?.length) && !opening(programme, reward).length;

/** A value of a measure in words: money, points or orders. @param {any} f @param {any} programme @param {number} value @param {string} [measure] else the ladder's */
export function measured(f, programme, value, measure = programme.tiers.measure) {
  if (measure === 'spend') return f.money(value);
  return measure === 'points' ? f.points(value) : f.t('tiers.orders', { n: f.figure(value) }, value);
}

/** Everything a level asks for, "$500 and 3 orders". @param {any} f @param {any} programme @param {any} level @returns {string} */
export function asked(f, programme, level) {
  const parts = [[programme.tiers.measure, level.threshold], ...Object.entries(level.also || {})];
  return f.list(
    parts.filter(([, least]) => least > 0).map(([measure, least]) => measured(f, programme, least, measure)),
    programme.tiers.mix === 'any',
  );
}

/**
 * "$188 to Tide": what is left to a level.
 * @param {any} f @param {any} programme @param {any} tier of the member @param {any} level @param {'home'|'tiers'} where
 */
export function gapTo(f, programme, tier, level, where) {
  const left = Math.max(0, level.threshold - tier.progress.value);
  const name = f.local(level.name);
  // How far the other measures are is not known here, so no gap is claimed.
  if (asksMore(level)) return f.t('tiers.next', { tier: name });
  if (programme.tiers.measure !== 'orders') return f.t(where === 'home' ? 'home.tier_gap' : 'tiers.gap', { gap: measured(f, programme, left), tier: name });
  return f.t(where === 'home' ? 'home.orders_gap' : 'tiers.orders_gap', { n: f.figure(left), tier: name }, left);
}

// Reads the tier ladder: levels by id, values in the ladder's measure, the gap to a level in words.

/** @param {any} programme @param {string|null} id @returns {any} the level, or undefined */
export const levelOf = (programme, id) => programme.tiers?.levels.find((/** @type {any} */ level) => level.id === id);

/** A value of the ladder's measure in words: money, points or orders. @param {any} f @param {any} programme @param {number} value */
export function measured(f, programme, value) {
  const { measure } = programme.tiers;
  if (measure === 'spend') return f.money(value);
  return measure === 'points' ? f.points(value) : f.t('tiers.orders', { n: f.figure(value) }, value);
}

/**
 * "$188 to Tide": what is left to a level.
 * @param {any} f @param {any} programme @param {any} tier of the member @param {any} level @param {'home'|'tiers'} where
 */
export function gapTo(f, programme, tier, level, where) {
  const left = Math.max(0, level.threshold - tier.progress.value);
  const name = f.local(level.name);
  if (programme.tiers.measure !== 'orders') return f.t(where === 'home' ? 'home.tier_gap' : 'tiers.gap', { gap: measured(f, programme, left), tier: name });
  return f.t(where === 'home' ? 'home.orders_gap' : 'tiers.orders_gap', { n: f.figure(left), tier: name }, left);
}

// Tiers: how far the next one is, what is kept until when, and the whole ladder with what each level gives.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { asked, asksMore, gapTo, isEarned, levelOf, measured, ownLevel } from '../ladder.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('tiers.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { programme, shopper } = page;
  const { tier } = shopper.state.member;
  if (!tier || !programme.tiers) return { ...heading(page), body: [] };
  const levels = known(programme.tiers.levels, tier);
  const at = levels.findIndex((level) => level.id === tier.id);
  const hold = programme.tiers.hold_days;
  return {
    ...heading(page),
    body: [
      box(page, tier),
      h('ol.ladder', null, levels.map((level, index) => rung(page, level, place(tier, levels, index, at)))),
      hold ? h('p.sub', null, page.f.t('tiers.hold', { n: page.f.figure(hold) }, hold)) : null,
    ],
  };
}

/** The ladder this member may see: with the level held, should it be hidden from others. @param {any[]} levels @param {any} tier @returns {any[]} */
function known(levels, tier) {
  if (!tier.level || levels.some((level) => level.id === tier.id)) return levels;
  const next = levels.findIndex((level) => level.id === tier.progress.next);
  return next < 0 ? [...levels, tier.level] : [...levels.slice(0, next), tier.level, ...levels.slice(next)];
}

/**
 * Where a level is from the one held. What is held by right says nothing of what was earned beneath.
 * @param {any} tier @param {any[]} levels @param {number} index @param {number} at the one held, -1: none
 * @returns {'past'|'now'|'ahead'|'aside'}
 */
function place(tier, levels, index, at) {
  const level = levels[index];
  if (index === at) return 'now';
  if (!isEarned(level)) return 'aside';
  if (index > at) return 'ahead';
  return isEarned(levels[at]) || (!asksMore(level) && tier.progress.value >= level.threshold) ? 'past' : 'aside';
}

/** @param {Page} page @param {any} tier */
function box({ f, programme }, tier) {
  const { measure, window } = programme.tiers;
  const level = ownLevel(programme, tier);
  const next = levelOf(programme, tier.progress.next);
  const { value } = tier.progress;
  const words = level
    ? tier.until
      ? f.t('tiers.kept', { tier: f.local(level.name), date: f.lastDay(tier.until) })
      : f.t('tiers.now', { tier: f.local(level.name) })
    : f.t('tiers.none');
  const reached = f.t(`tiers.${measure}.${window.kind}`, { value: measured(f, programme, value), n: f.figure(window.months || 0) }, window.months || 0);
  return h(
    'div.tierbox',
    null,
    h('p.sub', null, words),
    h('p.big', null, next ? gapTo(f, programme, tier, next, 'tiers') : f.t('tiers.top')),
    next
      ? h(
          'div.cordbar',
          { role: 'progressbar', 'aria-label': f.t('tiers.progress', { tier: f.local(next.name) }), 'aria-valuemin': 0, 'aria-valuemax': next.threshold, 'aria-valuenow': Math.min(value, next.threshold), 'aria-valuetext': reached },
          h('span', { style: { 'inline-size': `${Math.min(100, Math.floor((value * 1000) / (next.threshold || 1)) / 10)}%` } }),
        )
      : null,
    h('p.sub.ends', null, h('span.num', null, reached), next ? h('span.num', null, measured(f, programme, next.threshold)) : null),
    tier.lost ? h('p.sub.after', null, f.t('tiers.lost.text')) : null,
  );
}

/** How a level is come by. @param {Page} page @param {any} level @returns {string} */
function from({ f, programme }, level) {
  const { window } = programme.tiers;
  if (!isEarned(level)) return f.t(`tiers.${level.entry}`);
  const value = asked(f, programme, level);
  return value ? f.t(`tiers.from.${window.kind}`, { value, n: f.figure(window.months || 0) }, window.months || 0) : f.t('tiers.from.start');
}

/** @param {Page} page @param {any} level @param {ReturnType<typeof place>} where */
function rung(page, level, where) {
  const { f, programme } = page;
  const order = programme.earn.find((/** @type {any} */ rule) => rule.kind === 'order');
  const benefits = [
    order && f.t('rate', f.rateParts(order.rate, level.multiplier)),
    level.entry_reward > 0 && f.t(isEarned(level) ? 'tiers.entry' : 'tiers.welcome', { points: f.points(level.entry_reward) }),
    level.yearly_reward > 0 && f.t('tiers.yearly', { points: f.points(level.yearly_reward) }),
    ...level.benefits.map((/** @type {any} */ text) => f.local(text)),
  ].filter(Boolean);
  const aloud = where === 'past' || where === 'ahead' ? h('span.vh', null, f.t(where === 'past' ? 'tiers.passed' : 'tiers.ahead')) : null;
  return h(
    `li.${where}`,
    null,
    h('span.knot', null, icon(where === 'ahead' ? 'lock' : where === 'aside' ? 'tier' : 'check')),
    h('h3', null, f.local(level.name), where === 'now' ? h('span.chip.brand', null, f.t('tiers.here')) : aloud),
    h('p.sub', null, from(page, level)),
    h('ul.bene', null, benefits.map((/** @type {string} */ text) => h('li', null, text))),
  );
}

// Tiers: how far the next one is, what is kept until when, and the whole ladder with what each level gives.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { gapTo, levelOf, measured } from '../ladder.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('tiers.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { programme, shopper } = page;
  const { tier } = shopper.state.member;
  if (!tier || !programme.tiers) return { ...heading(page), body: [] };
  const at = programme.tiers.levels.findIndex((/** @type {any} */ level) => level.id === tier.id);
  return {
    ...heading(page),
    body: [box(page, tier), h('ol.ladder', null, programme.tiers.levels.map((/** @type {any} */ level, /** @type {number} */ index) => rung(page, level, index - at)))],
  };
}

/** @param {Page} page @param {any} tier */
function box({ f, programme }, tier) {
  const { measure, window } = programme.tiers;
  const level = levelOf(programme, tier.id);
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
          h('span', { style: { 'inline-size': `${Math.min(100, Math.floor((value * 1000) / next.threshold) / 10)}%` } }),
        )
      : null,
    h('p.sub.ends', null, h('span.num', null, reached), next ? h('span.num', null, measured(f, programme, next.threshold)) : null),
    tier.lost ? h('p.sub.after', null, f.t('tiers.lost.text')) : null,
  );
}

/** @param {Page} page @param {any} level @param {number} away below 0: passed, 0: here, above: ahead */
function rung({ f, programme }, level, away) {
  const place = away < 0 ? 'past' : away === 0 ? 'now' : 'ahead';
  const { window } = programme.tiers;
  const from = level.threshold
    ? f.t(`tiers.from.${window.kind}`, { value: measured(f, programme, level.threshold), n: f.figure(window.months || 0) }, window.months || 0)
    : f.t('tiers.from.start');
  const order = programme.earn.find((/** @type {any} */ rule) => rule.rate);
  const benefits = [
    order && f.t('rate', f.rateParts(order.rate, level.multiplier)),
    level.entry_reward > 0 && f.t('tiers.entry', { points: f.points(level.entry_reward) }),
    ...level.benefits.map((/** @type {any} */ text) => f.local(text)),
  ].filter(Boolean);
  return h(
    `li.${place}`,
    null,
    h('span.knot', null, icon(away > 0 ? 'lock' : 'check')),
    h('h3', null, f.local(level.name), away === 0 ? h('span.chip.brand', null, f.t('tiers.here')) : h('span.vh', null, f.t(away < 0 ? 'tiers.passed' : 'tiers.ahead'))),
    h('p.sub', null, from),
    h('ul.bene', null, benefits.map((/** @type {string} */ text) => h('li', null, text))),
  );
}

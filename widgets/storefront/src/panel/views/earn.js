// Ways to earn: what each gives to this member, what is done, and the button that does it where there is one.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { earnIcon, earnName, NETWORKS } from '../kinds.js';
import { ownLevel } from '../ladder.js';
import { because, campaigns, empty, only, paused } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('earn.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, programme, shopper } = page;
  const { member } = shopper.state;
  const states = new Map(member.earn.map((/** @type {any} */ one) => [one.id, one]));
  return {
    ...heading(page),
    aside: f.points(member.balance.available),
    body: [
      paused(page),
      campaigns(page),
      programme.earn.length
        ? h('ul.rows', null, programme.earn.map((/** @type {any} */ rule) => way(page, rule, states.get(rule.id) || { state: 'open' })))
        : empty(page, f.t('earn.empty')),
    ],
  };
}

/** @param {Page} page @param {any} rule @param {any} now */
function way(page, rule, now) {
  return h(
    'li',
    null,
    h('div.row', null, icon(earnIcon(rule)), h('span.grow', null, h('b', null, earnName(page.f, rule)), about(page, rule, now).map((line) => h('span.sub', null, line)), refused(page, rule)), end(page, rule, now)),
  );
}

/** Why the way to a rule's page did not open. @param {Page} page @param {any} rule */
function refused({ f, own }, rule) {
  const { refusal } = own.state;
  return refusal?.of === `visit ${rule.id}` ? h('span.sub', { role: 'alert' }, f.t(because(f, refusal.problem))) : null;
}

/** What it takes, a line each. @param {Page} page @param {any} rule @param {any} now @returns {string[]} */
function about({ f }, rule, now) {
  const points = f.points(rule.points || 0);
  if (now.state === 'done' && now.at) return [f.t('earn.done.on', { points: f.points(now.points ?? rule.points ?? 0), date: f.date(now.at) })];
  /** @param {string} id @param {number} [n] */
  const counted = (id, n) => n && f.t(id, { n: f.figure(n) }, n);
  const text = `earn.${rule.kind}.${rule.year ? 'year' : rule.once ? 'once' : 'text'}`;
  return [
    NETWORKS[rule.social?.network],
    rule.paid_on
      ? f.t('earn.dividend.text', { day: f.yearDay(rule.paid_on) })
      : rule.rate || ['per_order', 'first_order'].includes(rule.kind)
        ? counted('earn.order.later', rule.pending_days) || f.t('earn.order.now')
        : f.has(text) && f.t(text, { points, n: f.figure(rule.every || rule.year || 0) }, rule.every || rule.year),
    rule.photo_points && f.t('earn.photo', { points: f.points(rule.photo_points) }),
    counted('earn.daily', rule.times_per_day),
    counted('earn.times', rule.times),
    rule.min_order_minor && f.t('earn.from', { money: f.money(rule.min_order_minor) }),
    ...only(f, rule),
    rule.max_per_order && f.t('earn.order_most', { points: f.points(rule.max_per_order) }),
    rule.max_per_day && f.t('earn.day_most', { points: f.points(rule.max_per_day) }),
    rule.verified === false && f.t('earn.unverified'),
  ].filter(Boolean);
}

/** @param {Page} page @param {any} rule @param {any} now */
function end({ f, go, own, programme, shopper }, rule, now) {
  /** @param {string} key @param {string} word @param {() => void} on @param {boolean} [busy] */
  const does = (key, word, on, busy) =>
    h('span.end', null, h('span.pts', null, f.signed(rule.points || 0)), h('button.btn.btn-soft.small', { type: 'button', 'data-k': key, 'aria-busy': busy ? 'true' : null, on }, f.t(word)));
  if (now.state === 'done') return h('span.chip.good', null, icon('check'), f.t('earn.done'));
  if (now.state === 'again' && now.at) return h('span.chip', null, icon('clock'), f.t('earn.again', { date: f.date(now.at) }));
  if (rule.kind === 'referral' && shopper.state.member.referral)
    return h('button.btn.btn-soft.small', { type: 'button', 'data-k': 'invite', on: () => go('refer') }, f.t('earn.referral.do'));
  if (rule.kind === 'birthday' && programme.state === 'live')
    return does('birthday', 'earn.birthday.do', () => go('about'));
  if (rule.social && programme.state === 'live')
    return does(`visit-${rule.id}`, `earn.do.${rule.social.act}`, () => own.visit(rule.id), own.state.busy === `visit ${rule.id}`);
  if (!rule.rate) return h('span.pts', null, rule.points ? f.signed(rule.points) : '');
  const level = rule.paid_on ? null : ownLevel(programme, shopper.state.member.tier);
  return h('span.pts', null, f.t('rate.short', f.rateParts(rule.rate, level?.multiplier)));
}

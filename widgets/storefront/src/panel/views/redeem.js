// Ways to redeem: what the points buy now, what is missing for the rest.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { rewardIcon } from '../kinds.js';
import { isEarned, isVeiled, measured, opening } from '../ladder.js';
import { empty, paused } from '../notes.js';

const WORTH_SAYING = new Set(['for_you', 'ends_soon', 'had_before']);

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('redeem.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, programme, shopper } = page;
  const { member } = shopper.state;
  const own = new Map(member.rewards.map((/** @type {any} */ one) => [one.id, one]));
  const rank = (/** @type {any} */ reward) => (own.get(reward.id)?.locked ? 2 : own.get(reward.id)?.affordable ? 0 : 1);
  const picked = (member.for_you || []).map((/** @type {any} */ one) => one.reward);
  const order = (/** @type {any} */ reward) => (picked.includes(reward.id) ? picked.indexOf(reward.id) : picked.length);
  const rewards = programme.rewards.filter((/** @type {any} */ one) => own.has(one.id) && !(own.get(one.id).locked && isVeiled(programme, one))).sort((/** @type {any} */ a, /** @type {any} */ b) => rank(a) - rank(b) || order(a) - order(b));
  return {
    ...heading(page),
    aside: f.t('redeem.available', { n: f.num(member.balance.available) }),
    body: [
      paused(page),
      rewards.length
        ? h('ul.rows', null, rewards.map((/** @type {any} */ reward) => offer(page, reward, own.get(reward.id))))
        : empty(page, f.t('redeem.empty')),
      rewards.length ? h('p.sub.after', null, f.t('redeem.back')) : null,
    ],
  };
}

/** @param {Page} page @param {any} reward @param {any} own */
function offer(page, reward, own) {
  const { f, go, programme } = page;
  const usable = own.affordable && programme.state === 'live';
  const title = f.title(reward);
  return h(
    usable ? 'li.reward' : 'li.reward.no',
    null,
    h('span.pic', null, icon(own.locked ? 'lock' : rewardIcon(reward))),
    h('span.grow', null, h('b', null, title), h('span.sub', null, terms(page, reward, own)), why(page, reward), !own.locked && own.missing > 0 ? mini(reward, own) : null),
    usable
      ? h('button.btn.btn-soft', { type: 'button', 'data-k': `get-${reward.id}`, 'aria-label': f.t('redeem.get.label', { reward: title }), on: () => go('confirm', reward.id) }, f.t('redeem.get'))
      : null,
  );
}

/** Why it is named, where that says more than its terms. @param {Page} page @param {any} reward */
function why({ f, shopper }, reward) {
  const pick = (shopper.state.member.for_you || []).find((/** @type {any} */ one) => one.reward === reward.id);
  return pick && WORTH_SAYING.has(pick.reason.code) ? h('span.sub', null, f.local(pick.reason.text)) : null;
}

/** @param {any} reward @param {any} own */
const mini = (reward, own) =>
  h('span.mini', { 'aria-hidden': 'true' }, h('span', { style: { 'inline-size': `${Math.floor(((reward.cost - own.missing) * 100) / reward.cost)}%` } }));

/** @param {Page} page @param {any} reward @param {any} own @returns {string} */
function terms({ f, programme, shopper }, reward, own) {
  const levels = own.locked ? opening(programme, reward) : [];
  const tier = f.list(levels.map((level) => f.local(level.name)), true);
  if (levels.length) {
    const [level] = levels;
    const { progress } = shopper.state.member.tier || {};
    const left = levels.length === 1 && progress && isEarned(level) ? level.threshold - progress.value : 0;
    return left > 0 ? f.t('redeem.locked.gap', { tier, gap: measured(f, programme, left) }) : f.t('redeem.locked', { tier });
  }
  const opens = own.opens_at || reward.opens_at;
  if (Date.parse(opens) > Date.now()) return f.t('redeem.opens', { points: f.points(reward.cost), date: f.date(opens) });
  if (own.missing > 0) return f.t('redeem.missing', { points: f.points(reward.cost), n: f.num(own.missing) });
  if (Date.parse(reward.closes_at) <= Date.now()) return f.t('error.OFFER_CLOSED');
  return reward.chosen ? f.t('redeem.chosen', { points: f.points(reward.cost) }) : reward.cost ? f.points(reward.cost) : f.t('redeem.free');
}

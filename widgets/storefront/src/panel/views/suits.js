// For you: rewards and offers picked for this member, and goods that suit, each with the reason why it is named.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { rewardIcon } from '../kinds.js';
import { empty, paused } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('suits.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, go, programme, shopper } = page;
  const { for_you: picks = [], suggestions = [], rewards } = shopper.state.member;
  const known = new Map(programme.rewards.map((/** @type {any} */ one) => [one.id, one]));
  const own = new Map(rewards.map((/** @type {any} */ one) => [one.id, one]));
  const picked = picks.filter((/** @type {any} */ one) => known.has(one.reward));
  const goods = suggestions.filter((/** @type {any} */ one) => f.local(one.name));
  const about = h('p.sub.after.acts', null, f.t('suits.why'), h('button.btn-text', { type: 'button', 'data-k': 'about', on: () => go('about') }, f.t('suits.change')));
  if (!picked.length && !goods.length) return { ...heading(page), body: [paused(page), empty(page, f.t('suits.none'))] };
  return {
    ...heading(page),
    body: [
      paused(page),
      picked.length ? [h('h3.sec', null, f.t('suits.rewards')), h('ul.rows', null, picked.map((/** @type {any} */ one) => pick(page, known.get(one.reward), own.get(one.reward), one)))] : null,
      goods.length ? [h('h3.sec', null, f.t('suits.goods')), h('ul.rows', null, goods.map((/** @type {any} */ one) => h('li', null, h('div.row', null, icon('bag'), h('span.grow', null, h('b', null, f.local(one.name)), h('span.sub', null, f.local(one.text)))))))] : null,
      about,
    ],
  };
}

/** @param {Page} page @param {any} reward @param {any} own @param {any} one */
function pick({ f, go, programme }, reward, own, one) {
  const title = f.title(reward);
  const usable = own?.affordable && programme.state === 'live';
  return h(
    'li.reward',
    null,
    h('span.pic', null, icon(rewardIcon(reward))),
    h('span.grow', null, h('b', null, title), h('span.sub', null, f.local(one.reason.text))),
    usable ? h('button.btn.btn-soft', { type: 'button', 'data-k': `get-${reward.id}`, 'aria-label': f.t('redeem.get.label', { reward: title }), on: () => go('confirm', reward.id) }, f.t('redeem.get')) : null,
  );
}

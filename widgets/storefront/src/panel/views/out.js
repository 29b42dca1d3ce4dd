// Signed out, or signed in but not a member yet: what the programme gives, before anybody joins.
import { icon, knot } from '../art.js';
import { h, safeUrl } from '../dom.js';
import { earnIcon, earnName, rewardIcon } from '../kinds.js';
import { isVeiled } from '../ladder.js';
import { because, campaigns, paused } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ programme }) => ({ title: programme.name, home: true });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, programme, shopper } = page;
  const joining = shopper.state.member?.state === 'not_member';
  return {
    ...heading(page),
    body: [joining ? hello(page, f.t('joining.title'), [f.t('joining.text')], again(page)) : pitch(page), paused(page), campaigns(page), gift(page), earning(page), spending(page)],
  };
}

/** @param {Page} page @param {string} title @param {string[]} lines @param {any} actions */
function hello(page, title, lines, actions) {
  return h('div.hello', null, knot('awaji'), h('h3', null, title), lines.map((line) => h('p', null, line)), actions);
}

/** @param {Page} page */
const again = ({ f, own }) => [
  h('button.btn.wide', { type: 'button', 'data-k': 'again', 'aria-busy': own.state.busy ? 'true' : null, on: own.join }, f.t('joining.again')),
  own.state.refusal && h('p', { role: 'alert' }, f.t(because(f, own.state.refusal.problem))),
];

/** @param {Page} page */
function pitch(page) {
  const { f, programme, config } = page;
  const order = programme.earn.find((/** @type {any} */ rule) => rule.kind === 'order');
  const a = order ? f.t('out.rate', f.rateParts(order.rate)) : '';
  const b = programme.worth && programme.unit.kind !== 'money' ? f.t('out.worth', { points: f.points(programme.worth.points), money: f.money(programme.worth.value_minor) }) : '';
  const join = safeUrl(programme.links?.join) || safeUrl(config.join);
  const signIn = safeUrl(programme.links?.sign_in) || safeUrl(config.signIn);
  return hello(page, f.t('out.title'), [a && b ? f.t('sentences', { a, b }) : a || b].filter(Boolean), [
    join && h('a.btn.wide', { href: join, 'data-k': 'join' }, f.t('out.join')),
    signIn && h('p.in', null, f.rich('out.sign_in', { link: h('a', { href: signIn, 'data-k': 'sign-in' }, f.t('out.sign_in.link')) })),
  ]);
}

/** The way back to an invitation this visitor came by. @param {Page} page */
function gift({ f, friend, go }) {
  const { code, landing, claim } = friend.state;
  if (!code || (landing?.state !== 'open' && !claim)) return null;
  return h(
    'div.nudge',
    null,
    icon('gift'),
    h('span.grow', null, h('b', null, f.t('out.gift'))),
    h('button.btn.btn-line', { type: 'button', 'data-k': 'gift', on: () => go('friend') }, f.t('out.gift.open')),
  );
}

/** @param {Page} page */
function earning({ f, programme }) {
  if (!programme.earn.length) return null;
  const value = (/** @type {any} */ rule) => (rule.rate ? f.t('rate.short', f.rateParts(rule.rate)) : rule.points ? f.signed(rule.points) : '');
  return [
    h('h3.sec', null, f.t('out.earn')),
    h(
      'ul.rows',
      null,
      programme.earn.map((/** @type {any} */ rule) =>
        h('li', null, h('div.row', null, icon(earnIcon(rule)), h('span.grow', null, h('b', null, earnName(f, rule))), h('span.pts', null, value(rule)))),
      ),
    ),
  ];
}

/** @param {Page} page */
function spending({ f, programme }) {
  const rewards = programme.rewards.filter((/** @type {any} */ one) => !isVeiled(programme, one));
  if (!rewards.length) return null;
  return [
    h('h3.sec', null, f.t('out.rewards')),
    h(
      'ul.rows',
      null,
      rewards.map((/** @type {any} */ reward) =>
        h('li', null, h('div.row', null, icon(rewardIcon(reward)), h('span.grow', null, h('b', null, f.title(reward))), h('span.pts', null, f.num(reward.cost)))),
      ),
    ),
  ];
}

// The step before points move: what is paid, what is kept, on which conditions.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { because, failure, reference } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('redeem.title'), back: 'redeem' });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, programme, shopper, argument } = page;
  const { member, busy, refusal } = shopper.state;
  const reward = programme.rewards.find((/** @type {any} */ one) => one.id === argument);
  if (!reward) return { ...heading(page), body: [failure(page, { code: 'UNKNOWN_REWARD', reference: '' }, () => page.go('redeem'))] };
  const points = f.points(reward.cost);
  const left = member.balance.available - reward.cost;
  const sending = busy === `redeem ${reward.id}`;
  const strong = (/** @type {number} */ amount) => h('b', null, f.num(amount));
  return {
    ...heading(page),
    aside: f.t('redeem.available', { n: f.num(member.balance.available) }),
    body: [
      h('div.slide', null, h('p.lab', null, f.t('redeem.next_order')), h('p.read', null, h('b.num', null, f.title(reward)), h('span.sub.num', null, points))),
      h('ul.bene', null, conditions(f, reward).map((line) => h('li', null, line))),
      refusal ? trouble(f, refusal) : null,
    ],
    foot: [
      left >= 0
        ? h('p.sum', null, h('span', null, f.rich('redeem.pay', { n: strong(reward.cost) })), h('span', null, f.rich('redeem.keep', { n: strong(left) })))
        : null,
      h(
        'button.btn.btn-fill.wide',
        { type: 'button', 'data-k': 'redeem', 'aria-disabled': sending || left < 0 ? 'true' : null, 'aria-busy': sending ? 'true' : null, on: () => !sending && left >= 0 && shopper.redeem(reward.id, reward.chosen ? reward.cost : undefined) },
        refusal && !refusal.final ? f.t('retry') : f.t('redeem.do', { points, deal: f.called(reward) }),
      ),
    ],
  };
}

/** @param {any} f @param {any} reward @returns {string[]} */
function conditions(f, reward) {
  return [
    reward.min_order_minor ? f.t('redeem.min', { money: f.money(reward.min_order_minor) }) : '',
    reward.code_days ? f.t('redeem.days', { n: f.figure(reward.code_days) }, reward.code_days) : f.t('redeem.once'),
    f.t('redeem.back'),
  ].filter(Boolean);
}

/** @param {any} f @param {any} problem */
function trouble(f, problem) {
  const { missing: short, missing_days: days, opens_at: opens } = problem.data;
  const missing = { points: f.points(Number(short) || 0), days: f.figure(Number(days) || 0), date: opens ? f.date(opens) : '' };
  const [head, text] = problem.final ? [f.t(because(f, problem), missing), ''] : [f.t('error.redeem'), f.t('error.redeem.text')];
  return h('div.note.warn', { role: 'alert' }, icon('alert'), h('span.grow', null, h('b', null, head), text, reference(f, problem)));
}

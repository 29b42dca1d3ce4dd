// The step before points move: how many, what is paid, what is kept, on which conditions.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { amounts, chooser } from '../chooser.js';
import { because, failure, reference } from '../notes.js';

/** Kinds that are a code for an order; what is said of codes is untrue of the others. */
const CODES = new Set(['amount_off', 'percentage', 'free_shipping', 'free_product']);

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('redeem.title'), back: 'redeem' });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, programme, shopper, argument, kept } = page;
  const { member, busy, refusal } = shopper.state;
  const reward = programme.rewards.find((/** @type {any} */ one) => one.id === argument);
  if (!reward) return { ...heading(page), body: [failure(page, { code: 'UNKNOWN_REWARD', reference: '' }, () => page.go('redeem'))] };
  const { available } = member.balance;
  const range = reward.chosen && amounts(reward.chosen, available);
  const sending = busy === `redeem ${reward.id}`;
  const strong = (/** @type {number} */ amount) => h('b', null, f.num(amount));
  const cost = () => (range ? range.nearest(kept.points ?? reward.cost) : reward.cost);
  const read = h('p.read', { 'aria-live': range ? 'polite' : null });
  const sum = h('p.sum', null);
  const send = () => !sending && cost() <= available && shopper.redeem(reward.id, range ? cost() : undefined);
  const button = h('button.btn.btn-fill.wide', { type: 'button', 'data-k': 'redeem', 'aria-disabled': sending || cost() > available ? 'true' : null, 'aria-busy': sending ? 'true' : null, on: send });
  // Written in place while the shopper chooses, so that what has the focus stays.
  const write = () => {
    const points = f.points(cost());
    const given = range ? { deal: range.deal(reward.deal, cost()) } : reward;
    const left = available - cost();
    read.replaceChildren(h('b.num', null, f.title(given)), h('span.sub.num', null, cost() ? points : f.t('redeem.free')));
    sum.replaceChildren(...(left < 0 || !cost() ? [] : [h('span', null, f.rich('redeem.pay', { n: strong(cost()) })), h('span', null, f.rich('redeem.keep', { n: strong(left) }))]));
    button.textContent = refusal && !refusal.final ? f.t('retry') : f.t(cost() ? 'redeem.do' : 'redeem.do.free', { points, deal: f.called(given) });
  };
  write();
  const label = (range && f.local(reward.name)) || (CODES.has(reward.deal.kind) ? f.t('redeem.next_order') : '');
  return {
    ...heading(page),
    aside: f.t('redeem.available', { n: f.num(available) }),
    body: [
      h('div.slide', null, label && h('p.lab', null, label), read, range && chooser(page, range, cost, (points) => ((kept.points = points), write()))),
      h('ul.bene', null, conditions(f, reward).map((line) => h('li', null, line))),
      refusal ? trouble(f, refusal) : null,
    ],
    foot: [sum, button],
  };
}

/** @param {any} f @param {any} reward @returns {string[]} */
function conditions(f, reward) {
  const isCode = CODES.has(reward.deal.kind);
  /** @param {string} id @param {number} [n] @param {object} [more] */
  const counted = (id, n, more) => (n ? f.t(id, { n: f.figure(n), ...more }, n) : '');
  return [
    reward.max_value_minor ? f.t('redeem.most', { money: f.money(reward.max_value_minor) }) : '',
    reward.min_order_minor ? f.t('redeem.min', { money: f.money(reward.min_order_minor) }) : '',
    isCode ? counted('redeem.days', reward.code_days) || f.t('redeem.once') : '',
    counted('redeem.limit', reward.limit),
    counted('redeem.limit_days', reward.limit && reward.limit_days),
    counted('redeem.member', reward.member_days),
    reward.closes_at ? f.t('redeem.closes', { date: f.lastDay(reward.closes_at) }) : '',
    isCode ? f.t('redeem.back') : '',
  ].filter(Boolean);
}

/** @param {any} f @param {any} problem */
function trouble(f, problem) {
  const { missing: short, missing_days: days, opens_at: opens } = problem.data;
  const missing = { points: f.points(Number(short) || 0), days: f.figure(Number(days) || 0), date: opens ? f.date(opens) : '' };
  const [head, text] = problem.final ? [f.t(because(f, problem), missing), ''] : [f.t('error.redeem'), f.t('error.redeem.text')];
  return h('div.note.warn', { role: 'alert' }, icon('alert'), h('span.grow', null, h('b', null, head), text, reference(f, problem)));
}

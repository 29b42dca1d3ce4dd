// My rewards: codes to copy and apply, codes being prepared, and what became of the others.
import { icon } from '../art.js';
import { codeOf } from '../code.js';
import { h, link, safeUrl } from '../dom.js';
import { because, empty, reference } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** @type {Record<string, string>} */
const CHIPS = { used: '', returned: '', expired: '', failed: 'bad', fulfilled: 'good' };

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('rewards.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, go, shopper } = page;
  const { member, refusal } = shopper.state;
  const open = member.redemptions.filter((/** @type {any} */ one) => ['requested', 'issued', 'choosing', 'open'].includes(one.state));
  const past = member.redemptions.filter((/** @type {any} */ one) => !open.includes(one));
  const choose = h('button.btn.btn-soft', { type: 'button', 'data-k': 'choose', on: () => go('redeem') }, f.t('rewards.empty.do'));
  return {
    ...heading(page),
    aside: f.t('rewards.left', { n: f.num(member.balance.available) }),
    body: [
      refusal
        ? h('div.note.warn', { role: 'alert' }, icon('alert'), h('span.grow', null, h('b', null, f.t(because(f, refusal))), reference(f, refusal)))
        : null,
      open.map((/** @type {any} */ one) => ticket(page, one)),
      open.length || past.length ? null : empty(page, f.t('rewards.empty'), choose),
      past.length ? h('h3.sec', null, f.t('rewards.past')) : null,
      past.length ? h('ul.rows', null, past.map((/** @type {any} */ one) => old(page, one))) : null,
    ],
  };
}

/** @param {Page} page @param {any} one a redemption */
function ticket(page, one) {
  const { f, shopper } = page;
  const ready = one.state === 'issued';
  const about = [
    one.min_order_minor ? f.t('rewards.min', { money: f.money(one.min_order_minor) }) : '',
    one.expires_at ? f.t('rewards.until', { date: f.lastDay(one.expires_at) }) : '',
    one.cost ? '' : f.t('rewards.gift'),
  ].filter(Boolean);
  return h(
    'article.ticket',
    null,
    h(
      'div.hd',
      null,
      h('div', null, h('h3', null, f.title(one)), about.map((line) => h('span.sub', null, line))),
      h(ready ? 'span.chip.good' : 'span.chip', null, icon(ready ? 'check' : 'clock'), f.t(`rewards.${one.state}`)),
    ),
    ready ? codeOf(page, one.code, `copy-${one.id}`) : one.state === 'requested' ? h('div.codepill.wait', null, h('span.sk')) : null,
    one.state === 'choosing' ? picks(page, one) : null,
    ready || one.state === 'choosing' ? actions(page, one) : one.state === 'open' ? null : h('p.sub.ft', { role: 'status' }, f.t(shopper.slow() ? 'rewards.slow' : 'rewards.preparing')),
  );
}

/** The rewards to pick one of. @param {Page} page @param {any} one */
const picks = ({ f, programme, shopper }, one) =>
  h('div.ft', null, one.options.map((/** @type {string} */ id) => {
    const option = programme.rewards.find((/** @type {any} */ each) => each.id === id);
    return h('button.btn.btn-soft.wide', { type: 'button', 'data-k': `pick-${one.id}-${id}`, on: () => shopper.pick(one.id, id) }, option ? f.title(option) : id);
  }));

/** @param {Page} page @param {any} one */
function actions({ f, shopper }, one) {
  const apply = safeUrl(one.apply_url);
  const sending = shopper.state.busy === `return ${one.id}`;
  if (!apply && !one.returnable) return null;
  return h(
    'div.ft',
    null,
    apply && h('a.btn.btn-fill.wide', { href: apply, 'data-k': `apply-${one.id}` }, f.t('rewards.apply')),
    one.returnable &&
      h(
        'button.btn-text',
        { type: 'button', 'data-k': `return-${one.id}`, 'aria-disabled': sending ? 'true' : null, on: () => shopper.giveBack(one.id) },
        icon('undo'),
        f.t('rewards.turn_back', { points: f.points(one.cost) }),
      ),
  );
}

/** @param {Page} page @param {any} one */
function old({ f }, one) {
  const date = f.date(one.concluded_at || one.requested_at);
  const order = one.order && link(safeUrl(one.order.url), f.t('rewards.order', { order: one.order.name }));
  const id = one.state === 'used' ? (order ? 'rewards.used.order' : 'rewards.used.on') : `rewards.${one.state}.on`;
  return h(
    'li',
    null,
    h(
      'div.row',
      null,
      h('span.grow', null, h('b', null, f.title(one)), h('span.sub', null, f.rich(id, order ? { order, date } : { date }))),
      h(`span.chip${CHIPS[one.state] ? `.${CHIPS[one.state]}` : ''}`, null, f.t(`rewards.${one.state}`)),
    ),
  );
}

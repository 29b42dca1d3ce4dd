// History: every movement the ledger has, with its reason, its arithmetic and the balance after it.
import { icon } from '../art.js';
import { h, link, safeUrl } from '../dom.js';
import { because, empty, reference } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** Which movements each filter lets through. @type {Record<string, string[]>} */
const FILTERS = { earned: ['earned', 'taken_back', 'adjusted'], used: ['spent', 'given_back'], expired: ['expired'] };

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('history.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, shopper } = page;
  const { member, history } = shopper.state;
  if (history.state === 'none') queueMicrotask(() => shopper.older());
  const shown = history.entries.filter((entry) => !history.only || FILTERS[history.only].includes(entry.movement));
  const more = history.next !== null && history.entries.length > 0;
  return {
    ...heading(page),
    aside: f.points(member.balance.available),
    body: [
      filters(page),
      history.only ? null : coming(page),
      months(page, shown),
      history.problem ? trouble(page, history.problem) : null,
      history.state !== 'done' && !history.entries.length ? h('div.skeleton', { role: 'status', 'aria-label': f.t('loading') }, [1, 2, 3, 4].map(() => h('span.sk.line'))) : null,
      history.state === 'done' && !history.problem && !shown.length && !more
        ? empty(page, f.t(history.only || history.pending.length ? 'history.none' : 'history.empty'))
        : null,
      more && !history.problem
        ? h('button.btn.btn-soft.wide.after', { type: 'button', 'data-k': 'older', 'aria-busy': history.state === 'loading' ? 'true' : null, on: () => shopper.older() }, f.t('history.older'))
        : null,
      !more && shown.length > 0 ? h('p.cap.after', null, f.t('history.end')) : null,
    ],
  };
}

/** @param {Page} page */
function filters({ f, shopper, redraw }) {
  const { history } = shopper.state;
  const button = (/** @type {string} */ only, /** @type {string} */ word) =>
    h(
      'button',
      { type: 'button', 'data-k': `only-${only}`, 'aria-pressed': String(history.only === only), on: () => ((history.only = only), redraw()) },
      f.t(word),
    );
  return h(
    'div.seg',
    { role: 'group', 'aria-label': f.t('history.filter') },
    button('', 'history.all'),
    button('earned', 'history.earned_only'),
    button('used', 'history.used_only'),
    button('expired', 'history.expired_only'),
  );
}

/** What is on its way, and what is held. @param {Page} page */
function coming({ f, shopper }) {
  const { member, history } = shopper.state;
  const { held } = member.balance;
  const note = (/** @type {any} */ due) =>
    h(
      'div.note',
      null,
      icon('clock'),
      h(
        'span.grow',
        null,
        h('b', null, f.t('history.pending', { points: f.points(due.points) })),
        f.rich(due.order ? 'history.pending.order' : 'history.pending.other', {
          date: f.date(due.at),
          ...(due.order ? { order: link(safeUrl(due.order.url), due.order.name) } : {}),
        }),
      ),
    );
  const ends = (member.expiries || []).filter((/** @type {any} */ one) => one.at).map((/** @type {any} */ one) => f.t('history.ends', { points: f.points(one.points), date: f.lastDay(one.at) }));
  return [history.pending.map(note), ends.length > 1 ? h('p.sub.after', null, f.list(ends)) : null, held > 0 ? h('p.sub.after', null, f.t('history.held', { points: f.points(held) })) : null];
}

/** @param {Page} page @param {any[]} entries */
function months(page, entries) {
  /** @type {any[]} */
  const out = [];
  let last = '';
  for (const entry of entries) {
    const month = page.f.month(entry.at);
    if (month !== last) out.push(h('h3.month', null, month));
    last = month;
    out.push(line(page, entry));
  }
  return out;
}

/** @param {Page} page @param {any} entry */
function line({ f }, entry) {
  return h(
    'div.led',
    null,
    h('span.why', null, why(f, entry)),
    h(entry.points > 0 ? 'span.amt.up' : 'span.amt', null, f.signed(entry.points)),
    h('span.cap', null, detail(f, entry)),
    h('span.run', null, h('span.vh', null, f.t('history.balance', { n: f.num(entry.balance_after) })), h('span', { 'aria-hidden': 'true' }, f.num(entry.balance_after))),
  );
}

/** The reason: by source, movement and cause, else by the movement alone. @param {any} f @param {any} entry */
function why(f, entry) {
  const params = {
    order: entry.order ? link(safeUrl(entry.order.url), entry.order.name) : '',
    product: entry.product || '',
    deal: f.local(entry.name) ? f.called(entry) : entry.deal ? f.inline(entry.deal) : '',
  };
  const exact = `history.${entry.source}.${entry.movement}`;
  const needs = { order: 'order', review: 'product', redemption: 'deal' }[/** @type {'order'} */ (entry.source)];
  const nameless = needs && !params[/** @type {'deal'} */ (needs)];
  const id = (nameless ? [`${exact}.nameless`] : [`${exact}.${entry.cause}`, exact]).find((one) => f.has(one));
  return f.rich(id || `history.${entry.movement}`, params);
}

/** The small print of an entry: date, and the arithmetic or the words behind it. @param {any} f @param {any} entry @returns {string} */
function detail(f, entry) {
  const date = f.date(entry.at);
  if (entry.text) return f.t('history.quoted', { date, text: entry.text });
  if (entry.movement === 'expired' && entry.earned_at) return f.t('history.earned_on', { date, earned: f.date(entry.earned_at) });
  if (entry.movement === 'taken_back' && entry.base_minor && entry.cause === 'refund') return f.t('history.refunded', { date, money: f.money(entry.base_minor) });
  if (entry.base_minor !== null && entry.rate && entry.movement === 'earned')
    return f.t('history.at_rate', { date, money: f.money(entry.base_minor), rate: f.t('rate.short', f.rateParts(entry.rate)) });
  if (entry.movement === 'given_back' && entry.cause === 'shopper') return f.t('history.code_unused', { date });
  return date;
}

/** @param {Page} page @param {any} problem */
function trouble({ f, shopper }, problem) {
  const id = problem.code === 'OFFLINE' ? 'offline' : because(f, problem);
  return [
    h('div.note.warn', { role: 'alert' }, icon('alert'), h('span.grow', null, h('b', null, f.t(id)), reference(f, problem))),
    h('button.btn.btn-soft.wide', { type: 'button', 'data-k': 'older', on: () => shopper.older() }, f.t('retry')),
  ];
}

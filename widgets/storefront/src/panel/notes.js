// The notes several views share, and what stands where there is nothing to draw.
import { icon, knot } from './art.js';
import { h } from './dom.js';

/** While the programme rests. @param {import('./panel.js').Page} page */
export function paused({ f, programme }) {
  if (programme.state !== 'paused') return null;
  return h('div.note', null, icon('clock'), h('span.grow', null, h('b', null, f.t('paused')), f.t('paused.text')));
}

/** Times in which orders earn more, while they last. @param {import('./panel.js').Page} page */
export const campaigns = ({ f, programme }) =>
  (programme.state === 'live' && programme.campaigns || []).map((/** @type {any} */ one) => {
    const times = one.multiplier[0] / one.multiplier[1];
    const name = f.local(one.name) || f.t(times === 2 ? 'campaign.double' : 'campaign.times', { n: f.figure(times) });
    return h(
      'div.note',
      null,
      icon('star'),
      h('span.grow', null, h('b', null, name), [f.t('campaign.until', { date: f.lastDay(one.ends_at) }), ...only(f, one)].map((text) => h('span.line', null, text))),
    );
  });

/** What does not count for all. @param {any} f @param {any} one a rule or a campaign @returns {string[]} */
export const only = (f, one) => [one.some_goods && f.t('earn.some_goods'), one.some_orders && f.t('earn.some_orders')].filter(Boolean);

/** @param {import('./panel.js').Page} page @param {{code: string, reference: string}} problem @param {() => void} [retry] */
export function failure(page, problem, retry = page.retry) {
  const { f } = page;
  const offline = problem.code === 'OFFLINE';
  return h(
    'div.state',
    { role: 'alert' },
    h(
      'div.note.warn',
      null,
      icon('alert'),
      h('span.grow', null, h('b', null, f.t(offline ? 'offline' : 'error.load')), f.t(offline ? 'offline.text' : because(f, problem)), reference(f, problem)),
    ),
    h('button.btn.btn-soft.wide', { type: 'button', 'data-k': 'retry', on: retry }, f.t('retry')),
  );
}

/** @param {any} f @param {{reference: string}} problem */
export const reference = (f, problem) => (problem.reference ? h('span.cap', null, f.t('error.reference', { reference: problem.reference })) : null);

/** Message id for a problem; what we have no words for is INTERNAL. @param {any} f @param {{code: string}} problem */
export const because = (f, problem) => (f.has(`error.${problem.code}`) ? `error.${problem.code}` : 'error.INTERNAL');

/** @param {import('./panel.js').Page} page @param {string} text @param {Node|null} [action] */
export const empty = (page, text, action) => h('div.state.empty', null, knot('rosette'), h('p', null, text), action);

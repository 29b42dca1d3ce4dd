// The notes several views share, and what stands where there is nothing to draw.
import { icon, knot } from './art.js';
import { h } from './dom.js';

/** While the programme rests. @param {import('./panel.js').Page} page */
export function paused({ f, programme }) {
  if (programme.state !== 'paused') return null;
  return h('div.note', null, icon('clock'), h('span.grow', null, h('b', null, f.t('paused')), f.t('paused.text')));
}

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

// What every view shares: the head, the body that scrolls, the foot, and the states in which there is nothing to draw.
import { logo } from '../logo.js';
import { icon } from './art.js';
import { h } from './dom.js';
import { failure } from './notes.js';
import { VIEWS } from './views/index.js';

/** Views that speak of the shopper and need an answer first. */
const PUBLIC = new Set(['friend', 'out']);

/**
 * @param {import('./panel.js').Page} page @param {string} name of the view @param {() => void} close
 * @returns {Node[]}
 */
export function frameOf(page, name, close) {
  const { f } = page;
  let drawing;
  try {
    drawing = choose(page, name);
  } catch {
    // An answer we cannot read is an error to show, never one to throw at the store's page.
    drawing = { ...VIEWS.home.heading(page), body: [failure(page, { code: 'INTERNAL', reference: '' })] };
  }
  const shut = h('button.icon-btn', { type: 'button', 'aria-label': f.t('close'), 'data-k': 'close', on: close }, icon('close'));
  const title = { id: 'kz-title', tabindex: -1 };
  const head = drawing.home
    ? h('header.kz-head', null, h('h2.who', title, logo(), drawing.title), shut)
    : h(
        'header.kz-head.sub-head',
        null,
        h('button.icon-btn', { type: 'button', 'aria-label': f.t('back'), 'data-k': 'back', on: () => page.go(drawing.back || 'home') }, icon('back')),
        h('h2', title, drawing.title),
        drawing.aside ? h('span.bal', null, drawing.aside) : null,
        shut,
      );
  const body = h('div.kz-body', { tabindex: 0, role: 'region', 'aria-labelledby': 'kz-title', 'data-k': 'body' }, stale(page, name), drawing.body);
  return drawing.foot ? [head, body, h('div.kz-foot', null, drawing.foot)] : [head, body];
}

/** @param {import('./panel.js').Page} page @param {string} name @returns {import('./panel.js').Drawing} */
function choose(page, name) {
  const { member, problem } = page.shopper.state;
  const view = VIEWS[name] || VIEWS.home;
  if (!PUBLIC.has(name)) {
    if (!member) return { ...view.heading(page), body: [problem ? failure(page, problem) : waiting(page, name)] };
    if (member.state !== 'member') return VIEWS.out.draw(page);
  }
  if (view.draw) return view.draw(page);
  const missing = page.more.problem(name);
  return { ...view.heading(page), body: [missing ? failure(page, missing, () => page.go(name)) : waiting(page, name)] };
}

/** The note that what is shown is from before. @param {import('./panel.js').Page} page @param {string} name */
function stale({ f, shopper }, name) {
  const { member, problem, loadedAt } = shopper.state;
  const cut = navigator.onLine === false;
  if (PUBLIC.has(name) || !member || (!problem && !cut)) return null;
  return h(
    'div.note.warn',
    { role: 'status' },
    icon('alert'),
    h('span.grow', null, h('b', null, f.t(cut || problem?.code === 'OFFLINE' ? 'offline' : 'error.load')), f.t('offline.as_of', { time: f.time(loadedAt) })),
  );
}

/** Blocks of the final size, shown when an answer takes longer than a blink. @param {import('./panel.js').Page} page @param {string} name */
function waiting({ f }, name) {
  const block = (/** @type {string} */ height, width = '100%') => h('span.sk', { style: { height, width } });
  const rows = (/** @type {number} */ count) =>
    Array.from({ length: count }, () => h('div.sk-row', null, block('20px', '20px'), block('16px', '60%'), block('16px', '48px')));
  const top = name === 'home' ? [block('192px'), block('16px', '56%'), block('8px'), h('div.short', null, block('76px'), block('76px'), block('76px'))] : [block('96px')];
  return h('div.skeleton', { role: 'status', 'aria-label': f.t('loading') }, top, rows(3));
}

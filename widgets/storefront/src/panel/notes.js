// The notes several views share.
import { icon } from './art.js';
import { h } from './dom.js';

/** While the programme rests. @param {import('./panel.js').Page} page */
export function paused({ f, programme }) {
  if (programme.state !== 'paused') return null;
  return h('div.note', null, icon('clock'), h('span.grow', null, h('b', null, f.t('paused')), f.t('paused.text')));
}

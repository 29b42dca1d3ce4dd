// A code to copy.
import { icon } from './art.js';
import { h } from './dom.js';

/** A code in its dashed pill with the button that copies it. @param {import('./panel.js').Page} page @param {string} code @param {string} key */
export function codeOf({ f, copy, kept, redraw }, code, key) {
  const done = kept.copied === code;
  const take = () => {
    kept.copied = code;
    copy(code, f.t('rewards.copied.say'));
    redraw();
  };
  return h(
    'div.codepill',
    null,
    h('code', { translate: 'no' }, code),
    h('button.btn.i-s', { type: 'button', 'data-k': key, on: take }, icon(done ? 'check' : 'copy'), f.t(done ? 'rewards.copied' : 'rewards.copy')),
  );
}

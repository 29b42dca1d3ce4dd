// One line at the foot of the panel that says what just happened, read out too, with one verb at most.
import { icon } from './art.js';
import { h } from './dom.js';

const SHOWN_MS = 6_000;

/** @param {{t: (id: string) => string}} f */
export function toasts(f) {
  const element = h('div.toast-at', { role: 'status' });
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  const hide = () => {
    clearTimeout(timer);
    element.replaceChildren();
  };
  // Stays while it is looked at or focused.
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (element.matches(':hover, :focus-within') ? wait() : hide()), SHOWN_MS);
  };

  return {
    element,
    hide,
    /** @param {string} text @param {{word: string, act: () => void}} [undo] */
    say(text, undo) {
      const verb = undo && h('button', { type: 'button', on: () => (hide(), undo.act()) }, undo.word);
      element.replaceChildren(h('div.toast', null, icon('check'), h('span.grow', null, text), verb));
      wait();
    },
  };
}

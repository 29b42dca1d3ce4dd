// The panel: a modal dialog inside the element's shadow root that draws one view at a time.
import { addStyle } from '../loader/look.js';
import { connect } from './api.js';
import { copy } from './copy.js';
import { h } from './dom.js';
import { formats } from './format.js';
import { friend } from './friend.js';
import { frameOf } from './frame.js';
import { more } from './more.js';
import { own } from './own.js';
import { shopper } from './shopper.js';
import css from './panel.css';
import { toasts } from './toast.js';
import { VIEWS } from './views/index.js';

/**
 * @typedef {object} Page what a view is given to draw itself
 * @property {any} programme
 * @property {any} config
 * @property {ShadowRoot} root
 * @property {ReturnType<typeof formats>} f
 * @property {ReturnType<typeof shopper>} shopper
 * @property {ReturnType<typeof friend>} friend
 * @property {ReturnType<typeof own>} own
 * @property {ReturnType<typeof more>} more
 * @property {string} argument         what the view was opened for, a reward's id for instance
 * @property {(view: string, argument?: string) => void} go
 * @property {(text: string, done: string) => void} copy
 * @property {() => void} redraw
 * @property {() => void} retry
 * @property {Record<string, any>} kept what a view keeps between drawings
 *
 * @typedef {object} Drawing what a view gives back
 * @property {string} title
 * @property {string} [aside]  beside the title
 * @property {import('./dom.js').Child[]} body
 * @property {import('./dom.js').Child[]} [foot]
 * @property {boolean} [home] the programme's own heading, no way back
 * @property {string} [back]  where the way back leads; else home
 */

/** @param {{host: HTMLElement, root: ShadowRoot, frame: HTMLElement, config: any, programme: any, session: any, catalogue: any}} parts */
export function mount({ host, root, frame, config, programme, session, catalogue }) {
  const f = formats(programme, config.locale, frame.lang, catalogue);
  const api = connect(config);
  const dialog = /** @type {HTMLDialogElement} */ (h('dialog.kz-panel', { 'aria-labelledby': 'kz-title' }));
  const toast = toasts(f);
  let view = 'home';
  let argument = '';
  let shown = '';
  /** @type {Record<string, any>} */
  let kept = {};

  addStyle(root, css);
  const content = h('div.kz-content', null);
  dialog.append(content, toast.element);
  frame.append(dialog);

  const shopping = shopper({ api, session, changed: draw, arrived });
  const invited = friend({ api, session, changed: draw });
  const owned = own({ api, session, changed: draw, shopping });
  const others = more({ config, language: frame.lang, catalogue, changed: draw });
  /** @type {Page} */
  const page = {
    /** The programme with what is only for this member. */
    get programme() {
      const { offers = [], campaigns = [] } = shopping.state.member || {};
      return { ...programme, rewards: [...programme.rewards, ...offers], campaigns: [...(programme.campaigns || []), ...campaigns] };
    },
    config,
    root,
    f,
    shopper: shopping,
    friend: invited,
    own: owned,
    more: others,
    get argument() {
      return argument;
    },
    get kept() {
      return kept;
    },
    go,
    redraw: draw,
    retry: () => void load(),
    copy: (text, done) => copy(text, root).then((copied) => copied && toast.say(done)),
  };

  async function load() {
    invited.load();
    await shopping.load();
    if (programme.asks && programme.state === 'live' && shopping.state.member?.state === 'member') owned.look();
  }

  /** @param {string} to @param {string} [of] */
  function go(to, of = '') {
    [view, argument, kept] = [to in VIEWS ? to : 'home', of, {}];
    shopping.forgetRefusal();
    owned.forgetRefusal();
    if (!VIEWS[view].draw) others.load(view);
    if (view === 'about' && !owned.state.profile) owned.load();
    draw();
  }

  /** Says what became of a redemption, and offers the way back while there is one. @param {any} answer */
  function arrived({ redemption, balance }) {
    const left = { points: f.points(redemption.cost), n: f.num(balance.available) };
    if (redemption.state === 'returned') toast.say(f.t('rewards.back.say', left));
    else {
      if (view === 'confirm') go('rewards');
      toast.say(
        f.t('rewards.spent.say', left),
        redemption.returnable ? { word: f.t('undo'), act: () => shopping.giveBack(redemption.id) } : undefined,
      );
      host.dispatchEvent(new CustomEvent('kizuna:redeemed', { detail: { id: redemption.id }, bubbles: true }));
    }
  }

  function draw() {
    if (!dialog.open) return;
    const focused = root.activeElement;
    const key = focused?.getAttribute('data-k');
    const fresh = shown !== `${view} ${argument}`;
    const scrolled = fresh ? 0 : content.querySelector('.kz-body')?.scrollTop || 0;
    content.replaceChildren(...frameOf(page, view, close));
    shown = `${view} ${argument}`;
    const body = /** @type {HTMLElement} */ (content.querySelector('.kz-body'));
    body.scrollTop = scrolled;
    if (fresh) /** @type {HTMLElement} */ (content.querySelector('#kz-title')).focus({ preventScroll: true });
    else if (focused && !focused.isConnected) {
      const again = key ? content.querySelector(`[data-k="${CSS.escape(key)}"]`) : null;
      /** @type {HTMLElement} */ (again || content.querySelector('#kz-title')).focus({ preventScroll: true });
    }
  }

  /** @param {string} [to] a view */
  function open(to) {
    if (!dialog.open) {
      dialog.showModal();
      host.dispatchEvent(new CustomEvent('kizuna:open', { bubbles: true }));
    }
    shown = '';
    shopping.watch(true);
    go(to || view);
    if (shopping.state.member && !to) shopping.load();
    else load();
  }

  function close() {
    dialog.close();
  }

  dialog.addEventListener('close', () => {
    shopping.watch(false);
    toast.hide();
    const opener = /** @type {HTMLElement} */ (root.querySelector('.kz-launcher'));
    if (!document.activeElement || document.activeElement === document.body) opener.focus();
    host.dispatchEvent(new CustomEvent('kizuna:close', { bubbles: true }));
    host.dispatchEvent(new CustomEvent('kizuna:ready'));
  });
  // A tap beside the panel closes it, as a dialog's own backdrop is part of the dialog.
  dialog.addEventListener('click', (event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) close();
  });
  for (const name of ['online', 'offline']) addEventListener(name, () => dialog.open && (name === 'online' ? load() : draw()));

  return { open, close };
}

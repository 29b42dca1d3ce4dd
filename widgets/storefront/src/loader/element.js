// <kizuna-rewards>: the launcher. The panel is fetched at the first tap; until then the page pays for this alone.
import { logo } from '../logo.js';
import words from '../messages/launcher.json';
import { readConfig } from './config.js';
import { invitation, forgetInvitation, noteInvitation } from './invitation.js';
import css from './launcher.css';
import { addStyle, followTheme, toneCss } from './look.js';
import { fetchProgramme, recall, remember } from './programme.js';

const base = /** @type {HTMLScriptElement|null} */ (document.currentScript)?.src || '';

class KizunaRewards extends HTMLElement {
  /** @type {import('./config.js').Config} */
  #config = readConfig(this, base);
  /** @type {any} */
  #programme = null;
  /** @type {any} */
  #panel = null;
  #tries = 0;

  connectedCallback() {
    if (this.shadowRoot) return;
    this.#config = readConfig(this, base);
    if (!this.#config.api) return;
    this.attachShadow({ mode: 'open' });
    const start = () => this.#start().catch(() => {}); // the server is away: no launcher, and the page is none the wiser
    const idle = () => ('requestIdleCallback' in window ? requestIdleCallback(start, { timeout: 2_000 }) : setTimeout(start, 200));
    if (document.readyState === 'complete') idle();
    else addEventListener('load', idle, { once: true });
  }

  /** Opens the panel, at a view if one is named. @param {string} [view] */
  async open(view) {
    if (!this.#programme) return;
    const button = /** @type {HTMLElement} */ (this.shadowRoot?.querySelector('.kz-launcher'));
    button.setAttribute('aria-busy', 'true');
    try {
      if (!this.#panel) {
        // A browser may remember a failed import by its address, so each try has its own.
        const again = this.#tries ? `#${this.#tries}` : '';
        const beside = new URL(this.#config.panel, location.href);
        const words = new URL(`words-${this.#language()}.js${beside.search}`, beside);
        const [panel, catalogue] = await Promise.all([import(beside.href + again), import(words.href + again)]);
        this.#panel ??= panel.mount({
          host: this,
          root: this.shadowRoot,
          frame: button.parentElement,
          config: this.#config,
          programme: this.#programme,
          catalogue: catalogue.default,
          session: { recall, remember, invitation, forgetInvitation },
        });
      }
      this.#panel.open(view);
    } catch {
      this.#tries += 1;
      this.#say('launcher.failed');
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  async #start() {
    const invited = noteInvitation();
    const programme = (this.#programme = await fetchProgramme(this.#config));
    const root = /** @type {ShadowRoot} */ (this.shadowRoot);
    addStyle(root, css);
    addStyle(root, toneCss(programme.look));
    const frame = document.createElement('div');
    frame.className = 'kz';
    frame.lang = this.#language();
    frame.dir = 'ltr';
    frame.dataset.corner = this.#config.corner || programme.look.corner || 'end';
    followTheme(frame, this.#config.theme || programme.look.theme);
    const button = document.createElement('button');
    button.className = 'kz-launcher';
    button.type = 'button';
    button.setAttribute('aria-haspopup', 'dialog');
    button.append(logo(), document.createElement('span'));
    button.addEventListener('click', () => this.open());
    frame.append(button);
    root.append(frame);
    this.#say('launcher');
    this.addEventListener('kizuna:ready', () => this.#say('launcher'));
    addEventListener('focusin', (event) => this.#yield(button, event.composedPath()[0]));
    document.addEventListener('click', (event) => {
      const opener = /** @type {Element} */ (event.target).closest?.('[data-kizuna-open]');
      if (opener) {
        event.preventDefault();
        this.open(opener.getAttribute('data-kizuna-open') || undefined);
      }
    });
    if (invited) this.open('friend');
  }

  /** @returns {'en'|'ja'} */
  #language() {
    const known = [this.#config.locale, this.#programme.locale].map((locale) => String(locale).slice(0, 2));
    return /** @type {'en'|'ja'} */ (known.find((language) => language in words) || 'en');
  }

  /** Writes the launcher's words, and the dot where rewards are ready. @param {'launcher'|'launcher.failed'} id */
  #say(id) {
    const language = this.#language();
    /** @type {Record<string, any>} */
    const texts = { ...words[language], ...this.#programme.texts?.[language] };
    const button = /** @type {HTMLElement} */ (this.shadowRoot?.querySelector('.kz-launcher'));
    const label = String(texts[id]);
    /** @type {HTMLElement} */ (button.querySelector('span')).textContent = label;
    const ready = Number(recall('ready')) || 0;
    button.querySelector('.dot')?.remove();
    button.removeAttribute('aria-label');
    if (!ready || id !== 'launcher') return;
    const plural = texts['launcher.ready'];
    const form = plural[new Intl.PluralRules(language).select(ready)] || plural.other || plural;
    button.setAttribute('aria-label', String(form).replace('{label}', label).replace('{n}', String(ready)));
    button.append(Object.assign(document.createElement('span'), { className: 'dot' }));
  }

  /** Steps aside where it would cover what has the focus. @param {HTMLElement} button @param {EventTarget|undefined} focused */
  #yield(button, focused) {
    if (!(focused instanceof Element) || focused === button) return;
    const a = focused.getBoundingClientRect();
    const b = button.getBoundingClientRect();
    const covers = a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top && a.height < innerHeight / 2;
    button.toggleAttribute('data-yield', covers);
  }
}

if (!customElements.get('kizuna-rewards')) customElements.define('kizuna-rewards', KizunaRewards);

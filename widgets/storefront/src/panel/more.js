// Fetches the views that not every visit needs, when the first of them is opened.
import { Problem } from './api.js';
import { VIEWS } from './views/index.js';

/**
 * @param {{config: any, language: string, catalogue: import('./words.js').Catalogue, changed: () => void}} parts
 * @returns {{state: {problem: Problem|null}, load: () => Promise<void>}}
 */
export function more({ config, language, catalogue, changed }) {
  /** @type {{problem: Problem|null}} */
  const state = { problem: null };
  let tries = 0;
  let asked = false;

  async function load() {
    if (asked) return;
    [asked, state.problem] = [true, null];
    try {
      const panel = new URL(config.panel, location.href);
      const beside = new URL(`more-${language}.js${panel.search}`, panel);
      // A browser may remember a failed import by its address, so each try has its own.
      const found = await import(beside.href + (tries ? `#${tries}` : ''));
      Object.assign(catalogue, found.words);
      Object.assign(VIEWS, found.MORE);
    } catch {
      [asked, state.problem] = [false, new Problem(navigator.onLine === false ? 'OFFLINE' : 'UNAVAILABLE')];
      tries += 1;
    }
    changed();
  }

  return { state, load };
}

// Fetches the views that not every visit needs, a file of them when the first of its views is opened.
import { Problem } from './api.js';
import { VIEWS } from './views/index.js';

/**
 * @param {{config: any, language: string, catalogue: import('./words.js').Catalogue, changed: () => void}} parts
 * @returns {{problem: (view: string) => Problem|null, load: (view: string) => Promise<void>}}
 */
export function more({ config, language, catalogue, changed }) {
  /** @type {Record<string, {asked: boolean, tries: number, problem: Problem|null}>} */
  const files = {};
  const of = (/** @type {string} */ view) => (files[VIEWS[view].file || ''] ||= { asked: false, tries: 0, problem: null });

  /** @param {string} view */
  async function load(view) {
    const state = of(view);
    if (state.asked) return;
    [state.asked, state.problem] = [true, null];
    try {
      const panel = new URL(config.panel, location.href);
      const beside = new URL(`${VIEWS[view].file}-${language}.js${panel.search}`, panel);
      // A browser may remember a failed import by its address, so each try has its own.
      const found = await import(beside.href + (state.tries ? `#${state.tries}` : ''));
      Object.assign(catalogue, found.words);
      Object.assign(VIEWS, found.VIEWS);
    } catch {
      [state.asked, state.problem] = [false, new Problem(navigator.onLine === false ? 'OFFLINE' : 'UNAVAILABLE')];
      state.tries += 1;
    }
    changed();
  }

  return { load, problem: (view) => of(view).problem };
}

// What members say of themselves and of the shop: the question that is due, their profile, taking part or not.
import { Problem } from './api.js';
import { safeUrl } from './dom.js';

/**
 * @typedef {object} State
 * @property {any} question        the one to put now
 * @property {boolean} thanked     it was answered in this visit
 * @property {any} profile         the last answer of `GET profile`
 * @property {Problem|null} problem why there is none
 * @property {string} busy         what is being sent, by name
 * @property {{of: string, problem: Problem}|null} refusal of the last wish, by its name
 */

/**
 * @param {{api: ReturnType<typeof import('./api.js').connect>, session: import('./wishes.js').Session, changed: () => void,
 *          shopping: ReturnType<typeof import('./shopper.js').shopper>}} parts
 */
export function own({ api, session, changed, shopping }) {
  /** @type {State} */
  const state = { question: null, thanked: false, profile: null, problem: null, busy: '', refusal: null };
  const asProblem = (/** @type {unknown} */ error) => (error instanceof Problem ? error : new Problem('INTERNAL'));

  /** Sends one thing at a time; what comes of it is `then`. @param {string} name @param {() => Promise<any>} send */
  async function once(name, send) {
    if (state.busy) return false;
    [state.busy, state.refusal] = [name, null];
    changed();
    let done = true;
    try {
      await send();
    } catch (error) {
      [done, state.refusal] = [false, { of: name, problem: asProblem(error) }];
    }
    state.busy = '';
    changed();
    return done;
  }

  /** Asks once in a visit whether there is a question; that it was put counts, so it is asked for where it shows. */
  async function look() {
    if (state.question || state.thanked || session.recall('asked') === 'no') return;
    try {
      state.question = (await api.post('question', {}, true)).question;
      if (!state.question) session.remember('asked', 'no');
    } catch {
      return; // a question can wait for another day
    }
    changed();
  }

  /** @param {number} score @param {string} comment */
  const answer = (score, comment) =>
    once('answer', async () => {
      await api.post(`question/${encodeURIComponent(state.question.id)}`, comment ? { score, comment } : { score }, true);
      [state.thanked, state.question] = [true, null];
      session.remember('asked', 'no');
      void shopping.refresh();
    });

  async function load() {
    state.problem = null;
    try {
      state.profile = await api.get('profile', true);
      if (!Array.isArray(state.profile.questions)) throw new Problem('INTERNAL');
    } catch (error) {
      [state.profile, state.problem] = [null, asProblem(error)];
    }
    changed();
  }

  /** @param {string} id of a question @param {string} value */
  const tell = (id, value) =>
    once(`tell ${id}`, async () => {
      const told = await api.post(`profile/${encodeURIComponent(id)}`, { value }, true);
      state.profile.questions = state.profile.questions.map((/** @type {any} */ one) => (one.id === id ? told : one));
      void shopping.refresh();
    });

  /** @param {string} id of a question */
  const takeBack = (id) =>
    once(`tell ${id}`, async () => void (state.profile = await api.post(`profile/${encodeURIComponent(id)}/withdraw`, undefined, true)));

  /** @param {number} month @param {number} day */
  const birthday = (month, day) =>
    once('birthday', async () => void (state.profile = await api.post('birthday', { month, day }, true)));

  /** @param {boolean} wanted whether offers and picks may be made for them */
  const personal = (wanted) =>
    once('personal', async () => {
      await api.post('personal', { wanted }, true);
      await shopping.refresh();
    });

  /** Opens where a rule leads: the window at once, while the tap counts, and what it brought when they are back. @param {string} rule id */
  const visit = (rule) => {
    const opened = window.open('', '_blank');
    return once(`visit ${rule}`, async () => {
      try {
        const url = safeUrl((await api.post(`visit/${encodeURIComponent(rule)}`, undefined, true)).address);
        if (!url) throw new Problem('INTERNAL');
        if (opened) opened.opener = null;
        addEventListener('focus', () => void shopping.refresh(), { once: true });
        (opened || window).location.href = url;
      } catch (error) {
        opened?.close();
        throw error;
      }
    });
  };

  /** Hands the browser the file of what is kept. */
  const file = () =>
    once('file', async () => {
      const kept = await api.get('kept', true);
      const url = URL.createObjectURL(new Blob([JSON.stringify(kept, null, 2)], { type: 'application/json' }));
      const link = Object.assign(document.createElement('a'), { href: url, download: `${String(kept.made_at).slice(0, 10)}.json` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    });

  const leave = () =>
    once('leave', async () => {
      await api.post('leave', { sure: true }, true);
      state.profile = state.question = null;
      await shopping.load();
    });

  const join = () =>
    once('join', async () => {
      await api.post('join', undefined, true);
      await shopping.load();
    });

  return { state, look, answer, load, tell, takeBack, birthday, personal, visit, file, leave, join, forgetRefusal: () => void (state.refusal = null) };
}

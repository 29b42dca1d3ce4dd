// The friend's side of an invitation: what it offers, asking for the code, waiting until the store has made it.
import { Problem } from './api.js';

const WAITS_MS = [1_000, 1_500, 2_500, 4_000, 6_000];
const LONGEST_WAIT_MS = 10_000;
const MOST_TRIES = 40;

/**
 * @param {{api: ReturnType<typeof import('./api.js').connect>, changed: () => void,
 *          session: import('./wishes.js').Session & {invitation: () => string, forgetInvitation: () => void}}} parts
 */
export function friend({ api, session, changed }) {
  const state = {
    code: session.invitation(),
    /** @type {any} */ landing: null,
    /** @type {any} */ claim: stored(),
    /** @type {Problem|null} */ problem: null,
    /** @type {Problem|null} */ refusal: null,
    busy: false,
    tries: 0,
  };
  const path = () => `referral/${encodeURIComponent(state.code)}`;
  const asProblem = (/** @type {unknown} */ error) => (error instanceof Problem ? error : new Problem('INTERNAL'));

  /** A code once given is shown again after a reload. */
  function stored() {
    try {
      const kept = JSON.parse(session.recall('claim') || 'null');
      return kept?.code === session.invitation() ? kept.claim : null;
    } catch {
      return null;
    }
  }

  async function load() {
    if (!state.code || state.landing) return;
    state.problem = null;
    try {
      const landing = await api.get(path());
      if (!landing.state) throw new Problem('INTERNAL');
      state.landing = landing;
      followed();
    } catch (error) {
      state.problem = asProblem(error);
      if (state.problem.code === 'UNKNOWN_REFERRAL') session.forgetInvitation();
    }
    changed();
  }

  /** Tells once in a visit that a link was followed. Whether it was counted is nothing to the friend. */
  function followed() {
    if (session.recall('followed') === state.code) return;
    session.remember('followed', state.code);
    const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    api.post(`${path()}/click`, { key }).catch(() => {});
  }

  /** @param {string} email */
  async function claim(email) {
    if (state.busy) return;
    [state.busy, state.refusal] = [true, null];
    changed();
    try {
      state.claim = await api.post(`${path()}/claim`, { email });
      if (state.claim.state === 'ready') session.remember('claim', JSON.stringify({ code: state.code, claim: state.claim }));
      if (state.claim.state === 'preparing' && state.tries < MOST_TRIES) {
        setTimeout(() => claim(email), WAITS_MS[state.tries] ?? LONGEST_WAIT_MS);
        state.tries += 1;
      }
    } catch (error) {
      state.refusal = asProblem(error);
    }
    state.busy = false;
    changed();
  }

  return { state, load, claim };
}

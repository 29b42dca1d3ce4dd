// What the shopper has and does: loading, redeeming, turning back, waiting for a code. Holds the state the views draw.
import { Problem } from './api.js';
import { wishes } from './wishes.js';

const WAITS_MS = [1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000];
const SLOW_AFTER = 5;
const LONGEST_WAIT_MS = 15_000;
const MOST_TRIES = 60;

/**
 * @typedef {object} State
 * @property {any} member          the last answer of `GET member`, null before the first
 * @property {Problem|null} problem why there is none, or why it is old
 * @property {number} loadedAt     when it came
 * @property {string} busy         what is being sent, by name; empty: nothing
 * @property {Problem|null} refusal of the last redemption or return
 * @property {number} tries        how often the open codes were asked for
 * @property {{entries: any[], pending: any[], next: string|null, state: 'none'|'loading'|'done', problem: Problem|null, only: string}} history
 */

/**
 * @param {{api: ReturnType<typeof import('./api.js').connect>, session: import('./wishes.js').Session,
 *          changed: () => void, arrived: (answer: any) => void}} parts
 */
export function shopper({ api, session, changed, arrived }) {
  const noHistory = () => ({ entries: [], pending: [], next: null, state: /** @type {'none'} */ ('none'), problem: null, only: '' });
  /** @type {State} */
  const state = { member: null, problem: null, loadedAt: 0, busy: '', refusal: null, tries: 0, history: noHistory() };
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let open = false;

  const asProblem = (/** @type {unknown} */ error) => (error instanceof Problem ? error : new Problem('INTERNAL'));
  const mine = () => wishes(session, state.member?.id || '');
  const preparing = () => (state.member?.redemptions || []).filter((/** @type {any} */ one) => one.state === 'requested');

  const slow = () => state.tries > SLOW_AFTER;

  /** Counts what is ready to use, for the launcher's dot. */
  function note() {
    const ready = (state.member?.redemptions || []).filter((/** @type {any} */ one) => one.state === 'issued').length;
    session.remember('ready', ready ? String(ready) : null);
  }

  /** Takes over one redemption and the balance after it. @param {any} answer */
  function settle(answer) {
    const { redemption, balance } = answer;
    const others = state.member.redemptions.filter((/** @type {any} */ one) => one.id !== redemption.id);
    const at = state.member.redemptions.findIndex((/** @type {any} */ one) => one.id === redemption.id);
    others.splice(at < 0 ? 0 : at, 0, redemption);
    state.member = { ...state.member, redemptions: others, balance };
    note();
  }

  async function load() {
    try {
      state.member = await api.member();
      state.problem = null;
      state.loadedAt = Date.now();
      note();
    } catch (error) {
      state.problem = asProblem(error);
      if (state.problem.code === 'NOT_SIGNED_IN') [state.member, state.problem] = [{ state: 'signed_out' }, null];
    }
    changed();
    if (state.member?.state === 'member') {
      for (const reward of mine().open()) await redeem(reward);
      wait();
    }
  }

  /** The balance and what it affords, again, without a sign of it. */
  async function refresh() {
    state.history = { ...noHistory(), only: state.history.only };
    try {
      const member = await api.member();
      if (member.state) [state.member, state.loadedAt] = [member, Date.now()];
      note();
    } catch {
      // What is shown came with the last answer and stays true until the next.
    }
    changed();
  }

  /** @param {string} name @param {() => Promise<any>} send */
  async function once(name, send) {
    if (state.busy) return;
    [state.busy, state.refusal] = [name, null];
    changed();
    try {
      const answer = await send();
      state.busy = '';
      settle(answer);
      arrived(answer);
      await refresh();
      wait();
    } catch (error) {
      [state.busy, state.refusal] = ['', asProblem(error)];
      changed();
    }
  }

  /** @param {string} reward id @param {number} [points] where the shopper chooses how many */
  const redeem = (reward, points) =>
    once(`redeem ${reward}`, async () => {
      const wish = mine();
      try {
        const answer = await api.post('redemptions', { ...wish.wished(reward, points), reward }, true);
        wish.answered(reward);
        return answer;
      } catch (error) {
        if (asProblem(error).final) wish.answered(reward);
        throw error;
      }
    });

  /** @param {string} redemption id */
  const giveBack = (redemption) =>
    once(`return ${redemption}`, () => api.post(`redemptions/${encodeURIComponent(redemption)}/return`, undefined, true));

  /** @param {string} redemption id @param {string} option the reward picked */
  const pick = (redemption, option) =>
    once(`pick ${redemption}`, () => api.post(`redemptions/${encodeURIComponent(redemption)}/pick`, { key: redemption, option }, true));

  /** Asks for codes being prepared until they are there; rests while nobody looks. */
  function wait() {
    clearTimeout(timer);
    if (!open || !preparing().length || state.tries > MOST_TRIES) return;
    timer = setTimeout(async () => {
      state.tries += 1;
      const before = preparing();
      const late = slow();
      if (document.visibilityState !== 'hidden') {
        for (const one of before) {
          try {
            settle(await api.get(`redemptions/${encodeURIComponent(one.id)}`, true));
          } catch {
            // Asked again at the next turn.
          }
        }
      }
      const after = preparing();
      if (after.length < before.length) state.tries = 0;
      // Drawn only when there is something new to say: what is drawn again is read out again.
      if (after.length !== before.length || slow() !== late) changed();
      wait();
    }, WAITS_MS[state.tries] ?? LONGEST_WAIT_MS);
  }

  /** The next page of the history. */
  async function older() {
    const { history } = state;
    if (history.state === 'loading') return;
    [history.state, history.problem] = ['loading', null];
    changed();
    try {
      const page = await api.get(`history${history.next ? `?before=${encodeURIComponent(history.next)}` : ''}`, true);
      if (!Array.isArray(page.entries)) throw new Problem('INTERNAL');
      history.entries.push(...page.entries);
      if (!history.next) history.pending = page.pending || [];
      history.next = page.next;
    } catch (error) {
      history.problem = asProblem(error);
    }
    history.state = 'done';
    changed();
  }

  return {
    state,
    load,
    refresh,
    redeem,
    pick,
    giveBack,
    older,
    forgetRefusal: () => void (state.refusal = null),
    slow,
    /** @param {boolean} now whether the panel is open */
    watch(now) {
      open = now;
      if (now) wait();
      else clearTimeout(timer);
    },
  };
}

// The one small request before a tap, and the breaker that stops asking a server that is away.

const FAILURES_ALLOWED = 3;
const REST_MS = 5 * 60_000;
const PATIENCE_MS = 8_000;

/** @param {string} key @returns {string|null} */
export function recall(key) {
  try {
    return sessionStorage.getItem(`kizuna:${key}`);
  } catch {
    return null; // storage may be closed to us; nothing here depends on it
  }
}

/** @param {string} key @param {string|null} value null forgets */
export function remember(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(`kizuna:${key}`);
    else sessionStorage.setItem(`kizuna:${key}`, value);
  } catch {
    // see recall
  }
}

/**
 * Asks for the public programme.
 * @param {import('./config.js').Config} config
 * @returns {Promise<any>} the programme of the contract; rejects when the server is away or talks rubbish
 */
export async function fetchProgramme(config) {
  const [failures = 0, since = 0] = (recall('away') || '').split(' ').map(Number);
  if (failures >= FAILURES_ALLOWED && Date.now() - since < REST_MS) throw new Error('resting');
  try {
    const query = config.shop ? `?shop=${encodeURIComponent(config.shop)}` : '';
    const answer = await fetch(`${config.api}/programme${query}`, {
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const programme = answer.ok ? await answer.json() : null;
    if (!programme?.unit || !programme.look) throw new Error('no programme');
    remember('away', null);
    return programme;
  } catch (error) {
    remember('away', `${failures + 1} ${Date.now()}`);
    throw error;
  }
}

// Talks to the storefront API. Whatever goes wrong comes back as one kind of error with a code and a reference.

const PATIENCE_MS = 12_000;
const TOKEN_MARGIN_S = 30;

/** Everything that can be the matter, as the contract's problem document names it; OFFLINE is the browser's own. */
export class Problem extends Error {
  /** @param {string} code @param {any} [data] @param {number} [status] */
  constructor(code, data = {}, status = 0) {
    super(code);
    this.code = code;
    this.status = status;
    this.data = data;
    this.reference = /^[A-Z0-9]{4,12}$/.test(data.reference) ? data.reference : '';
    /** Whether the server has made up its mind, so that asking again would be a new wish. */
    this.final = status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
  }
}

/** @param {unknown} reason what fetch rejected with */
const unreachable = (reason) => new Problem(navigator.onLine === false ? 'OFFLINE' : 'UNAVAILABLE', { reason });

/** @param {import('../loader/config.js').Config} config */
export function connect(config) {
  /** @type {{token: string, until: number}|null} */
  let kept = null;

  /** The shopper's short-lived token, held in memory only. @returns {Promise<string>} empty: nobody is signed in */
  async function token() {
    if (kept && kept.until > Date.now() / 1000 + TOKEN_MARGIN_S) return kept.token;
    kept = null;
    let answer;
    try {
      answer = await fetch(config.tokenUrl, {
        credentials: 'same-origin',
        cache: 'no-store',
        headers: { Accept: 'application/json' },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (reason) {
      throw unreachable(reason);
    }
    if (answer.status === 401 || answer.status === 403 || answer.status === 204) return '';
    const given = answer.ok ? await answer.json().catch(() => null) : null;
    if (!given) throw new Problem('UNAVAILABLE', {}, answer.status);
    if (!given.token) return '';
    kept = { token: String(given.token), until: expiry(String(given.token)) };
    return kept.token;
  }

  /**
   * @param {'GET'|'POST'} method @param {string} path below the API
   * @param {{body?: object, personal?: boolean}} [options] personal: about the shopper of this request
   * @returns {Promise<any>} the answer; throws Problem
   */
  async function call(method, path, { body, personal = false } = {}, again = false) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' };
    const bearer = config.tokenUrl && personal ? await token() : '';
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    if (config.tokenUrl && personal && !bearer) throw new Problem('NOT_SIGNED_IN', {}, 401);
    if (body) headers['Content-Type'] = 'application/json';
    const url = config.api + '/' + path;
    let answer;
    try {
      answer = await fetch(config.shop && !bearer ? `${url}${url.includes('?') ? '&' : '?'}shop=${encodeURIComponent(config.shop)}` : url, {
        method,
        headers,
        body: body && JSON.stringify(body),
        cache: personal ? 'no-store' : 'default',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (reason) {
      throw unreachable(reason);
    }
    if (answer.status === 401 && bearer && !again) {
      kept = null; // it may just have run out
      return call(method, path, { body, personal }, true);
    }
    const said = await answer.json().catch(() => null);
    if (answer.ok && said && typeof said === 'object') return said;
    throw new Problem(said?.code || 'UNAVAILABLE', said || {}, answer.status);
  }

  return {
    /** @param {string} path @param {boolean} [personal] */
    get: (path, personal) => call('GET', path, { personal }),
    /** @param {string} path @param {object} [body] @param {boolean} [personal] */
    post: (path, body, personal) => call('POST', path, { body, personal }),
    /** The shopper: `signed_out` without asking, where the page or its token already says so. */
    async member() {
      if (config.signedIn === false || (config.tokenUrl && !(await token()))) return { state: 'signed_out' };
      const said = await call('GET', 'member', { personal: true });
      if (!said.state) throw new Problem('INTERNAL');
      return said;
    },
  };
}

/** When a token of ours runs out, in Unix seconds; unreadable: at once. @param {string} token */
function expiry(token) {
  try {
    return Number(JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).exp) || 0;
  } catch {
    return 0;
  }
}

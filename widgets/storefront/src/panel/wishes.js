// A wish for a reward keeps its key until it is answered, over reloads and lost connections: asked twice, granted once.

const NAME = 'wishes';

/** @typedef {{recall: (key: string) => string|null, remember: (key: string, value: string|null) => void}} Session */

/** @param {Session} session @param {string} who the member's id: a wish is never sent for somebody else */
export function wishes(session, who) {
  /** @returns {Record<string, {key: string, who: string, points?: number}>} by reward */
  function all() {
    try {
      return JSON.parse(session.recall(NAME) || '{}') || {};
    } catch {
      return {};
    }
  }
  const save = (/** @type {object} */ kept) => session.remember(NAME, Object.keys(kept).length ? JSON.stringify(kept) : null);

  return {
    /** Rewards wished for and not answered yet. @returns {string[]} */
    open: () => Object.entries(all()).filter(([, wish]) => wish.who === who).map(([reward]) => reward),
    /** This wish, the same until it is answered: its key, and the points where they were chosen. @param {string} reward @param {number} [points] */
    wished(reward, points) {
      const kept = all();
      if (kept[reward]?.who !== who) {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        kept[reward] = { key: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''), who, ...(points ? { points } : {}) };
        save(kept);
      }
      const { key, points: chosen } = kept[reward];
      return chosen ? { key, points: chosen } : { key };
    },
    /** @param {string} reward */
    answered(reward) {
      const kept = all();
      delete kept[reward];
      save(kept);
    },
  };
}

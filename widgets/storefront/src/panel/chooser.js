// How many points: a number to type, with a button for fewer and one for more.
import { icon } from './art.js';
import { h } from './dom.js';

/**
 * The amounts on offer to somebody who has so many points.
 * @param {{minimum: number, maximum: number|null, step: number, value_minor: number, per_points: number}} chosen @param {number} available
 */
export function amounts({ minimum, maximum, step, value_minor: value, per_points: per }, available) {
  const below = (/** @type {number} */ points) => minimum + Math.max(0, Math.floor((points - minimum) / step)) * step;
  const most = below(Math.min(maximum ?? Infinity, Math.max(available, minimum)));
  return {
    least: minimum,
    most,
    step,
    /** The amount on offer at or below this one. @param {number} points */
    nearest: (points) => Math.min(most, below(points || 0)),
    /** What so many are worth. @param {any} deal @param {number} points */
    deal: (deal, points) => ({ ...deal, value_minor: Math.floor((points * value) / per) }),
  };
}

/**
 * @param {import('./panel.js').Page} page @param {ReturnType<typeof amounts>} range
 * @param {() => number} now the amount in smallest steps of the unit @param {(points: number) => void} choose
 */
export function chooser({ f, programme }, range, now, choose) {
  const { unit, currency } = programme;
  const whole = 10 ** (unit.kind === 'money' ? currency.exponent : unit.decimals);
  const input = /** @type {HTMLInputElement} */ (
    h('input.field', { id: 'kz-points', type: 'text', inputmode: whole > 1 ? 'decimal' : 'numeric', autocomplete: 'off', 'aria-describedby': 'kz-range', 'data-k': 'points' })
  );
  const turn = (/** @type {string} */ key, /** @type {number} */ by) =>
    h('button.rnd', { type: 'button', 'data-k': key, 'aria-label': f.t(`redeem.${key}`, { points: f.points(range.step) }), on: () => set(now() + by) }, icon(key));
  const [fewer, more] = [turn('fewer', -range.step), turn('more', range.step)];
  function write() {
    input.value = String(now() / whole);
    fewer.setAttribute('aria-disabled', String(now() <= range.least));
    more.setAttribute('aria-disabled', String(now() >= range.most));
  }
  function set(/** @type {number} */ points) {
    choose(range.nearest(points));
    write();
  }
  // Full-width digits are what a Japanese keyboard types.
  const typed = () => Math.round(Number(input.value.normalize('NFKC').replace(/[^\d.]/g, '')) * whole);
  input.addEventListener('input', () => choose(range.nearest(typed())));
  input.addEventListener('change', () => set(typed()));
  input.addEventListener('keydown', (event) => {
    const by = { ArrowUp: range.step, ArrowDown: -range.step }[event.key];
    if (by) {
      event.preventDefault();
      set(now() + by);
    }
  });
  write();
  return h(
    'div.choose',
    null,
    h('label', { for: 'kz-points' }, f.t('redeem.how_many')),
    h('div.ctl', null, fewer, input, more),
    h('span.sub', { id: 'kz-range' }, f.t('redeem.range', { least: f.num(range.least), most: f.num(range.most) })),
  );
}

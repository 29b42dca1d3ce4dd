// About the member: the birthday, questions with what they are for, offers of one's own, and what is kept.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { because, failure, paused, reference } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

const MONTHS = 12;
const LEAP_YEAR = 2024;

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('about.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, own } = page;
  const { profile, problem } = own.state;
  return {
    ...heading(page),
    body: [
      paused(page),
      problem ? failure(page, problem, own.load) : profile ? [birthday(page, profile.birthday), profile.questions.map((/** @type {any} */ one) => question(page, one))] : h('div.skeleton', { role: 'status', 'aria-label': f.t('loading') }, h('span.sk.line'), h('span.sk.line')),
      offers(page),
      privacy(page),
    ],
  };
}

/** What went wrong with the wish of this name. @param {Page} page @param {string} name */
function refused({ f, own }, name) {
  const { refusal } = own.state;
  if (refusal?.of !== name) return null;
  return h('div.note.warn', { role: 'alert' }, icon('alert'), h('span.grow', null, h('b', null, f.t(because(f, refusal.problem))), reference(f, refusal.problem)));
}

/** @param {Page} page @param {any} told */
function birthday(page, told) {
  if (!told) return null;
  const { f, kept, own, programme } = page;
  const date = told.month ? `${String(told.month).padStart(2, '0')}-${String(told.day).padStart(2, '0')}` : '';
  const head = [h('h3.sec', { id: 'kz-birthday' }, f.t('about.birthday')), h('p.sub', null, told.points ? f.t('about.birthday.text', { points: f.points(told.points) }) : f.t('about.birthday.kept'))];
  if (told.celebrated) return [head, h('p', null, f.yearDay(date)), h('p.sub', null, f.t('about.birthday.stays'))];
  if (date && !kept.dating) return [head, h('div.row', null, icon('cake'), h('span.grow', null, f.yearDay(date)), small(page, 'change-birthday', 'about.change', () => change(page, 'dating')))];
  if (programme.state !== 'live') return head;
  const chosen = (kept.date ||= { month: told.month || 1, day: told.day || 1 });
  const days = new Date(Date.UTC(LEAP_YEAR, chosen.month, 0)).getUTCDate();
  chosen.day = Math.min(chosen.day, days);
  const select = (/** @type {'month'|'day'} */ part, /** @type {number} */ most, /** @type {(n: number) => string} */ say) => {
    const field = /** @type {HTMLSelectElement} */ (
      h('select.field', { 'aria-label': f.t(`about.${part}`), 'data-k': part }, Array.from({ length: most }, (_, at) => h('option', { value: at + 1, selected: chosen[part] === at + 1 }, say(at + 1))))
    );
    field.addEventListener('change', () => {
      chosen[part] = Number(field.value);
      page.redraw();
    });
    return field;
  };
  const month = (/** @type {number} */ n) => new Intl.DateTimeFormat(f.language, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(LEAP_YEAR, n - 1, 1));
  return [
    head,
    h('div.pair', { role: 'group', 'aria-labelledby': 'kz-birthday' }, select('month', MONTHS, month), select('day', days, (n) => f.figure(n))),
    h('p.sub', null, f.t('about.birthday.next')),
    refused(page, 'birthday'),
    save(page, 'save-birthday', 'birthday', () => own.birthday(chosen.month, chosen.day).then((done) => done && change(page, 'dating', false))),
  ];
}

/** @param {Page} page @param {string} what is open or not @param {boolean} [now] */
function change({ kept, redraw }, what, now = true) {
  kept[what] = now;
  redraw();
}

/** @param {Page} page @param {string} key @param {string} word @param {() => void} on */
const small = ({ f }, key, word, on) => h('button.btn-text', { type: 'button', 'data-k': key, on }, f.t(word));

/** @param {Page} page @param {string} key @param {string} name of the wish @param {() => void} on */
const save = ({ f, own }, key, name, on) => h('button.btn.btn-soft', { type: 'button', 'data-k': key, 'aria-busy': own.state.busy === name ? 'true' : null, on }, f.t('about.save'));

/** @param {Page} page @param {any} one */
function question(page, one) {
  const { f, kept, own, programme } = page;
  const name = `tell ${one.id}`;
  const answered = one.answer && !kept[name];
  const head = [
    h('h3.sec', { id: `kz-q-${one.id}` }, f.local(one.text)),
    h('p.sub', null, f.t('about.purpose', { purpose: f.local((one.answer || one).purpose) })),
    one.points ? h('p', null, h('span.chip.brand', null, f.signed(one.points))) : null,
  ];
  if (answered) {
    return [
      head,
      h('p', null, h('b', null, said(page, one))),
      h('p.acts', null, one.asked && programme.state === 'live' ? small(page, `change-${one.id}`, 'about.change', () => change(page, name)) : null, small(page, `back-${one.id}`, 'about.take_back', () => own.takeBack(one.id))),
      refused(page, name),
    ];
  }
  if (programme.state !== 'live' || !one.asked) return one.answer ? head : null;
  const field = input(page, one, name);
  const send = () => field.value.trim() && own.tell(one.id, field.value.trim()).then((done) => done && change(page, name, false));
  return [head, field, refused(page, name), h('p', null, save(page, `save-${one.id}`, name, send))];
}

/** What they told, as it reads. @param {Page} page @param {any} one */
function said({ f }, one) {
  const { value } = one.answer;
  if (one.kind === 'choice') return f.local(one.options.find((/** @type {any} */ option) => option.id === value)?.text) || value;
  return one.kind === 'date' ? new Intl.DateTimeFormat(f.language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${value}T00:00:00Z`)) : value;
}

/** @param {Page} page @param {any} one @param {string} name @returns {HTMLInputElement|HTMLSelectElement} */
function input({ f, kept }, one, name) {
  const told = { 'aria-labelledby': `kz-q-${one.id}`, 'data-k': `in-${one.id}` };
  const draft = (kept.drafts ||= {});
  const field = /** @type {HTMLInputElement|HTMLSelectElement} */ (
    one.kind === 'choice'
      ? h('select.field', told, h('option', { value: '' }, f.t('about.choose')), one.options.map((/** @type {any} */ option) => h('option', { value: option.id }, f.local(option.text))))
      : h('input.field', { ...told, type: one.kind === 'date' ? 'date' : 'text', maxlength: 500 })
  );
  field.value = draft[name] ?? one.answer?.value ?? '';
  field.addEventListener('input', () => (draft[name] = field.value));
  return field;
}

/** @param {Page} page */
function offers(page) {
  const { f, own, shopper } = page;
  const wanted = shopper.state.member.personal !== false;
  return [
    h('h3.sec', null, f.t('about.offers')),
    h('p.sub', { id: 'kz-offers' }, f.t('about.offers.text')),
    refused(page, 'personal'),
    h('button.switch', { type: 'button', role: 'switch', 'aria-checked': String(wanted), 'aria-describedby': 'kz-offers', 'data-k': 'personal', on: () => own.personal(!wanted) }, h('span.knob', { 'aria-hidden': 'true' }), f.t(wanted ? 'about.offers.on' : 'about.offers.off')),
  ];
}

/** @param {Page} page */
function privacy(page) {
  const { f, go, own } = page;
  return [
    h('h3.sec', null, f.t('about.privacy')),
    h('p.sub', null, f.t('about.privacy.text')),
    refused(page, 'file'),
    h(
      'ul.rows',
      null,
      h('li', null, h('button.row', { type: 'button', 'data-k': 'file', 'aria-busy': own.state.busy === 'file' ? 'true' : null, on: own.file }, icon('copy'), h('span.grow', null, h('b', null, f.t('about.file')), h('span.sub', null, f.t('about.file.text'))))),
      h('li', null, h('button.row', { type: 'button', 'data-k': 'leave', on: () => go('leave') }, icon('close'), h('span.grow', null, h('b', null, f.t('leave.title'))), h('span.end', null, icon('next')))),
    ),
  ];
}

// Referral, the friend's side: the gift, an e-mail address for the code, the code; or why there is none.
import { icon, knot } from '../art.js';
import { h, safeUrl } from '../dom.js';
import { because, failure, reference } from '../notes.js';
import { codeOf } from '../code.js';
import { theirs } from './refer.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ programme }) => ({ title: programme.name, home: true });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, friend, go } = page;
  const { landing, claim, problem } = friend.state;
  const more = h('button.btn-text', { type: 'button', 'data-k': 'more', on: () => go('home') }, f.t('friend.more'));
  const body = claim?.state === 'ready' ? given(page, claim) : claim?.state === 'refused' ? refused(page, claim) : null;
  if (body) return { ...heading(page), body: [body, more] };
  if (problem && problem.code !== 'UNKNOWN_REFERRAL') return { ...heading(page), body: [failure(page, problem)] };
  if (problem || landing?.state === 'closed' || !friend.state.code) return { ...heading(page), body: [ended(page, problem || !landing ? 'friend.unknown' : 'friend.closed'), more] };
  if (!landing) return { ...heading(page), body: [h('div.skeleton', { role: 'status', 'aria-label': f.t('loading') }, h('span.sk.tall'))] };
  return { ...heading(page), body: [offer(page, landing), claim ? preparing(f) : form(page), more] };
}

/** @param {Page} page @param {any} landing */
function offer({ f }, landing) {
  const title = landing.friend_deal ? f.t('friend.title', { deal: theirs(f, landing) }) : f.t('friend.title.points', { points: theirs(f, landing) });
  const a = f.t('friend.new');
  const b = landing.min_order_minor ? f.t('friend.min', { money: f.money(landing.min_order_minor) }) : '';
  return h(
    'div.hello',
    null,
    knot('awaji'),
    h('p', null, landing.sender_first_name ? f.t('friend.from', { name: landing.sender_first_name }) : f.t('friend.from_nobody')),
    h('h3', null, title),
    h('p', null, b ? f.t('sentences', { a, b }) : a),
  );
}

/** @param {Page} page */
function form(page) {
  const { f, friend, kept, redraw } = page;
  const { busy, refusal } = friend.state;
  const input = /** @type {HTMLInputElement} */ (
    h('input.field', { id: 'kz-email', type: 'email', autocomplete: 'email', inputmode: 'email', 'data-k': 'email', 'aria-describedby': kept.bad ? 'kz-bad kz-why' : 'kz-why', 'aria-invalid': kept.bad ? 'true' : null, required: true })
  );
  input.value = kept.email || '';
  input.addEventListener('input', () => (kept.email = input.value));
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    kept.bad = !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(input.value.trim());
    if (!kept.bad) return void friend.claim(input.value.trim());
    redraw();
    /** @type {HTMLElement|null} */ (/** @type {ShadowRoot} */ (page.root).querySelector('#kz-email'))?.focus();
  };
  const form = h(
    'form.claim',
    { novalidate: true },
    h('label', { for: 'kz-email' }, f.t('friend.email')),
    input,
    kept.bad ? h('p.bad', { id: 'kz-bad' }, icon('alert'), f.t('friend.email.bad')) : null,
    h('p.sub', { id: 'kz-why' }, f.t('friend.email.why')),
    refusal ? h('div.note.warn', { role: 'alert' }, icon('alert'), h('span.grow', null, h('b', null, f.t(refusal.code === 'OFFLINE' ? 'offline' : because(f, refusal))), reference(f, refusal))) : null,
    h('button.btn.btn-fill.wide', { type: 'submit', 'data-k': 'claim', 'aria-busy': busy ? 'true' : null }, f.t('friend.do')),
  );
  form.addEventListener('submit', send);
  return form;
}

/** @param {any} f */
const preparing = (f) => h('div.ticket.after', null, h('div.codepill.wait', null, h('span.sk')), h('p.sub.ft', { role: 'status' }, f.t('rewards.preparing')));

/** @param {Page} page @param {any} claim */
function given(page, claim) {
  const { f } = page;
  const apply = safeUrl(claim.apply_url);
  const about = [claim.min_order_minor ? f.t('rewards.min', { money: f.money(claim.min_order_minor) }) : '', claim.expires_at ? f.t('rewards.until', { date: f.lastDay(claim.expires_at) }) : ''].filter(Boolean);
  return [
    h('p.sub', { role: 'status' }, f.t('friend.ready')),
    h(
      'article.ticket.after',
      null,
      h('div.hd', null, h('div', null, h('h3', null, claim.deal ? f.deal(claim.deal) : ''), about.map((line) => h('span.sub', null, line))), h('span.chip.good', null, icon('check'), f.t('rewards.issued'))),
      codeOf(page, claim.code, 'copy-claim'),
      apply ? h('div.ft', null, h('a.btn.btn-fill.wide', { href: apply, 'data-k': 'apply' }, f.t('rewards.apply'))) : null,
    ),
  ];
}

/** @param {Page} page @param {any} claim */
function refused({ f }, claim) {
  const on = claim.reason_at && f.has(`friend.refused.${claim.reason}.on`) ? '.on' : '';
  const text = f.t(`friend.refused.${claim.reason}${on}`, { date: f.date(claim.reason_at || Date.now()) });
  return h('div.state.empty', { role: 'status' }, knot('rosette'), h('p', null, h('b', null, f.t('friend.refused'))), h('p.sub', null, text), h('p.sub', null, f.t('friend.closed.text')));
}

/** @param {Page} page @param {string} id */
const ended = ({ f }, id) => h('div.state.empty', null, knot('rosette'), h('p', null, h('b', null, f.t(id))), h('p.sub', null, f.t('friend.closed.text')));

// Referral, the sender's side: the deal, the link and ways to send it, the rules, and what became of each invitation.
import { icon } from '../art.js';
import { h, safeUrl } from '../dom.js';
import { svg } from '../../logo.js';
import { empty, paused } from '../notes.js';
import { qr } from '../qr.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('refer.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, programme, shopper } = page;
  const { referral } = shopper.state.member;
  const terms = programme.referral;
  if (!referral || !terms) return { ...heading(page), body: [empty(page, f.t('earn.empty'))] };
  return {
    ...heading(page),
    body: [
      paused(page),
      h(
        'div.deal',
        null,
        h('div', null, h('span.sub', null, f.t('refer.they')), h('b', null, theirs(f, terms))),
        h('div', null, h('span.sub', null, f.t('refer.you')), h('b', null, f.points(terms.advocate_points))),
      ),
      sending(page, referral, terms),
      h('ul.bene', null, rules(f, terms).map((line) => h('li', null, line))),
      h('h3.sec', null, f.t('refer.people')),
      referral.people.length ? h('ul.rows', null, referral.people.map((/** @type {any} */ one) => person(f, one))) : h('p.sub', null, f.t('refer.people.none')),
    ],
  };
}

/** What the friend gets. @param {any} f @param {any} terms a referral's terms or landing @returns {string} */
export const theirs = (f, terms) =>
  (terms.friend_deal ? f.deal(terms.friend_deal, (/** @type {number} */ amount) => f.cash(amount, true)) : f.points(terms.friend_points));

/** @param {any} f @param {any} terms @returns {string[]} */
const rules = (f, terms) =>
  [
    f.t('refer.rule.new'),
    terms.min_order_minor ? f.t('refer.rule.min', { money: f.money(terms.min_order_minor) }) : '',
    terms.pending_days ? f.t('refer.rule.later', { n: f.figure(terms.pending_days) }, terms.pending_days) : f.t('refer.rule.now'),
  ].filter(Boolean);

/** Every way of sending carries its channel in the link, so that the shop can count it. @param {Page} page @param {any} referral @param {any} terms */
function sending({ f, copy, kept, redraw }, referral, terms) {
  const text = terms.friend_deal ? f.t('refer.text', { deal: theirs(f, terms) }) : f.t('refer.text.plain');
  const by = (/** @type {string} */ channel) => referral.links?.[channel] || referral.link;
  const both = (/** @type {string} */ channel) => encodeURIComponent(`${text} ${by(channel)}`);
  const link = by('link');
  const away = (/** @type {string} */ href, /** @type {string} */ name) => h('a', { href, target: '_blank', rel: 'noopener noreferrer', 'data-k': name }, name);
  const share = () => navigator.share({ text, url: by('sheet') }).catch(() => {}); // turned away from: nothing happened
  const take = () => {
    kept.copied = true;
    copy(link, f.t('rewards.link_copied.say'));
    redraw();
  };
  return [
    h(
      'div.linkbox',
      null,
      h('input', { readonly: true, value: referral.link.replace(/^https?:\/\//, ''), 'aria-label': f.t('refer.link'), 'data-k': 'link', dir: 'ltr' }),
      h('button.btn.btn-fill.i-s', { type: 'button', 'data-k': 'copy', on: take }, icon(kept.copied ? 'check' : 'copy'), f.t(kept.copied ? 'rewards.copied' : 'refer.copy')),
    ),
    h(
      'div.ways',
      null,
      h(
        'div.chan',
        null,
        'share' in navigator && h('button', { type: 'button', 'data-k': 'share', on: share }, icon('share'), f.t('refer.share')),
        h('a', { href: `mailto:?body=${both('email')}`, 'data-k': 'email' }, f.t('refer.email')),
        away(`https://line.me/R/share?text=${both('line')}`, 'LINE'),
        away(`https://wa.me/?text=${both('whatsapp')}`, 'WhatsApp'),
        away(`https://x.com/intent/post?text=${encodeURIComponent(text)}&url=${encodeURIComponent(by('x'))}`, 'X'),
        away(`https://www.facebook.com/sharer/sharer.php?u=${encodeURIComponent(by('facebook'))}`, 'Facebook'),
      ),
      square(f, by('qr')),
    ),
  ];
}

/** @param {any} f @param {string} link */
function square(f, link) {
  const rows = safeUrl(link) && qr(link);
  if (!rows) return null;
  const d = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('');
  const frame = svg('svg', { class: 'qr', viewBox: `-2 -2 ${rows.length + 4} ${rows.length + 4}`, role: 'img', 'aria-label': f.t('refer.qr'), 'shape-rendering': 'crispEdges' });
  frame.append(svg('path', { d }));
  return frame;
}

/** @param {any} f @param {any} one */
function person(f, one) {
  const name = one.name ? f.t('refer.person', { name: one.name }) : f.t('refer.friend');
  const on = one.reason_at && f.has(`refer.refused.${one.reason}.on`) ? '.on' : '';
  const text = one.state === 'refused' ? f.t(`refer.refused.${one.reason}${on}`, { date: f.date(one.reason_at || one.at) }) : f.t(`refer.${one.state}`, { date: f.date(one.at) });
  return h(
    'li',
    null,
    h('div.row', null, h('span.avatar', { 'aria-hidden': 'true' }, one.name ? Array.from(name)[0] : icon('user')), h('span.grow', null, h('b', null, name), h('span.sub', null, text)), chip(f, one)),
  );
}

/** @param {any} f @param {any} one */
function chip(f, one) {
  if (one.state === 'rewarded') return h('span.chip.good', null, icon('check'), f.signed(one.points || 0));
  if (one.state === 'bought' && one.due_at) return h('span.chip', null, icon('clock'), f.t('refer.bought.chip', { n: f.num(one.points || 0), date: f.date(one.due_at) }));
  if (one.state === 'checking' && one.due_at) return h('span.chip', null, icon('clock'), f.t('refer.checking.chip', { date: f.date(one.due_at) }));
  return one.state === 'invited' ? h('span.chip', null, f.t('refer.invited.chip')) : null;
}

// Member home: the balance with its worth and dates, the next reward, and the ways from here.
import { icon, knot } from '../art.js';
import { h, safeUrl } from '../dom.js';
import { gapTo, levelOf, ownLevel } from '../ladder.js';
import { paused } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ programme }) => ({ title: programme.name, home: true });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, go, programme } = page;
  const { member } = page.shopper.state;
  const ready = member.redemptions.filter((/** @type {any} */ one) => one.state === 'issued').length;
  const tile = (/** @type {string} */ view, /** @type {string} */ sign, /** @type {string} */ word) =>
    h('button', { type: 'button', 'data-k': `go-${view}`, on: () => go(view) }, icon(sign), f.t(word));
  const row = (/** @type {string} */ view, /** @type {string} */ sign, /** @type {string} */ word, /** @type {any} */ end) =>
    h(
      'li',
      null,
      h(
        'button.row',
        { type: 'button', 'data-k': `row-${view}`, on: () => go(view) },
        icon(sign),
        h('span.grow', null, h('b', null, f.t(word))),
        h('span.end', null, end, icon('next')),
      ),
    );
  return {
    ...heading(page),
    body: [
      card(page),
      paused(page) || debt(page) || lost(page),
      question(page),
      progress(page),
      h('div.short', null, tile('earn', 'earn', 'home.earn'), tile('redeem', 'gift', 'home.use'), member.referral && tile('refer', 'invite', 'home.invite')),
      h(
        'ul.rows',
        null,
        row('rewards', 'tag', 'rewards.title', ready ? h('span.chip.brand', null, f.t('home.ready', { n: f.figure(ready) }, ready)) : null),
        member.tier && programme.tiers ? row('tiers', 'tier', 'tiers.title', tierEnd(page)) : null,
        (member.for_you?.length || member.suggestions?.length) && programme.state === 'live' ? row('suits', 'star', 'suits.title', null) : null,
        row('history', 'list', 'history.title', null),
        row('about', 'user', 'about.title', null),
      ),
      safeUrl(programme.links?.rules) && h('p.legal', null, h('a', { href: programme.links.rules }, f.t('home.rules'))),
    ],
  };
}

/** @param {Page} page */
function card(page) {
  const { f, go, programme } = page;
  const { member } = page.shopper.state;
  const { available, worth_minor: worth } = member.balance;
  const level = ownLevel(programme, member.tier);
  const hour = new Date().getHours();
  const greeting = hour >= 4 && hour < 12 ? 'home.morning' : hour >= 12 && hour < 18 ? 'home.afternoon' : 'home.evening';
  const unit = f.unitWord(available / 10 ** programme.unit.decimals);
  const dated = (/** @type {string} */ word, /** @type {any} */ due, /** @type {string} */ none, /** @type {(at: string) => string} */ day) =>
    h(
      'button',
      { type: 'button', 'data-k': word, on: () => go('history') },
      f.t(word),
      h('b', null, due ? f.t('home.dated', { n: f.num(due.points), date: day(due.at) }) : f.t(none)),
    );
  return h(
    'div.balance',
    null,
    knot('awaji'),
    h(
      'div.top',
      null,
      h('span', null, member.first_name ? f.t(greeting, { name: member.first_name }) : f.t('home.hello')),
      level && h('button.tierchip', { type: 'button', 'data-k': 'chip', on: () => go('tiers') }, f.local(level.name)),
    ),
    h('p.fig.num', null, f.num(available)),
    h('p.worth', null, worth === null || programme.unit.kind === 'money' ? unit : f.t('home.worth', { unit, money: f.language === 'ja' ? f.money(worth) : f.cash(worth) })),
    h(
      'div.split',
      null,
      dated('home.pending', member.next_release, 'home.none_pending', f.date),
      dated('home.expiring', member.next_expiry, 'home.none_expiring', f.lastDay),
    ),
  );
}

/** The nearest reward that is still ahead, else the dearest in reach. @param {Page} page */
function progress({ f, programme, shopper }) {
  const { member } = shopper.state;
  const own = new Map(member.rewards.map((/** @type {any} */ one) => [one.id, one]));
  const open = programme.rewards.filter((/** @type {any} */ one) => one.cost && own.get(one.id) && !own.get(one.id).locked);
  const ahead = open.filter((/** @type {any} */ one) => own.get(one.id).missing > 0);
  const goal = ahead.sort((/** @type {any} */ a, /** @type {any} */ b) => a.cost - b.cost)[0] || open.sort((/** @type {any} */ a, /** @type {any} */ b) => b.cost - a.cost)[0];
  if (!goal) return null;
  const { missing } = own.get(goal.id);
  const reward = f.called(goal);
  const have = goal.cost - missing;
  const count = f.t('home.progress', { reward });
  return h(
    'div.next',
    null,
    h(
      'div.row1',
      null,
      h('b', null, missing ? f.t('home.gap', { points: f.points(missing), reward }) : f.t('home.reached', { reward })),
      h('span.sub.num.nb', null, `${f.num(have)} / ${f.num(goal.cost)}`),
    ),
    h(
      missing ? 'div.cordbar' : 'div.cordbar.done',
      { role: 'progressbar', 'aria-label': count, 'aria-valuemin': 0, 'aria-valuemax': goal.cost, 'aria-valuenow': have, 'aria-valuetext': `${f.num(have)} / ${f.num(goal.cost)}` },
      h('span', { style: { 'inline-size': `${Math.floor((have * 1000) / goal.cost) / 10}%` } }),
    ),
  );
}

/** @param {Page} page */
function tierEnd({ f, programme, shopper }) {
  const { tier } = shopper.state.member;
  const next = levelOf(programme, tier.progress.next);
  if (!next) return f.local(ownLevel(programme, tier)?.name);
  return gapTo(f, programme, tier, next, 'home');
}

/** @param {Page} page */
function debt({ f, shopper }) {
  const owed = shopper.state.member.balance.debt;
  return owed > 0 ? h('div.note.warn', null, icon('alert'), h('span.grow', null, h('b', null, f.t('home.debt', { points: f.points(owed) })), f.t('home.debt.text'))) : null;
}

/** @param {Page} page */
function lost({ f, programme, shopper }) {
  const { tier } = shopper.state.member;
  if (!tier?.lost) return null;
  const level = ownLevel(programme, tier);
  const text = level ? f.t('tiers.lost', { tier: f.local(level.name) }) : f.t('tiers.lost.below');
  return h('div.note', null, icon('tier'), h('span.grow', null, h('b', null, text), f.t('tiers.lost.text')));
}

/** The question the shop has, or the word of thanks. @param {Page} page */
function question({ f, go, own }) {
  const { question: asked, thanked } = own.state;
  if (thanked) return h('div.note', { role: 'status' }, icon('check'), h('span.grow', null, f.t('home.thanks')));
  if (!asked) return null;
  return h(
    'div.nudge',
    null,
    icon('list'),
    h('span.grow', null, h('b', null, f.t('home.question')), asked.points ? f.t('home.question.points', { points: f.points(asked.points) }) : f.t('home.question.short')),
    h('button.btn.btn-line', { type: 'button', 'data-k': 'ask', on: () => go('ask') }, f.t('home.question.do')),
  );
}

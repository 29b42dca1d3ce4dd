// Leaving the programme: what ends, said before, and a way to stay.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { because, reference } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('leave.title'), back: 'about' });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, go, own, shopper } = page;
  const { member } = shopper.state;
  const { busy, refusal } = own.state;
  const points = member.balance.available + member.balance.pending + member.balance.held;
  const unused = member.redemptions.filter((/** @type {any} */ one) => ['issued', 'requested', 'choosing', 'open'].includes(one.state)).length;
  const ends = [
    points > 0 && f.t('leave.points', { points: f.points(points) }),
    unused > 0 && f.t('leave.rewards', { n: f.figure(unused) }, unused),
    member.tier?.id && f.t('leave.tier'),
    f.t('leave.data'),
  ].filter(Boolean);
  return {
    ...heading(page),
    body: [
      h('p', null, f.t('leave.text')),
      h('ul.plain', null, ends.map((line) => h('li', null, line))),
      h('p.sub', null, f.t('leave.again')),
      refusal?.of === 'leave' ? h('div.note.warn', { role: 'alert' }, icon('alert'), h('span.grow', null, h('b', null, f.t(because(f, refusal.problem))), reference(f, refusal.problem))) : null,
    ],
    foot: [
      h('button.btn.btn-fill.wide', { type: 'button', 'data-k': 'stay', on: () => go('about') }, f.t('leave.stay')),
      h('button.btn-text.danger', { type: 'button', 'data-k': 'leave', 'aria-busy': busy ? 'true' : null, on: () => own.leave().then((done) => done && go('home')) }, f.t('leave.do')),
    ],
  };
}

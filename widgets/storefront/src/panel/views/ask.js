// One question of the shop's: a scale, a few words if one likes, and nothing else.
import { icon } from '../art.js';
import { h } from '../dom.js';
import { because, empty, reference } from '../notes.js';

/** @typedef {import('../panel.js').Page} Page */

/** @param {Page} page */
export const heading = ({ f }) => ({ title: f.t('ask.title') });

/** @param {Page} page @returns {import('../panel.js').Drawing} */
export function draw(page) {
  const { f, go, own } = page;
  const { question, thanked } = own.state;
  if (!question) {
    const home = h('button.btn.btn-soft', { type: 'button', 'data-k': 'home', on: () => go('home') }, f.t('ask.home'));
    return { ...heading(page), body: [empty(page, f.t(thanked ? 'ask.thanks' : 'ask.none'), home)] };
  }
  return { ...heading(page), body: [form(page, question)] };
}

/** @param {Page} page @param {any} question */
function form(page, question) {
  const { f, kept, own, redraw } = page;
  const { busy, refusal } = own.state;
  const choose = (/** @type {number} */ score) => () => {
    kept.score = score;
    redraw();
  };
  const scores = Array.from({ length: question.most - question.least + 1 }, (_, at) => question.least + at);
  const words = /** @type {HTMLTextAreaElement} */ (h('textarea.field', { id: 'kz-comment', rows: 3, maxlength: 2000, 'data-k': 'comment' }));
  words.value = kept.comment || '';
  words.addEventListener('input', () => (kept.comment = words.value));
  const said = h(
    'form.claim',
    { novalidate: true },
    h('h3.sec', { id: 'kz-asked' }, f.local(question.text)),
    question.order ? h('p.sub', null, f.t('ask.order', { order: question.order.name })) : null,
    h(
      'div.scale',
      { role: 'group', 'aria-labelledby': 'kz-asked' },
      scores.map((score) =>
        h('button', { type: 'button', 'data-k': `score-${score}`, 'aria-pressed': String(kept.score === score), 'aria-label': f.t('ask.score', { n: f.figure(score), least: f.figure(question.least), most: f.figure(question.most) }), on: choose(score) }, f.figure(score)),
      ),
    ),
    h('p.sub.ends', null, h('span', null, f.t(`ask.${question.kind}.least`)), h('span', null, f.t(`ask.${question.kind}.most`))),
    kept.score === undefined ? null : [h('label', { for: 'kz-comment' }, f.t('ask.comment')), words],
    question.points ? h('p.sub', null, f.t('ask.points', { points: f.points(question.points) })) : null,
    refusal?.of === 'answer' ? h('div.note.warn', { role: 'alert' }, icon('alert'), h('span.grow', null, h('b', null, f.t(because(f, refusal.problem))), reference(f, refusal.problem))) : null,
    h('button.btn.btn-fill.wide', { type: 'submit', 'data-k': 'send', 'aria-busy': busy ? 'true' : null }, f.t('ask.send')),
    kept.score === undefined && kept.pressed ? h('p.sub', { role: 'status' }, f.t('ask.first')) : null,
  );
  said.addEventListener('submit', (event) => {
    event.preventDefault();
    if (kept.score !== undefined) return void own.answer(kept.score, (kept.comment || '').trim());
    kept.pressed = true;
    redraw();
  });
  return said;
}

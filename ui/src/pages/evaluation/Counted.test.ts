// @vitest-environment happy-dom
/** What is counted: the split and the threshold go to the address, which gives the same controls back. */
import { expect, it, vi } from 'vitest';
import type { Evaluation } from '../../api/types';
import { parseView } from '../../state/view/address';
import { router } from '../../state/router.svelte';
import { click, enter, find, named, show, useDOM } from '../../testing/page';
import Counted from './Counted.svelte';

useDOM();

const data = {
  splits: [
    { name: 'test', count: 70 },
    { name: 'val', count: 30 },
  ],
  evaluated: 100,
  no_decision: 20,
  correct: 60,
} as Evaluation;

function open(query: string): void {
  router.adjust(parseView(`/evaluations/a~b/matrix${query}`));
  show(Counted, {
    get view() {
      return router.view;
    },
    data,
  });
}

const here = () => location.pathname + location.search;
const slider = () => find<HTMLInputElement>('input[type="range"]');
const decided = () =>
  find('[data-test="decided"]')
    .textContent!.trim()
    .replace(/\u202f/g, ' ')
    .replace(/\s+/g, ' ');

it('a split is a step in the history, and marked', () => {
  open('');
  const before = history.length;
  click(named('test'));
  expect(here()).toBe('/evaluations/a~b?split=test');
  expect(history.length).toBe(before + 1);
  expect(named('test').getAttribute('aria-pressed')).toBe('true');
  expect(named('all').getAttribute('aria-pressed')).toBe('false');
});

it('the threshold follows the hand at once, and the address when it rests', () => {
  vi.useFakeTimers();
  open('?split=test');
  const before = history.length;
  for (const value of ['0.3', '0.5', '0.6']) {
    enter(slider(), value);
    vi.advanceTimersByTime(50);
  }
  expect(find('output').textContent).toContain('60');
  expect(here()).toBe('/evaluations/a~b?split=test');
  vi.advanceTimersByTime(100);
  expect(here()).toBe('/evaluations/a~b?split=test&threshold=0.6');
  expect(history.length).toBe(before);
  expect(parseView(here())).toEqual(router.view);
  vi.useRealTimers();
});

it('an address with a threshold shows it, and what it leaves undecided', () => {
  open('?threshold=0.85');
  expect(slider().value).toBe('0.85');
  expect(decided()).toBe('20 of 100 undecided · 20 wrong · 75.0 % of the decided are right');
});

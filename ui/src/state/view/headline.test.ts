import { expect, it } from 'vitest';
import type { Evaluation } from '../../api/types';
import { formatView, parseView } from './address';
import { counted, evaluationView, headlined, isHeadline, unfinished } from './headline';

const data = (slice: string, splits: [string, number][], headline = 'split=test') =>
  ({
    id: 'a~b',
    slice,
    evaluated: 40,
    splits: splits.map(([name, count]) => ({ name, count })),
    headline: { slice: headline, name: headline ? 'test' : 'all', evaluated: 40 },
  }) as Evaluation;
const some = data('', [['test', 40]]);

it.each([
  ['', 'split=test'], // chooses nothing
  ['order=error&layout=blend', 'split=test&order=error&layout=blend'],
  // What addresses chose before there was a headline is chosen still.
  ['split=', null],
  ['split=val', null],
  ['threshold=0.5', null],
  ['label=0&predicted=2', null],
  ['correct=any', null],
  ['q=one', null],
])('an address with “%s” leads to “%s”', (query, to) => {
  const went = headlined(parseView(`/evaluations/a~b/matrix?${query}`), some);
  expect(went && formatView(went)).toBe(to && `/evaluations/a~b?${to}`);
  if (went) expect(headlined(went, some)).toBeNull();
});

it('stays where a headline is of all', () => {
  expect(headlined(parseView('/evaluations/a~b/matrix'), data('', [], ''))).toBeNull();
});

it('writes all splits so that a reload keeps them', () => {
  const all = { ...parseView('/evaluations/a~b/matrix'), whole: true };
  expect(formatView(all)).toBe('/evaluations/a~b?split=');
  expect(parseView(formatView(all))).toEqual(all);
});

it('opens an evaluation of a list at its findings, or at its matrix while it runs', () => {
  expect(formatView(evaluationView({ id: 'a~b', state: 'done' }))).toBe('/evaluations/a~b');
  expect(formatView(evaluationView({ id: 'a~b', state: 'running' }))).toBe('/evaluations/a~b/matrix');
});

it.each([
  ['split=test', [['test', 40]], 'test, 40 images', true],
  ['split=test&threshold=0.5', [['test', 40]], 'test, 40 images', true],
  ['split=val', [['test', 40]], 'val, 40 images', false],
  ['split=!train', [['test', 40]], 'all but train, 40 images', false],
  [
    '',
    [
      ['test', 40],
      ['train', 300],
    ],
    'all splits, 40 images (test 40, train 300)',
    false,
  ],
] as [string, [string, number][], string, boolean][])(
  'says of %s what is counted',
  (slice, splits, text, head) => {
    expect(counted(data(slice, splits))).toBe(text);
    expect(isHeadline(data(slice, splits))).toBe(head);
  },
);

it('says no split where there is none', () => {
  expect(counted(data('', [], ''))).toBe('40 images');
  expect(isHeadline(data('threshold=0.2', [], ''))).toBe(true);
});

it('says how far an evaluation came that did not come to its end', () => {
  expect(unfinished({ state: 'cancelled', predicted: 230, samples: 740 })).toBe(
    '230 of 740 samples, cancelled',
  );
  expect(unfinished({ state: 'done', predicted: 738, samples: 740 })).toBe('');
});

it('says what is left out', () => {
  const splits: [string, number][] = [['test', 40]];
  expect(counted(data('split=test&without=excluded', splits))).toBe('test without excluded, 40 images');
  expect(counted(data('without=!excluded', [], ''))).toBe('40 images only excluded');
  expect(counted(data('split=test&labels=proposed', splits))).toBe('test with proposed labels, 40 images');
  expect(counted(data('column(a%20b)=!x,y&split=test', splits))).toBe('test a b not x or y, 40 images');
});

import { expect, it } from 'vitest';
import type { Comparison } from '../../../api/types';
import { change, choices, leftOut, points, pText, range, verdict } from './versus';

it('offers the evaluations of the same dataset first, never the same one', () => {
  const of = (dataset: string, model: string) => ({ id: `${dataset}~${model}`, dataset, model });
  const all = [of('b', 'new'), of('a', 'now'), of('a', 'old')];
  expect(choices(of('a', 'now'), all)).toEqual([
    { id: 'a~old', name: 'old' },
    { id: 'b~new', name: 'new on b' },
  ]);
});

it.each([
  [0.681, '+68.1', '+0.68'],
  [-0.3, '−30.0', '−0.30'],
  [0, '0.0', '0.00'],
  [0.0004, '0.0', '0.00'],
  [-0.0004, '0.0', '0.00'],
  [0.05, '+5.0', '+0.05'],
])('writes %d with its sign', (value, inPoints, ofShares) => {
  expect(points(value)).toBe(inPoints);
  expect(change(value)).toBe(ofShares);
});

it('writes an interval where there is one', () => {
  const estimate = { mean: 0, low: -0.1, high: 0.2, known: true, n: 5, red: 0, empty: 0 };
  expect(range(estimate, points)).toBe('−10.0 to +20.0');
  expect(range({ ...estimate, known: false }, points)).toBe('');
});

const comparison = (fixed: number, broken: number, p: number, images = 40) =>
  ({
    images,
    p,
    transitions: [
      { transition: 'fixed', count: fixed },
      { transition: 'broken', count: broken },
    ],
    unpaired: 0,
    unlabelled: 0,
    relabelled: 0,
    missing: [] as string[],
    missing_before: [] as string[],
  }) as Comparison;

it.each([
  [comparison(247, 2, 1e-70), '247 images fixed, 2 broken: more than chance (p < 0.001).'],
  [comparison(1, 0, 1), '1 image fixed, 0 broken: that may be chance (p = 1.0).'],
  [comparison(0, 0, 1), 'No image became right or wrong.'],
  [comparison(0, 0, 1, 0), 'The two evaluations have no labelled image in common.'],
])('says what the test says', (c, text) => {
  expect(verdict(c)).toBe(text);
});

it('says what is left out', () => {
  expect(leftOut(comparison(1, 1, 1))).toEqual([]);
  const c = { ...comparison(1, 1, 1), unpaired: 3, relabelled: 1, missing_before: ['tart'] };
  expect(leftOut(c)).toEqual([
    '3 images without an earlier prediction',
    '1 image with another label before',
    '1 class only before: tart',
  ]);
});

it('writes small p as such', () => {
  expect(pText(0.032)).toBe('p = 0.032');
  expect(pText(1e-9)).toBe('p < 0.001');
});

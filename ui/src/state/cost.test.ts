import { expect, it } from 'vitest';
import { expected, noteRate, runs } from './cost';

it('expects the seconds of the model’s measured rate, else of a map of many runs, else none', () => {
  const few = { evaluations: 1, seconds: 2 };
  expect(expected('a', few)).toBeNull();
  expect(expected('a', { evaluations: 200, seconds: 1 })).toBeCloseTo(runs / 200);
  noteRate('a', 0.01);
  expect(expected('a', few)).toBeCloseTo(runs * 0.01);
  expect(expected('b', few)).toBeNull();
});

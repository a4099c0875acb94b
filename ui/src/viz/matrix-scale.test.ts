import { describe, expect, it } from 'vitest';
import type { Matrix } from '../api/types';
import { sums } from './matrix';
import { errorPlace, fullError, rate, shade } from './matrix-scale';

const matrixOf = (rows: number[][]): Matrix => ({
  rows: rows.length,
  columns: rows[0].length,
  counts: new Uint32Array(rows.flat()),
});
const good = matrixOf([
  [70, 2, 0],
  [0, 72, 0],
]);
const bad = matrixOf([
  [53, 19, 0],
  [36, 36, 0],
]);

describe('the colour of a cell', () => {
  const red = (m: Matrix, values: 'counts' | 'row' | 'column' = 'counts') =>
    shade(rate(m, sums(m), values, 0, 1), false);

  it('goes by the share of the label, whatever else is wrong', () => {
    expect(red(good)).toBeCloseTo(0.06 + 0.94 * Math.sqrt(2 / 72 / fullError));
    expect(red(bad)).toBeGreaterThan(2.5 * red(good));
    expect(red(good, 'row')).toBe(red(good));
  });

  it('goes by the share of the prediction where that is shown', () => {
    expect(red(good, 'column')).toBeCloseTo(shade(2 / 74, false));
  });

  it('shows one error in a thousand, and no more than the full colour', () => {
    expect(shade(0.001, false)).toBeGreaterThan(0.08);
    expect(shade(0, false)).toBe(0);
    expect(shade(0.5, false)).toBe(1);
    expect(shade(1, false)).toBe(1);
    expect(errorPlace(0.05)).toBeCloseTo(0.316, 3);
  });

  it('is that of recall on the diagonal', () => {
    expect(shade(1, true)).toBe(1);
    expect(shade(0.5, true)).toBeCloseTo(0.53);
  });
});

import { describe, expect, it } from 'vitest';
import type { Matrix } from '../api/types';
import { cellShare, classOrder, clampWindow, confusions, sums, zoomWindow } from './matrix';
import { layout, placeAt, type Scene } from './matrix-layout';
import { nearest, niceTop, stepPath } from './plot';

/** Rows of counts; the last column is "no decision". */
function matrixOf(rows: number[][]): Matrix {
  return { rows: rows.length, columns: rows[0].length, counts: new Uint32Array(rows.flat()) };
}

const small = matrixOf([
  [8, 2, 0, 0],
  [1, 4, 0, 5],
  [0, 0, 0, 0],
]);
const names = ['pear', 'apple', 'fig'];

describe('sums and shares', () => {
  const total = sums(small);

  it('counts rows with the undecided, errors without', () => {
    expect([...total.rows]).toEqual([10, 10, 0]);
    expect([...total.columns]).toEqual([9, 6, 0, 5]);
    expect([...total.errors]).toEqual([2, 1, 0]);
    expect(total.noDecision).toBe(5);
  });

  it('gives counts and shares of row and column; an empty row is 0, not NaN', () => {
    expect(cellShare(small, total, 'counts', 0, 1)).toBe(2);
    expect(cellShare(small, total, 'row', 1, 1)).toBe(0.4);
    expect(cellShare(small, total, 'column', 0, 1)).toBeCloseTo(1 / 3);
    expect(cellShare(small, total, 'row', 2, 2)).toBe(0);
  });

  it('lists the confusions, most first, the undecided left out', () => {
    expect(confusions(small, total, 9)).toEqual([
      { label: 0, predicted: 1, count: 2, share: 0.2 },
      { label: 1, predicted: 0, count: 1, share: 0.1 },
    ]);
    expect(confusions(small, total, 1)).toHaveLength(1);
  });
});

describe('orders', () => {
  it('sorts by name and by share of errors', () => {
    expect(classOrder(small, names, 'name', false)).toEqual([1, 2, 0]);
    expect(classOrder(small, names, 'error', false)).toEqual([0, 1, 2]);
  });

  it('hides classes without samples and predictions', () => {
    expect(classOrder(small, names, 'name', true)).toEqual([1, 0]);
  });
});

describe('windows', () => {
  it('stay inside the matrix', () => {
    expect(clampWindow({ row: -3, column: 95, size: 10 }, 100)).toEqual({ row: 0, column: 90, size: 10 });
    expect(clampWindow({ row: 5, column: 5, size: 500 }, 100)).toEqual({ row: 0, column: 0, size: 100 });
    expect(clampWindow({ row: 0, column: 0, size: 0.1 }, 2).size).toBe(2);
  });

  it('zoom about a point, which stays where it is', () => {
    const before = { row: 0, column: 0, size: 100 };
    const after = zoomWindow(before, 100, 0.5, 0.25, 0.75);
    expect(after.size).toBe(50);
    expect(after.column + 0.25 * 50).toBe(25);
    expect(after.row + 0.75 * 50).toBe(75);
  });
});

describe('finding the cell under the pointer', () => {
  const scene = (size: number): Scene => ({
    matrix: small,
    sums: sums(small),
    classes: names,
    order: [1, 2, 0],
    values: 'counts',
    window: { row: 3 - size, column: 0, size },
    showNone: true,
  });

  it('is the inverse of the layout, zoomed or not', () => {
    for (const size of [3, 2]) {
      const s = scene(size);
      const at = layout(500, s, (text) => text.length * 6);
      const x = at.left + 1.5 * at.cell;
      const y = at.top + 0.5 * at.cell;
      expect(placeAt(at, s, x, y)).toEqual({ row: 3 - size, column: 1 });
    }
  });

  it('knows the column of the undecided, the gap and the margins', () => {
    const s = scene(3);
    const at = layout(500, s, (text) => text.length * 6);
    const y = at.top + 1;
    expect(placeAt(at, s, at.left + at.side + at.gap + 1, y)).toEqual({ row: 0, column: 3 });
    expect(placeAt(at, s, at.left + at.side + at.gap / 2, y)).toBeNull();
    expect(placeAt(at, s, at.left - 2, y)).toBeNull();
    expect(placeAt(at, s, at.left + 1, at.top - 2)).toBeNull();
  });

  it('keeps its size while one zooms in', () => {
    const whole = layout(500, scene(3), (text) => text.length * 6);
    const part = layout(500, scene(1), (text) => text.length * 6);
    expect([part.side, part.height, part.none]).toEqual([whole.side, whole.height, whole.none]);
    expect(part.cell).toBeCloseTo(3 * whole.cell);
  });

  it('fits the given width', () => {
    for (const width of [240, 390, 900]) {
      const at = layout(width, scene(3), (text) => text.length * 6);
      expect(at.left + at.side + at.gap + at.none).toBeLessThanOrEqual(width);
    }
  });
});

describe('plots', () => {
  it('draws precision as steps', () => {
    expect(
      stepPath([
        { x: 0, y: 10 },
        { x: 5, y: 8 },
      ]),
    ).toBe('M0.0 10.0H5.0V8.0');
  });

  it('finds the nearest point', () => {
    expect(
      nearest(
        [
          { x: 0, y: 0 },
          { x: 9, y: 9 },
        ],
        6,
        6,
      ),
    ).toBe(1);
    expect(nearest([], 6, 6)).toBe(-1);
  });

  it('rounds axis ends up', () => {
    expect([0, 1, 3, 7, 10, 11, 480].map(niceTop)).toEqual([1, 1, 5, 10, 10, 20, 500]);
  });
});

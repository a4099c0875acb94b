import { describe, expect, it, test } from 'vitest';
import type { Affine, AttributionMap } from '../api/types';
import { cellAt, centreOf, move, outline, valueAt } from './reading';
import { sample } from './overlay';

function makeMap(width: number, height: number, matrix: Affine): AttributionMap {
  const values = Float32Array.from({ length: width * height }, (_, i) => i);
  return { width, height, values, geometry: { matrix } } as unknown as AttributionMap;
}

/** Three cells by two, of ten pixels, over the part of an image that begins at (5, 20). */
const upright = makeMap(3, 2, [10, 0, 5, 0, 10, 20]);
/** The same turned a quarter: displayed X = 20 − 10 v, Y = 10 u. */
const turned = makeMap(3, 2, [0, -10, 20, 10, 0, 0]);

describe('the cell under a pixel', () => {
  it.each([
    [5, 20, { column: 0, row: 0 }],
    [14.99, 29.99, { column: 0, row: 0 }],
    [15, 30, { column: 1, row: 1 }],
    [34.9, 39.9, { column: 2, row: 1 }],
    [35, 30, null],
    [4.9, 30, null],
    [10, 40, null],
  ])('at %d, %d is %j', (x, y, cell) => {
    expect(cellAt(upright, x, y)).toEqual(cell);
  });

  it('holds its own centre, upright and turned', () => {
    for (const map of [upright, turned])
      for (let row = 0; row < 2; row++)
        for (let column = 0; column < 3; column++) {
          const cell = { column, row };
          expect(cellAt(map, ...centreOf(map, cell))).toEqual(cell);
          expect(valueAt(map, cell)).toBe(row * 3 + column);
        }
  });

  it('is nothing where the transform is flat', () => {
    expect(cellAt(makeMap(1, 1, [0, 0, 0, 0, 0, 0]), 0, 0)).toBeNull();
  });

  it('has four corners', () => {
    expect(outline(upright, { column: 1, row: 0 })).toBe('15,20 25,20 25,30 15,30');
  });
});

describe('moving by arrow keys', () => {
  it.each([
    ['upright', upright],
    ['turned', turned],
  ])('goes where the arrow points on the screen: %s', (_, map) => {
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      const from = { column: 1, row: map === turned ? (dx > 0 ? 1 : 0) : dy < 0 ? 1 : 0 };
      const [x0, y0] = centreOf(map, from);
      const [x1, y1] = centreOf(map, move(map, from, dx, dy));
      expect([Math.sign(x1 - x0), Math.sign(y1 - y0)]).toEqual([dx, dy]);
    }
  });

  it('stops at the rim, and goes there at once when told', () => {
    expect(move(upright, { column: 2, row: 0 }, 1, 0)).toEqual({ column: 2, row: 0 });
    expect(move(upright, { column: 0, row: 1 }, 1, 0, true)).toEqual({ column: 2, row: 1 });
  });
});

test('the outermost cells reach to the edges of what the model saw, wherever their middles lie', () => {
  const map = {
    width: 2,
    height: 1,
    values: Float32Array.from([1, 2]),
    geometry: { matrix: [8, 0, -4, 0, 8, 0], edges: [0.5, 0, 2.5, 1] },
  } as unknown as AttributionMap;
  expect(cellAt(map, 0, 4)).toEqual({ column: 0, row: 0 });
  expect(cellAt(map, 15.9, 4)).toEqual({ column: 1, row: 0 });
  expect(cellAt(map, 16.1, 4)).toBeNull();
  expect(outline(map, { column: 1, row: 0 })).toBe('4,0 16,0 16,8 4,8');
  expect(sample(map, 2.4, 0.5)).toBe(2);
  expect(sample(map, 0.4, 0.5)).toBeNaN();
});

import { describe, expect, it } from 'vitest';

import { columnsOf, maskArea, maskContains, maskOutline, maskTop } from './mask';

// Three rows of four columns:
//   . # # .
//   . # # #
//   # . # .
const points = [4, 3, 2, 3, 1, 3, 1, 1, 1];
const inside = ['.##.', '.###', '#.#.'];

describe('masks', () => {
  it('are read down the columns, across their ends', () => {
    expect(columnsOf(points)).toEqual([[[2, 3]], [[0, 2]], [[0, 3]], [[1, 2]]]);
    expect(maskArea(points)).toBe(7);
    expect(maskTop(points)).toEqual([1, 0]);
  });

  it('hold their pixels and no other point', () => {
    for (let y = -1; y < 4; y++) {
      for (let x = -1; x < 5; x++) {
        expect(maskContains(points, x + 0.5, y + 0.25)).toBe(inside[y]?.[x] === '#');
      }
    }
  });

  it('are outlined along every edge between inside and outside, once', () => {
    const drawn = new Set<string>();
    for (const [, x, y, turn, n] of maskOutline(points).matchAll(/M(\d+) (\d+)([hV])(\d+)/g)) {
      for (let i = 0; i < (turn === 'h' ? 1 : Number(n) - Number(y)); i++) {
        const edge = turn === 'h' ? `${x},${y} right` : `${x},${Number(y) + i} down`;
        expect(drawn.has(edge)).toBe(false);
        drawn.add(edge);
      }
    }
    const at = (x: number, y: number) => inside[y]?.[x] === '#';
    const edges = new Set<string>();
    for (let y = 0; y <= 3; y++) {
      for (let x = 0; x <= 4; x++) {
        if (at(x, y) !== at(x, y - 1)) edges.add(`${x},${y} right`);
        if (at(x, y) !== at(x - 1, y)) edges.add(`${x},${y} down`);
      }
    }
    expect([...drawn].sort()).toEqual([...edges].sort());
  });
});

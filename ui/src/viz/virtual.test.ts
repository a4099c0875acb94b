import { describe, expect, it } from 'vitest';
import { scrollTo, visibleRows } from './virtual';

describe('rows in sight', () => {
  it('are the ones under the scroll position, with one to spare', () => {
    expect(visibleRows(100, 10, 250, 50)).toEqual({ height: 1000, from: 24, to: 31, offset: 240 });
    expect(visibleRows(3, 10, 0, 50)).toEqual({ height: 30, from: 0, to: 3, offset: 0 });
    expect(visibleRows(0, 10, 0, 50)).toEqual({ height: 0, from: 0, to: 0, offset: 0 });
  });

  it('reach from the first to the last of a list too tall for a browser', () => {
    const [rows, rowHeight, view, limit] = [1_000_000, 200, 600, 16_000_000];
    const first = visibleRows(rows, rowHeight, 0, view, limit);
    const last = visibleRows(rows, rowHeight, limit - view, view, limit);
    expect([first.from, first.offset, first.height]).toEqual([0, 0, limit]);
    expect(last.to).toBe(rows);
    // The last row ends exactly where the scrolled element does.
    expect(last.offset + (last.to - last.from) * rowHeight).toBeCloseTo(limit, 3);
  });

  it('cover the view at every position', () => {
    const [rows, rowHeight, view, limit] = [400_000, 205, 640, 16_000_000];
    for (let top = 0; top <= limit - view; top += 1_234_567) {
      const { from, to, offset } = visibleRows(rows, rowHeight, top, view, limit);
      expect(offset, `top ${top}`).toBeLessThanOrEqual(top);
      expect(offset + (to - from) * rowHeight, `top ${top}`).toBeGreaterThanOrEqual(top + view);
    }
  });
});

it('scrolls no farther than a row needs to be in sight whole', () => {
  expect(scrollTo(100, 50, 3, 0, 400)).toBe(0);
  expect(scrollTo(100, 50, 10, 0, 400)).toBe(150);
  expect(scrollTo(100, 50, 2, 1000, 400)).toBe(100);
});

it('finds every row of a list that is taller than browsers allow', () => {
  for (const row of [0, 1, 4999, 98_765, 99_999]) {
    const top = scrollTo(100_000, 50, row, 0, 400, 20_000);
    const { from, to } = visibleRows(100_000, 50, top, 400, 20_000);
    expect([from <= row, row < to]).toEqual([true, true]);
  }
});

import { expect, it } from 'vitest';
import { bandPath, extent, linePath, nearest, niceTop, scale } from './plot';

const x = scale(0, 1, 0, 100);
const y = scale(0, 1, 50, 0);

it('draws a line through its points, upwards on the screen', () => {
  expect(linePath([0, 0.5, 1], [0, 1, 0.5], x, y)).toBe('M0.0 50.0L50.0 0.0L100.0 25.0');
});

it('closes a band along its upper and back along its lower rim', () => {
  expect(bandPath([0, 1], [0, 0.5], [0.5, 1], x, y)).toBe('M0.0 25.0L100.0 0.0L100.0 25.0L0.0 50.0Z');
  expect(bandPath([], [], [], x, y)).toBe('');
});

it('widens an axis only as far as the values go', () => {
  expect(extent([0.2, 0.7], 0, 1)).toEqual([0, 1]);
  expect(extent([-0.2, 1.5], 0, 1)).toEqual([-0.2, 1.5]);
});

it('finds the nearest point and a round axis', () => {
  expect(
    nearest(
      [
        { x: 0, y: 0 },
        { x: 9, y: 9 },
      ],
      8,
      8,
    ),
  ).toBe(1);
  expect(nearest([], 0, 0)).toBe(-1);
  expect([0, 3, 17, 60].map(niceTop)).toEqual([1, 5, 20, 100]);
});

import { expect, it } from 'vitest';
import { fit, inPolygon, inView, nearest, panned, toPixel, toPlane, zoomed } from './plane';

const size = { width: 400, height: 200 };
const xy = Float32Array.from([-1, -1, 3, 1, 1, 0, 1.5, 0.5]);

it('fits all points and finds them again under their pixels', () => {
  const c = fit(xy, size);
  for (let i = 0; i < 4; i++) {
    const at = toPixel(c, size, { x: xy[2 * i], y: xy[2 * i + 1] });
    expect(at.x).toBeGreaterThanOrEqual(0);
    expect(at.x).toBeLessThanOrEqual(400);
    expect(at.y).toBeGreaterThanOrEqual(0);
    expect(at.y).toBeLessThanOrEqual(200);
    expect(nearest(xy, c, size, at, 5)).toBe(i);
    expect(nearest(xy, c, size, { x: at.x + 9, y: at.y }, 5)).toBe(-1);
  }
  expect(fit(new Float32Array(0), size).scale).toBe(1);
});

it('keeps the place under the pointer while zooming, and moves by pixels', () => {
  const c = fit(xy, size);
  const at = { x: 37, y: 151 };
  const before = toPlane(c, size, at);
  const after = toPlane(zoomed(c, size, at, 2.5), size, at);
  expect(after.x).toBeCloseTo(before.x, 9);
  expect(after.y).toBeCloseTo(before.y, 9);
  const moved = toPixel(panned(c, 10, -4), size, before);
  expect(moved.x).toBeCloseTo(47, 9);
  expect(moved.y).toBeCloseTo(147, 9);
});

it('selects by the even–odd rule and lists what is in view', () => {
  const square = [0.5, 2].flatMap((x) => [
    { x, y: x < 1 ? -0.5 : 1 },
    { x, y: x < 1 ? 1 : -0.5 },
  ]);
  expect(inPolygon(xy, square)).toEqual([2, 3]);
  expect(inPolygon(xy, [])).toEqual([]);
  const near = { x: 1, y: 0, scale: 300 };
  expect(inView(xy, near, size, 10)).toEqual({ total: 1, first: [2] });
  expect(inView(xy, fit(xy, size), size, 2)).toEqual({ total: 4, first: [0, 1] });
});

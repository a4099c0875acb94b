/** The plane of a scatter plot: what of it is in view, which points lie where. Free of any canvas. */

/** The middle of what is in view, and how many pixels a unit of the plane takes. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Spot {
  x: number;
  y: number;
}

/** fit shows all points, with a margin. */
export function fit(xy: Float32Array, { width, height }: Size): Camera {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < xy.length; i += 2) {
    left = Math.min(left, xy[i]);
    right = Math.max(right, xy[i]);
    low = Math.min(low, xy[i + 1]);
    high = Math.max(high, xy[i + 1]);
  }
  if (!(right >= left)) return { x: 0, y: 0, scale: 1 };
  const wide = Math.max(right - left, 1e-6);
  const tall = Math.max(high - low, 1e-6);
  const scale = 0.92 * Math.min(width / wide, height / tall);
  return { x: (left + right) / 2, y: (low + high) / 2, scale };
}

/** toPlane is the place under a pixel; y points up. */
export const toPlane = (c: Camera, size: Size, at: Spot): Spot => ({
  x: c.x + (at.x - size.width / 2) / c.scale,
  y: c.y - (at.y - size.height / 2) / c.scale,
});

export const toPixel = (c: Camera, size: Size, at: Spot): Spot => ({
  x: size.width / 2 + (at.x - c.x) * c.scale,
  y: size.height / 2 - (at.y - c.y) * c.scale,
});

/** panned moves what is in view by pixels. */
export const panned = (c: Camera, dx: number, dy: number): Camera => ({
  ...c,
  x: c.x - dx / c.scale,
  y: c.y + dy / c.scale,
});

/** zoomed magnifies by a factor about a pixel, which keeps its place. */
export function zoomed(c: Camera, size: Size, at: Spot, factor: number): Camera {
  const fixed = toPlane(c, size, at);
  const scale = c.scale * factor;
  return {
    x: fixed.x - (at.x - size.width / 2) / scale,
    y: fixed.y + (at.y - size.height / 2) / scale,
    scale,
  };
}

/** nearest is the point nearest to a pixel within so many pixels of it, or -1; only those that may be chosen count. */
export function nearest(
  xy: Float32Array,
  c: Camera,
  size: Size,
  at: Spot,
  within: number,
  may: (i: number) => boolean = () => true,
): number {
  const p = toPlane(c, size, at);
  let best = (within / c.scale) ** 2;
  let found = -1;
  for (let i = 0; 2 * i < xy.length; i++) {
    const dx = xy[2 * i] - p.x;
    const dy = xy[2 * i + 1] - p.y;
    const square = dx * dx + dy * dy;
    if (square <= best && may(i)) {
      best = square;
      found = i;
    }
  }
  return found;
}

/** inPolygon lists the points within a line that closes itself (even–odd rule), in the plane. */
export function inPolygon(xy: Float32Array, line: Spot[]): number[] {
  const xs = line.map(({ x }) => x);
  const ys = line.map(({ y }) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const found: number[] = [];
  for (let i = 0; 2 * i < xy.length; i++) {
    const x = xy[2 * i];
    const y = xy[2 * i + 1];
    if (x < left || x > right || y < low || y > high) continue;
    let inside = false;
    for (let a = 0, b = line.length - 1; a < line.length; b = a++) {
      if (ys[a] > y !== ys[b] > y && x < ((xs[b] - xs[a]) * (y - ys[a])) / (ys[b] - ys[a]) + xs[a])
        inside = !inside;
    }
    if (inside) found.push(i);
  }
  return found;
}

/** inView lists the points that are in view, at most so many. */
export function inView(
  xy: Float32Array,
  c: Camera,
  size: Size,
  most: number,
): { total: number; first: number[] } {
  const a = toPlane(c, size, { x: 0, y: size.height });
  const b = toPlane(c, size, { x: size.width, y: 0 });
  const first: number[] = [];
  let total = 0;
  for (let i = 0; 2 * i < xy.length; i++) {
    if (xy[2 * i] < a.x || xy[2 * i] > b.x || xy[2 * i + 1] < a.y || xy[2 * i + 1] > b.y) continue;
    if (total++ < most) first.push(i);
  }
  return { total, first };
}

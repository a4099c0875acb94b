/** Small helpers of the line and bar plots (drawn as SVG by the pages). */

/** scale maps a domain onto a range, linearly. */
export function scale(d0: number, d1: number, r0: number, r1: number): (value: number) => number {
  const k = d1 === d0 ? 0 : (r1 - r0) / (d1 - d0);
  return (value) => r0 + (value - d0) * k;
}

/** stepPath draws precision against recall as steps: precision holds until recall changes. */
export function stepPath(points: { x: number; y: number }[]): string {
  let path = '';
  points.forEach((point, i) => {
    const [x, y] = [point.x.toFixed(1), point.y.toFixed(1)];
    path += i === 0 ? `M${x} ${y}` : `H${x}V${y}`;
  });
  return path;
}

/** nearest finds the index of the point closest to (x, y); -1 of none. */
export function nearest(points: { x: number; y: number }[], x: number, y: number): number {
  let best = -1;
  let distance = Infinity;
  points.forEach((point, i) => {
    const d = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (d < distance) [best, distance] = [i, d];
  });
  return best;
}

/** niceTop rounds a count up to 1, 2 or 5 times a power of ten, for an axis. */
export function niceTop(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value)!;
}

type Scale = (value: number) => number;

/** linePath joins the points (xs[i], ys[i]) by straight lines. */
export const linePath = (xs: number[], ys: number[], x: Scale, y: Scale): string =>
  ys.map((value, i) => `${i ? 'L' : 'M'}${x(xs[i]).toFixed(1)} ${y(value).toFixed(1)}`).join('');

/** bandPath is the closed outline between two lines over the same places. */
export function bandPath(xs: number[], low: number[], high: number[], x: Scale, y: Scale): string {
  if (!low.length) return '';
  const back = low.map((_, i) => low.length - 1 - i);
  const under = back.map((i) => `L${x(xs[i]).toFixed(1)} ${y(low[i]).toFixed(1)}`).join('');
  return `${linePath(xs, high, x, y)}${under}Z`;
}

/** extent of values, at least from `low` to `high`. */
export const extent = (values: number[], low: number, high: number): [number, number] =>
  values.reduce<[number, number]>(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [low, high]);

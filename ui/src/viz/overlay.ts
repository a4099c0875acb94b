/**
 * Drawing attribution maps: raw values in, pixels out. Nothing here changes
 * the values; scale, threshold and colours only decide how they look.
 */
import type { AttributionMap, Region } from '../api/types';
import { apply, bounds, invert } from './affine';
import { colourMap } from './colour';
import { maskArea, maskContains } from './mask';

export interface OverlayStyle {
  colours: string;
  /** 0..1; where the map is strongest the image shows through by 1 − opacity. */
  opacity: number;
  /** Share of the scale under which nothing is drawn, 0..1. */
  cut: number;
  /** The value drawn in the last colour. */
  scale: number;
  /** Draw the map alone: fully opaque wherever the map says something. */
  solid: boolean;
}

/** isSigned tells whether the colour map shows negative values too. */
export const isSigned = (colours: string): boolean => colours === 'diverging';

/** isFine: so many values that single ones must not set the scale, or the others had no colour. */
export const isFine = (map: AttributionMap): boolean => map.values.length > 64 * 64;

const ends = new WeakMap<Float32Array, number>();

/** fineEnd is the size at which the strongest hundredth of a fine map's values begins. */
function fineEnd(values: Float32Array): number {
  let end = ends.get(values);
  if (end === undefined) {
    const sizes = values.map(Math.abs).sort();
    end = sizes[sizes.length - 1 - Math.floor(sizes.length / 100)];
    ends.set(values, end);
  }
  return end;
}

/**
 * magnitude is the scale that fits one map: its largest value (or absolute value, if signed); in
 * a fine map where the strongest hundredth begins.
 */
export function magnitude(map: AttributionMap, colours: string): number {
  if (isFine(map)) {
    const end = fineEnd(map.values);
    if (end > 0) return end;
  }
  let top = 0;
  for (const value of map.values) {
    const size = isSigned(colours) ? Math.abs(value) : value;
    if (size > top) top = size;
  }
  return top;
}

/**
 * sample reads the map at continuous cell coordinates, bilinearly between cell
 * centres; NaN where the model saw nothing. At the rim the outermost centres hold.
 */
export function sample(
  map: AttributionMap,
  x: number,
  y: number,
  [left, top, right, bottom] = bounds(map),
): number {
  const { width, height, values } = map;
  if (x < left || y < top || x > right || y > bottom) return NaN;
  const cx = Math.min(width - 1, Math.max(0, x - 0.5));
  const cy = Math.min(height - 1, Math.max(0, y - 0.5));
  const x0 = Math.floor(cx);
  const y0 = Math.floor(cy);
  const x1 = Math.min(width - 1, x0 + 1);
  const y1 = Math.min(height - 1, y0 + 1);
  const fx = cx - x0;
  const fy = cy - y0;
  const upper = values[y0 * width + x0] * (1 - fx) + values[y0 * width + x1] * fx;
  const lower = values[y1 * width + x0] * (1 - fx) + values[y1 * width + x1] * fx;
  return upper * (1 - fy) + lower * fy;
}

const smooth = (t: number): number => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));

/** render returns RGBA pixels of the map over the whole displayed image, at width × height. */
export function render(
  map: AttributionMap,
  width: number,
  height: number,
  style: OverlayStyle,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  const inverse = invert(map.geometry.matrix);
  if (!inverse || !(style.scale > 0)) return pixels;
  const lut = colourMap(style.colours);
  const signed = isSigned(style.colours);
  const input = bounds(map);
  const sx = map.geometry.display_width / width;
  const sy = map.geometry.display_height / height;
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += 4) {
      const [x, y] = apply(inverse, (column + 0.5) * sx, (row + 0.5) * sy);
      const t = sample(map, x, y, input) / style.scale;
      if (Number.isNaN(t)) continue;
      const strength = signed ? Math.abs(t) : t;
      const hidden = style.cut > 0 && strength < style.cut;
      if (hidden || (!style.solid && strength <= 0)) continue;
      const level = Math.min(1, Math.max(0, signed ? 0.5 + t / 2 : t));
      const index = 3 * Math.round(level * 255);
      pixels[at] = lut[index];
      pixels[at + 1] = lut[index + 1];
      pixels[at + 2] = lut[index + 2];
      // Weak effects fade out, so that the image stays readable under them.
      pixels[at + 3] = 255 * (style.solid ? 1 : style.opacity * smooth(strength / 0.6));
    }
  }
  return pixels;
}

export interface Hottest {
  /** Displayed pixels. */
  x: number;
  y: number;
  value: number;
}

/** hottest is the centre of the cell with the largest value, or null if none is positive. */
export function hottest(map: AttributionMap): Hottest | null {
  let best = -1;
  for (let i = 0; i < map.values.length; i++) {
    if (map.values[i] > 0 && (best < 0 || map.values[i] > map.values[best])) best = i;
  }
  if (best < 0) return null;
  const [x, y] = apply(map.geometry.matrix, (best % map.width) + 0.5, Math.floor(best / map.width) + 0.5);
  return { x, y, value: map.values[best] };
}

/** area of a region in square displayed pixels. */
export function area({ kind, points: p }: Region): number {
  if (kind === 'box') return Math.abs((p[2] - p[0]) * (p[3] - p[1]));
  if (kind === 'mask') return maskArea(p);
  let twice = 0;
  for (let i = 0, j = p.length - 2; i < p.length; j = i, i += 2) twice += p[j] * p[i + 1] - p[i] * p[j + 1];
  return Math.abs(twice) / 2;
}

/** contains tells whether a point lies in a region (even–odd rule for polygons). */
export function contains({ kind, points: p }: Region, x: number, y: number): boolean {
  if (kind === 'box') {
    const inX = x >= Math.min(p[0], p[2]) && x < Math.max(p[0], p[2]);
    return inX && y >= Math.min(p[1], p[3]) && y < Math.max(p[1], p[3]);
  }
  if (kind === 'mask') return maskContains(p, x, y);
  let inside = false;
  for (let i = 0, j = p.length - 2; i < p.length; j = i, i += 2) {
    const crosses = p[i + 1] > y !== p[j + 1] > y;
    if (crosses && x < ((p[j] - p[i]) * (y - p[i + 1])) / (p[j + 1] - p[i + 1]) + p[i]) inside = !inside;
  }
  return inside;
}

/** regionAt names the smallest region that holds the point, or "". */
export function regionAt(regions: Region[], x: number, y: number): string {
  const hits = regions.filter((region) => contains(region, x, y));
  hits.sort((a, b) => area(a) - area(b));
  return hits[0]?.name ?? '';
}

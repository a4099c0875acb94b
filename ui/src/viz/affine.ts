/** Affine transforms as the API sends them: X = m0 x + m1 y + m2, Y = m3 x + m4 y + m5. */

import type { Affine } from '../api/types';

export type { Affine };

export function apply(m: Affine, x: number, y: number): [number, number] {
  return [m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]];
}

/** bounds are the left, top, right and bottom of the model's input in cells of a map. */
export const bounds = ({
  width,
  height,
  geometry,
}: {
  width: number;
  height: number;
  geometry: { edges?: number[] };
}): number[] => geometry.edges ?? [0, 0, width, height];

/** invert returns null for a transform that flattens the plane. */
export function invert(m: Affine): Affine | null {
  const det = m[0] * m[4] - m[1] * m[3];
  if (!Number.isFinite(det) || det === 0) return null;
  const [a, b, c, d] = [m[4] / det, -m[1] / det, -m[3] / det, m[0] / det];
  return [a, b, -(a * m[2] + b * m[5]), c, d, -(c * m[2] + d * m[5])];
}

import type { Concept, ConceptSample } from '../../../api/types';
import { fixed } from '../../../format';

/** The part of an image that is shown: left, top, width and height in its pixels. */
export type Frame = [number, number, number, number];

/** cropOf is a square around a concept, within the image: a quarter wider, never less than a third of it. */
export function cropOf({ bounds, width, height }: ConceptSample): Frame {
  const [left, top, right, bottom] = bounds;
  const side = Math.min(
    Math.max((right - left) * 1.25, (bottom - top) * 1.25, Math.min(width, height) / 3),
    width,
    height,
  );
  const place = (middle: number, size: number) => Math.min(Math.max(middle - side / 2, 0), size - side);
  return [place((left + right) / 2, width), place((top + bottom) / 2, height), side, side];
}

/** outside is an SVG path of all of an image but the concept's boxes, to be filled by the even-odd rule. */
export const outside = ({ boxes, width, height }: ConceptSample): string =>
  `M0 0H${width}V${height}H0Z` +
  boxes.map(([left, top, right, bottom]) => `M${left} ${top}H${right}V${bottom}H${left}Z`).join('');

/** same is the cosine from which on two concepts are the same part, as the server has it. */
export const same = 0.9;

/** likeText says how much a concept belongs to its class. */
export function likeText({ like }: Concept): string {
  if (!like) return 'no other class was looked into';
  const nearest = `${like.class_name} ${like.number} (${fixed(like.cosine, 2)})`;
  return like.cosine >= same
    ? `also in other classes: ${nearest}`
    : `in this class alone; nearest: ${nearest}`;
}

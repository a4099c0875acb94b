import { expect, it } from 'vitest';
import { colourMap } from '../colour';
import { classColour, tinted, type Values } from './tint';

const values: Values = {
  label: Int32Array.from([0, 1, 1, -1]),
  predicted: Int32Array.from([0, 0, 1, 1]),
  confidence: Float32Array.from([1, 0, 0.5, 0.5]),
  inside: Uint8Array.from([1, 1, 0, 1]),
};
const lut = colourMap('viridis');
const rgb = (colours: Uint8Array, i: number) => [...colours.slice(4 * i, 4 * i + 3)];

it('colours by classes, keeps what is outside faint and below', () => {
  const { colours, order } = tinted(values, 'label', 2, [9, 8, 7], lut, null);
  expect(rgb(colours, 0)).toEqual(classColour(0, 2));
  expect(rgb(colours, 1)).toEqual(classColour(1, 2));
  expect(rgb(colours, 3)).toEqual(classColour(-1, 2));
  expect(colours[4 * 2 + 3]).toBeLessThan(colours[3]);
  expect([...order]).toEqual([2, 0, 1, 3]);
});

it('lays mistakes and a tag above the others', () => {
  const wrong = tinted(values, 'error', 2, [9, 8, 7], lut, null);
  expect(rgb(wrong.colours, 1)).toEqual([9, 8, 7]);
  expect([...wrong.order]).toEqual([2, 0, 3, 1]);
  const tag = tinted(values, 'tag', 2, [9, 8, 7], lut, Uint8Array.from([1, 0, 0, 0]));
  expect(rgb(tag.colours, 0)).toEqual([9, 8, 7]);
  expect([...tag.order]).toEqual([2, 1, 3, 0]);
  const sure = tinted(values, 'confidence', 2, [9, 8, 7], lut, null);
  expect(rgb(sure.colours, 0)).toEqual([...lut.slice(765, 768)]);
  expect(rgb(sure.colours, 1)).toEqual([...lut.slice(0, 3)]);
});

it('gives many classes different colours', () => {
  const seen = new Set(Array.from({ length: 60 }, (_, i) => classColour(i, 60).join()));
  expect(seen.size).toBe(60);
});

import { expect, it } from 'vitest';
import type { ConceptSample } from '../../../api/types';
import { cropOf, likeText, outside } from './concepts';

const sample = (bounds: [number, number, number, number]): ConceptSample => ({
  id: 1,
  path: 'a.jpg',
  width: 96,
  height: 120,
  strength: 1,
  adds: 1,
  bounds,
  boxes: [bounds],
});

it('crops a square within the image', () => {
  expect(cropOf(sample([40, 40, 72, 60]))).toEqual([36, 30, 40, 40]);
  expect(cropOf(sample([0, 0, 8, 8]))).toEqual([0, 0, 32, 32]);
  expect(cropOf(sample([0, 0, 96, 120]))).toEqual([0, 12, 96, 96]);
});

it('leaves the place of the concept out of what is dimmed', () => {
  expect(outside(sample([1, 2, 3, 4]))).toBe('M0 0H96V120H0ZM1 2H3V4H1Z');
});

it('says whether other classes have the part', () => {
  const concept = { like: { class: 1, class_name: 'police', number: 4, cosine: 0.93 } } as never;
  expect(likeText(concept)).toBe('also in other classes: police 4 (0.93)');
  expect(likeText({ like: null } as never)).toBe('no other class was looked into');
});

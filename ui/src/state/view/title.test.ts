import { expect, it } from 'vitest';
import { sliceTitle } from './title';
import { emptySlice } from './view';

const classes = ['cake', 'chocolate'];

it.each([
  [{}, 'All mistakes'],
  [{ label: 0, predicted: 1 }, 'cake → chocolate'],
  [{ label: 0, predicted: -1 }, 'cake → no decision'],
  [{ label: 1 }, 'Labelled chocolate'],
  [{ predicted: 1 }, 'Predicted chocolate'],
  [{ predicted: -1 }, 'No decision'],
  [{ correct: 'any' as const }, 'All images'],
  [
    { correct: 'false' as const, minConfidence: 0.9, maxConfidence: 1 },
    'Mistakes, confidence 90\u202f% to 100\u202f%',
  ],
  [
    { correct: 'true' as const, minConfidence: 0.9, maxConfidence: 1 },
    'Right, confidence 90\u202f% to 100\u202f%',
  ],
  [{ scoreClass: 1, minScore: 0.5 }, 'Score of chocolate at least 50.0\u202f%'],
])('names %j as %s', (change, title) => {
  expect(sliceTitle({ ...emptySlice, ...change }, classes)).toBe(title);
});

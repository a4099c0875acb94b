import { expect, it } from 'vitest';
import { sliceTitle } from './title';
import { parseView } from './address';

const classes = ['cake', 'chocolate'];

it.each([
  ['', 'All mistakes'],
  ['split=test&threshold=0.5', 'All mistakes'],
  ['label=0&predicted=1', 'cake → chocolate'],
  ['label=0&predicted=-1', 'cake → no decision'],
  ['label=1', 'Labelled chocolate'],
  ['label=-1', 'Without a label'],
  ['predicted=1', 'Predicted chocolate'],
  ['predicted=-1', 'No decision'],
  ['label=0,1&predicted=!1', 'Cake or chocolate, not taken for chocolate'],
  ['correct=any', 'All images'],
  ['correct=false&min_confidence=0.9&max_confidence=1', 'Mistakes, confidence 0.9 to 1'],
  ['correct=true&confidence=0.9-1', 'Right, confidence 0.9 to 1'],
  ['label=0&correct=false', 'Labelled cake, wrong'],
  ['score(1)=0.5-', 'Score of chocolate at least 0.5'],
  ['q=shelf', 'All mistakes, path with “shelf”'],
])('names %s as %s', (query, title) => {
  expect(sliceTitle(parseView(`/evaluations/x?${query}`), classes)).toBe(title);
});

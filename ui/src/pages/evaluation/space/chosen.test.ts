import { expect, it } from 'vitest';
import { summary, wrongFirst } from './chosen';

const values = {
  label: Int32Array.from([0, 1, 1, -1, 1]),
  predicted: Int32Array.from([0, 0, 1, 1, 0]),
  confidence: Float32Array.from([1, 0.3, 0.5, 0.6, 0.9]),
  inside: new Uint8Array(5).fill(1),
};

it('counts what is right among those with a label, and the pairs', () => {
  expect(summary([0, 1, 2, 3, 4], values)).toMatchObject({ labelled: 4, right: 2 });
  expect(summary([0, 1, 4], values).pairs[0]).toEqual({ label: 1, predicted: 0, count: 2 });
  expect(summary([], values)).toEqual({ labelled: 0, right: 0, pairs: [] });
});

it('shows mistakes first, the surest at the head', () => {
  expect(wrongFirst([0, 1, 2, 3, 4], values)).toEqual([4, 1, 0, 3, 2]);
});

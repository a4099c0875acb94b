import { expect, it } from 'vitest';
import type { MeanMap, MeanMaps } from '../api/types';
import { cellsOf } from './matrix-where';

const group = (label: number, predicted: number | undefined, mean: number[]) =>
  ({ label, predicted, mean }) as unknown as MeanMap;

it('takes the cells that have a mean, and leaves the undecided to their column', () => {
  const groups = [
    group(0, 0, [0.5, 0.5]),
    group(1, 0, []),
    group(1, -1, [1, 0]),
    group(1, undefined, [1, 0]),
  ];
  expect([...cellsOf({ groups } as MeanMaps).keys()]).toEqual(['0,0']);
});

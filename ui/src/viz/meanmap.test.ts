import { expect, it } from 'vitest';
import { gridMap, strongest, timesEven } from './meanmap';
import { sample } from './overlay';

it('is a map whose cells lie side by side over the image', () => {
  const map = gridMap([1, 2, 3, 4, 5, 6], 3, 2);
  expect([map.width, map.height, map.geometry.display_width]).toEqual([3, 2, 3]);
  expect(sample(map, 1.5, 1.5)).toBe(5);
});

it('says how strong it is, and where', () => {
  expect(timesEven(0.02, 196)).toBe('3.9×');
  const at = (index: number) => strongest(Object.assign(Array(9).fill(0), { [index]: 1 }), 3, 3);
  expect([0, 1, 4, 5, 8].map(at)).toEqual([
    'at the top left',
    'at the top',
    'in the middle',
    'at the right',
    'at the bottom right',
  ]);
});

import { expect, it } from 'vitest';
import { arranged, at } from './regions';

it('lists the regions of the dataset first and the grid apart', () => {
  const of = (region: string, builtin = true) => ({ region, builtin });
  const list = [of('border'), of('grid 1,1'), of('head', false), of('grid of bars', false)];
  const { rows, grid } = arranged(list);
  expect(rows.map(({ region }) => region)).toEqual(['head', 'grid of bars', 'border']);
  expect(grid.map(({ region }) => region)).toEqual(['grid 1,1']);
});

it('keeps shares on the bar', () => {
  expect([at(0.25), at(-1), at(2)]).toEqual(['25%', '0%', '100%']);
});

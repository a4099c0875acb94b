import { expect, it } from 'vitest';
import type { LookRow } from '../../../api/types';
import { byMaps, byRed, columns, composed, ordered, redOf, shareOf } from './look';

const row = (name: string, shares: Record<string, number>, builtin = false): LookRow => ({
  name,
  slice: '',
  images: 9,
  maps: 9,
  regions: Object.entries(shares).map(([region, mean]) => ({
    region,
    builtin: builtin || region === 'border',
    area: 0.2,
    share: { mean, low: 0, high: 1, known: true, n: mean < 0 ? 0 : 9, red: 0, empty: 0 },
  })),
});

it('has a column for each region of the dataset, else for those of every image', () => {
  expect(columns({ all: row('all', { head: 0.5, border: 0.1 }) })).toEqual(['head']);
  expect(columns({ all: row('all', { border: 0.1 }) })).toEqual(['border']);
  expect(columns({ all: row('all', {}) })).toEqual([]);
});

it('sorts by the share of a region, rows without one last', () => {
  const rows = [row('a', { head: 0.2 }), row('b', {}), row('c', { head: 0.7 }), row('d', { head: -1 })];
  expect(ordered(rows, 'head').map(({ name }) => name)).toEqual(['c', 'a', 'b', 'd']);
  expect(ordered(rows, '')).toBe(rows);
  expect(shareOf(rows[2], 'head')?.share.mean).toBe(0.7);
});

it('sorts by the number of maps, and by how many red ones are left out', () => {
  const rows = [
    { ...row('a', {}), maps: 3, verdicts: { green: 1, red: 2 } },
    { ...row('b', {}), maps: 5 },
    { ...row('c', {}), maps: 4, verdicts: { red: 4 } },
  ];
  expect(ordered(rows, byMaps).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  expect(ordered(rows, byRed).map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  expect(rows.map(redOf)).toEqual([2, 0, 4]);
});

it('knows which columns no image has a region of', () => {
  expect(['head', 'object of the label', 'elsewhere', 'border'].filter(composed)).toEqual([
    'object of the label',
    'elsewhere',
  ]);
});

import { expect, it } from 'vitest';
import type { CellChange } from '../../../api/types';
import { arrange, signed, spoken, wayText } from './moves';

const cell = (label: number, predicted: number, before: number, now: number): CellChange => ({
  label,
  predicted,
  before,
  now,
  low: 0,
  high: 0,
  ways: [],
});

it('lays out labels in their order, with no decision last', () => {
  const table = arrange([cell(2, 0, 5, 1), cell(0, 0, 3, 9), cell(2, -1, 0, 1), cell(0, 2, 1, 1)]);
  expect(table.rows).toEqual([0, 2]);
  expect(table.columns).toEqual([0, 2, -1]);
  expect([table.most, table.largest, table.hidden]).toEqual([6, 9, 0]);
  expect(table.cells.get('2 0')?.before).toBe(5);
});

it('leaves out, of many labels, those that changed least', () => {
  const table = arrange(Array.from({ length: 40 }, (_, i) => cell(i, i, 0, i + 1)));
  expect(table.rows).toEqual(Array.from({ length: 24 }, (_, i) => 16 + i));
  expect(table.hidden).toBe(16);
});

it('says differences by sign and word', () => {
  expect([signed(3), signed(-2), signed(0)]).toEqual(['+3', '−2', '0']);
  expect(spoken(cell(0, 1, 12, 4), (i) => ['cake', 'chocolate'][i])).toBe(
    'cake as chocolate: 12 before, 4 now, −8',
  );
  expect(wayText({ way: 'left', transition: 'fixed' })).toBe('left: fixed');
  expect(wayText({ way: 'stayed', transition: 'still-wrong' })).toBe('stayed: still wrong');
});

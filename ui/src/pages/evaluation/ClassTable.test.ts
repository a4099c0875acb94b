// @vitest-environment happy-dom
/** The table of classes: figures with their intervals, and none where there is nothing to take a share of. */
import { expect, it } from 'vitest';
import type { ClassFigures } from '../../api/types';
import { parseView } from '../../state/view/address';
import { leave, show, useDOM } from '../../testing/page';
import ClassTable from './ClassTable.svelte';

useDOM();

const figures = (index: number, changes: Partial<ClassFigures>): ClassFigures => ({
  index,
  name: `class ${index}`,
  support: 40,
  predicted: 50,
  correct: 37,
  precision: 0.74,
  precision_low: 0.604,
  precision_high: 0.841,
  recall: 0.925,
  recall_low: 0.801,
  recall_high: 0.974,
  f1: 0.822,
  average_precision: 0.9,
  ...changes,
});

function cells(...classes: ClassFigures[]): string[][] {
  leave();
  const page = show(ClassTable, { view: parseView('/evaluations/a~b'), classes });
  return [...page.querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('td')].map((cell) =>
      cell.textContent!.replaceAll('\u202f', ' ').replace(/\s+/g, ' ').trim(),
    ),
  );
}

it('shows precision and recall with the intervals that the server computed', () => {
  const [[labelled, predicted, precision, recall]] = cells(figures(0, {}));
  expect([labelled, predicted]).toEqual(['40', '50']);
  expect(precision).toBe('74.0 % 95 % interval 60.4 % to 84.1 %');
  expect(recall).toBe('92.5 % 95 % interval 80.1 % to 97.4 %');
});

it('shows no share of nothing: a class without samples has no recall', () => {
  const none = { support: 0, correct: 0, precision: 0, recall: 0, recall_low: 0, recall_high: 1, f1: 0 };
  const [[, , precision, recall]] = cells(figures(0, none));
  expect(recall).toBe('–');
  expect(precision).toMatch(/^0.0 %/);
  const [[, , , , f1]] = cells(figures(0, { ...none, predicted: 0 }));
  expect(f1).toBe('–');
});

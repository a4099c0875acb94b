/** What the slice means on a page: which samples it shows, and how links change it. */
import { emptySlice, formatSlice, termsOf, type Choice, type Slice } from '../slice/language';
import type { Sort, View } from './view';

/** What narrows the whole page, and the search for a path: they choose no samples by themselves. */
const scope = ['split', 'threshold', 'without', 'labels', 'column', 'q'];

/** hasCriteria tells whether samples were chosen. */
export const hasCriteria = (slice: Slice): boolean =>
  termsOf(slice).some(({ criterion }) => !scope.includes(criterion.name));

/** selection is which samples a view means: without criteria an evaluation's page shows the mistakes. */
export const selection = (view: View): 'slice' | 'all' | 'mistakes' =>
  hasCriteria(view.slice) ? 'slice' : view.all ? 'all' : 'mistakes';

/** within gives the slice of other criteria over what the page is narrowed to. */
export const within = (
  { split, threshold, without, labels, column }: Slice,
  change: Partial<Slice> = {},
): Slice => ({ ...emptySlice, split, threshold, without, labels, column, ...change });

/** beyond gives what within leaves out: what chooses images on a page. */
export const beyond = (slice: Slice): Slice => ({
  ...slice,
  split: null,
  threshold: 0,
  without: null,
  labels: null,
  column: {},
});

/** ofCell gives the criteria of a cell, a row or a column of the matrix; null leaves one out. */
export const ofCell = (label: number | null, predicted: number | null): Partial<Slice> => ({
  label: exactly(label),
  predicted: exactly(predicted),
});

/** sortOf is an order that the slice has: by share only where it has a share to order by. */
export const sortOf = (sort: Sort, slice: Slice): Sort =>
  sort.endsWith('share') && !Object.keys(slice.share).length ? '-confidence' : sort;

/** exactly is the choice of one value; null and "" choose none. */
export const exactly = (value: number | string | null): Choice | null =>
  value === null || value === '' ? null : { not: false, values: [value] };

/** word is the value of a choice of exactly one word, else "". */
export const word = (choice: Choice | null): string =>
  choice && !choice.not && choice.values.length === 1 ? String(choice.values[0]) : '';

/**
 * apiSlice is the text of the view's slice for the samples endpoints. An evaluation
 * without criteria shows its mistakes, a sample without them stands among all.
 */
export function apiSlice(view: View): string {
  const mistakes = view.page === 'evaluation' && selection(view) === 'mistakes';
  return formatSlice(mistakes ? { ...view.slice, correct: false } : view.slice);
}

/** apiScope is the text of what narrows the whole page alone, which figures and matrix follow. */
export const apiScope = (slice: Slice): string => formatSlice(within(slice));

/** A cell, a row or a column of the matrix that a slice chooses: in words, as a share, and with its maps. */
import type { Sample } from '../api/types';
import { only } from './slice/classes';
import type { Slice } from './slice/language';
import { named, sentence } from './slice/sentence';

/** label and predicted are classes, -1 for none (no label, no decision), null where the slice leaves them open. */
export interface Cell {
  label: number | null;
  predicted: number | null;
  /** What the maps of its samples explain. */
  target: 'contrast' | 'predicted';
}

/** cellOf is the cell that a slice lies in, or null if it chooses neither one label nor one prediction. */
export function cellOf(slice: Slice): Cell | null {
  const [label, predicted] = [only(slice.label), only(slice.predicted)];
  if (label === null && predicted === null) return null;
  const known = label !== null && predicted !== null && label >= 0 && predicted >= 0;
  return { label, predicted, target: known && label !== predicted ? 'contrast' : 'predicted' };
}

/** cellSentence says the slice in words: "cake, taken for chocolate". */
export function cellSentence(slice: Slice, classes: string[]): string {
  const cell = cellOf(slice);
  const right = cell && cell.label !== null && cell.label >= 0 && cell.label === cell.predicted;
  return sentence(right ? { ...slice, predicted: null, correct: true } : slice, classes);
}

/** contrastTitle names what a contrast subtracts: in a cell the two classes, else how they are found. */
export function contrastTitle(cell: Cell | null, classes: string[]): string {
  if (cell?.target === 'contrast') return `contrast: ${targetSentence(cell, classes)}`;
  const right = cell && cell.label !== null && cell.label >= 0 && cell.label === cell.predicted;
  return right
    ? `contrast: ${named(cell.label!, classes)} minus runner-up`
    : 'contrast: predicted minus true, or runner-up';
}

/** contrastOf names the two classes that a contrast of a sample means. */
export function contrastOf({ label, scores }: Sample, name: (index: number) => string): string {
  const [best, second] = [...(scores ?? [])].sort((a, b) => b.logit - a.logit).map(({ index }) => index);
  if (best === undefined || second === undefined) return 'predicted minus true';
  return `${name(best)} minus ${name(label >= 0 && label !== best ? label : second)}`;
}

/** targetSentence names what the maps of a cell explain, and what a contrast subtracts. */
export function targetSentence({ label, predicted, target }: Cell, classes: string[]): string {
  if (target === 'contrast') return `${named(predicted!, classes)} minus ${named(label!, classes)}`;
  if (predicted === null || predicted < 0) return 'the class that each image was taken for';
  return `the score of ${named(predicted, classes)}`;
}

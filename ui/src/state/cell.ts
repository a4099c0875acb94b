/** A cell, a row or a column of the matrix that a slice chooses: in words, as a share, and with its maps. */
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

/** targetSentence names what the maps of a cell explain, and what a contrast subtracts. */
export function targetSentence({ label, predicted, target }: Cell, classes: string[]): string {
  if (target === 'contrast') return `${named(predicted!, classes)} minus ${named(label!, classes)}`;
  if (predicted === null || predicted < 0) return 'the class that each image was taken for';
  return `the score of ${named(predicted, classes)}`;
}

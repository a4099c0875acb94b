/**
 * The colour scales of the confusion matrix: fixed, so that a shade means the same
 * in every matrix. Colours go by rate, a share of the row (of the column where
 * shares of columns are shown), also where the cells show counts: 2 of 72 must
 * not look like 19 of 72 because nothing else is wrong.
 */
import type { Matrix } from '../api/types';
import { cellShare, type Sums, type Values } from './matrix';

/** The share from which an error has the full colour. */
export const fullError = 0.5;

/** Shares at which the legend of errors has its marks. */
export const errorMarks = [0.05, 0.2, fullError];

/** rate is the share that colours a cell. */
export const rate = (m: Matrix, total: Sums, values: Values, label: number, predicted: number): number =>
  cellShare(m, total, values === 'column' ? 'column' : 'row', label, predicted);

/** The place of a share on the ramp of errors, 0 to 1: by the square root, or rare ones would be unseen. */
export const errorPlace = (share: number): number => Math.min(1, Math.sqrt(share / fullError));

/** shade is the place on its ramp of a cell's colour; what is there at all is never the colour of nothing. */
export function shade(share: number, right: boolean): number {
  if (!(share > 0)) return 0;
  return 0.06 + 0.94 * (right ? Math.min(1, share) : errorPlace(share));
}

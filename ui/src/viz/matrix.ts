/** The confusion matrix as numbers: orders, sums, shares, the list of confusions. */
import type { Matrix } from '../api/types';
import { clusterOrder } from './cluster';

export type Values = 'counts' | 'row' | 'column';
export type Order = 'name' | 'error' | 'cluster';

/** Sums of a matrix that shares and orders need. */
export interface Sums {
  rows: Float64Array;
  columns: Float64Array;
  /** Errors of a label: its samples predicted as another class (not: undecided). */
  errors: Float64Array;
  noDecision: number;
}

export function sums({ rows: n, columns: width, counts }: Matrix): Sums {
  const result = {
    rows: new Float64Array(n),
    columns: new Float64Array(width),
    errors: new Float64Array(n),
    noDecision: 0,
  };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < width; j++) {
      const count = counts[i * width + j];
      result.rows[i] += count;
      result.columns[j] += count;
      if (j < n && i !== j) result.errors[i] += count;
    }
  }
  result.noDecision = width > n ? result.columns[n] : 0;
  return result;
}

/** classOrder lists the shown class indices from top to bottom. */
export function classOrder(matrix: Matrix, classes: string[], order: Order, hideEmpty: boolean): number[] {
  const total = sums(matrix);
  let indices: number[];
  if (order === 'cluster') indices = clusterOrder(matrix);
  else {
    indices = [...classes.keys()];
    const share = (i: number) => (total.rows[i] ? total.errors[i] / total.rows[i] : -1);
    const byName = (a: number, b: number) =>
      classes[a].localeCompare(classes[b], 'en', { numeric: true }) || a - b;
    indices.sort(order === 'error' ? (a, b) => share(b) - share(a) || byName(a, b) : byName);
  }
  return hideEmpty ? withSamples(indices, total) : indices;
}

/** withSamples keeps the classes that have a sample or a prediction. */
export function withSamples(order: number[], total: Sums): number[] {
  return order.filter((i) => total.rows[i] > 0 || total.columns[i] > 0);
}

/** mostWhere is how many classes a matrix has at most whose cells can hold a map that one can read. */
export const mostWhere = 30;

/** cellShare is what a cell shows: its count, or the share of its row or column (0..1). */
export function cellShare(
  matrix: Matrix,
  total: Sums,
  values: Values,
  label: number,
  predicted: number,
): number {
  const count = matrix.counts[label * matrix.columns + predicted];
  const whole = values === 'row' ? total.rows[label] : values === 'column' ? total.columns[predicted] : 1;
  return whole ? count / whole : 0;
}

export interface Confusion {
  label: number;
  predicted: number;
  count: number;
  /** Share of the label's samples. */
  share: number;
}

/** confusions lists the fullest cells off the diagonal, most first. */
export function confusions(matrix: Matrix, total: Sums, limit: number): Confusion[] {
  const { rows: n, columns: width, counts } = matrix;
  const found: Confusion[] = [];
  for (let label = 0; label < n; label++) {
    for (let predicted = 0; predicted < n; predicted++) {
      const count = counts[label * width + predicted];
      if (count && label !== predicted)
        found.push({ label, predicted, count, share: count / total.rows[label] });
    }
  }
  found.sort(
    (a, b) => b.count - a.count || b.share - a.share || a.label - b.label || a.predicted - b.predicted,
  );
  return found.slice(0, limit);
}

/** A square part of the ordered matrix: first row, first column, classes a side; may be fractional. */
export interface Window {
  row: number;
  column: number;
  size: number;
}

/** clampWindow keeps a window inside n classes and at least minSize wide. */
export function clampWindow(window: Window, n: number, minSize = 4): Window {
  const size = Math.min(n, Math.max(Math.min(minSize, n), window.size));
  const clamp = (v: number) => Math.min(n - size, Math.max(0, v));
  return { row: clamp(window.row), column: clamp(window.column), size };
}

/** zoomWindow scales a window by a factor about a point given as shares (0..1) of its sides. */
export function zoomWindow(window: Window, n: number, factor: number, px = 0.5, py = 0.5): Window {
  const size = Math.min(n, Math.max(Math.min(4, n), window.size * factor));
  const change = window.size - size;
  return clampWindow({ row: window.row + change * py, column: window.column + change * px, size }, n);
}

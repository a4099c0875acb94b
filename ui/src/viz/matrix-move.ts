/** Moving over the confusion matrix: the cell that a key leads to, and the window that shows it. */
import { clampWindow, type Window, zoomWindow } from './matrix';
import type { Place } from './matrix-layout';

const steps: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/** isStep tells whether a key moves from cell to cell. */
export const isStep = (key: string): boolean => key in steps;

/** stepped is the cell that a key leads to among n rows, the columns up to lastColumn. */
export function stepped(key: string, from: Place, n: number, lastColumn: number): Place {
  const clamp = (v: number, top: number) => Math.min(top, Math.max(0, v));
  const [down, right] = steps[key];
  return { row: clamp(from.row + down, n - 1), column: clamp(from.column + right, lastColumn) };
}

/** revealed scrolls a window of n classes so that a place is in it; column n, "no decision", always is. */
export function revealed(window: Window, { row, column }: Place, n: number): Window {
  const into = (first: number, index: number) =>
    index < first ? index : index + 1 > first + window.size ? index + 1 - window.size : first;
  const next = { ...window, row: into(window.row, row) };
  if (column < n) next.column = into(window.column, column);
  return clampWindow(next, n);
}

/** zoomed scales a window about a place, or about its middle. */
export function zoomed(window: Window, n: number, factor: number, about: Place | null): Window {
  const share = (index: number, first: number) =>
    Math.min(1, Math.max(0, (index + 0.5 - first) / window.size));
  const px = about ? share(about.column, window.column) : 0.5;
  const py = about ? share(about.row, window.row) : 0.5;
  return zoomWindow(window, n, factor, px, py);
}

/** around is the window about a class found by name, small enough to read; null where all n can be read. */
export function around(position: number, n: number): Window | null {
  const size = Math.min(n, 24);
  return n > 40 ? clampWindow({ row: position - size / 2, column: position - size / 2, size }, n) : null;
}

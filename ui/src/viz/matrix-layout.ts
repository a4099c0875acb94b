/** Where the parts of the confusion matrix stand on its canvas, and which cell a point is in. */
import type { Matrix } from '../api/types';
import type { Sums, Values, Window } from './matrix';

/** Where things stand on the canvas, in CSS pixels. */
export interface Layout {
  left: number;
  top: number;
  /** Side of the square of classes. */
  side: number;
  /** Side of one cell. */
  cell: number;
  /** Width of the "no decision" column, 0 when hidden; it stands `gap` to the right. */
  none: number;
  gap: number;
  width: number;
  height: number;
}

export interface Place {
  row: number;
  column: number;
}

/** A CellPainter fills a cell of classes with something of its own, and says whether it did. */
export type CellPainter = (
  context: OffscreenCanvasRenderingContext2D,
  label: number,
  predicted: number,
  x: number,
  y: number,
  side: number,
) => boolean;

/** A scene is what the cells show; the marks on it change far more often. */
export interface Scene {
  matrix: Matrix;
  sums: Sums;
  classes: string[];
  order: number[];
  values: Values;
  window: Window;
  showNone: boolean;
  painter?: CellPainter;
}

export interface Marks {
  selected: Place | null;
  /** Where the pointer or the arrow keys are. */
  cursor: Place | null;
  /** The class searched for, by index. */
  find: number | null;
}

export function layout(width: number, scene: Scene, measure: (text: string) => number): Layout {
  const names = longest(scene);
  if (scene.showNone) names.push('no decision');
  const widest = Math.max(...names.map(measure), 0);
  const cap = Math.max(36, Math.min(132, width * 0.24));
  const left = Math.ceil(Math.min(cap, widest + 10));
  const top = Math.ceil(Math.min(cap, widest * 0.8 + 16));
  const gap = scene.showNone ? 10 : 0;
  // Nothing here goes by the window: zooming changes the cells, not the size of the matrix.
  const n = scene.order.length;
  const perCell = (width - left - gap - 2) / (Math.min(n, 24) + (scene.showNone ? 1 : 0));
  const none = scene.showNone ? Math.max(14, Math.min(perCell, 48)) : 0;
  // The slanted names of the last columns lean out to the right.
  const lean = Math.min((top - 10) * 0.7, 60);
  const leanNone = scene.showNone ? Math.max(0, 40 - none / 2) : 0;
  // Two classes need no wall-sized cells.
  const side = Math.floor(Math.min(width - left - Math.max(gap + none + leanNone, lean - 8) - 4, n * 84));
  return { left, top, side, cell: side / scene.window.size, none, gap, width, height: top + side + 2 };
}

function longest(scene: Scene): string[] {
  const names = scene.order.map((i) => scene.classes[i]);
  return names.sort((a, b) => b.length - a.length).slice(0, 20);
}

/** placeAt finds the cell under a point, or null; column order.length is "no decision". */
export function placeAt(at: Layout, scene: Scene, x: number, y: number): Place | null {
  const { window, order } = scene;
  const row = Math.floor((y - at.top) / at.cell + window.row);
  if (y < at.top || y >= at.top + at.side || row < 0 || row >= order.length) return null;
  const right = at.left + at.side;
  if (at.none && x >= right + at.gap && x < right + at.gap + at.none) return { row, column: order.length };
  const column = Math.floor((x - at.left) / at.cell + window.column);
  if (x < at.left || x >= right || column < 0 || column >= order.length) return null;
  return { row, column };
}

/** shown is the range of indices [first, end) that a window touches. */
export function shown(window: Window, first: number, n: number): [number, number] {
  return [Math.max(0, Math.floor(first)), Math.min(n, Math.ceil(first + window.size))];
}

/** What changed in the confusion matrix: which cells to show, and in which words. */
import type { CellChange } from '../../../api/types';
import { count } from '../../../format';

export type Shown = 'difference' | 'before' | 'now';

/** Labels of a table that can still be taken in. */
const shownLabels = 24;

export interface Table {
  rows: number[];
  columns: number[];
  cells: Map<string, CellChange>;
  /** The largest difference, and the largest count. */
  most: number;
  largest: number;
  /** Labels that are left out. */
  hidden: number;
}

/** arrange lays cells out: labels in the order of the classes, of many those that changed most. */
export function arrange(cells: CellChange[]): Table {
  const moved = new Map<number, number>();
  for (const { label, predicted, before, now } of cells) {
    const by = Math.abs(now - before);
    for (const index of [label, predicted]) moved.set(index, (moved.get(index) ?? 0) + by);
  }
  const all = [...moved.keys()];
  const kept = new Set(
    all.sort((a, b) => (moved.get(b) ?? 0) - (moved.get(a) ?? 0) || a - b).slice(0, shownLabels),
  );
  const shown = cells.filter(({ label, predicted }) => kept.has(label) && kept.has(predicted));
  const order = (list: number[]) => [...new Set(list)].sort((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b));
  return {
    rows: order(shown.map(({ label }) => label)),
    columns: order(shown.flatMap(({ label, predicted }) => [label, predicted])),
    cells: new Map(shown.map((cell) => [`${cell.label} ${cell.predicted}`, cell])),
    most: Math.max(0, ...shown.map(({ now, before }) => Math.abs(now - before))),
    largest: Math.max(0, ...shown.map(({ now, before }) => Math.max(now, before))),
    hidden: all.length - kept.size,
  };
}

/** signed writes a difference with its sign: "+3", "−2", "0". */
export const signed = (n: number): string => (n > 0 ? `+${count(n)}` : n < 0 ? `−${count(-n)}` : '0');

/** spoken is a cell for those who hear it. */
export const spoken = ({ label, predicted, before, now }: CellChange, name: (i: number) => string): string =>
  `${name(label)} as ${name(predicted)}: ${count(before)} before, ${count(now)} now, ${signed(now - before)}`;

const came: Record<string, string> = {
  fixed: 'came in: fixed',
  broken: 'came in: broken, were right',
  changed: 'came in from another wrong class',
};
const left: Record<string, string> = {
  fixed: 'left: fixed',
  broken: 'left: broken',
  changed: 'left for another wrong class',
};

/** wayText says how images came to be in a cell, or to be there no more. */
export function wayText({ way, transition }: { way: string; transition: string }): string {
  const known = (way === 'came' ? came : way === 'left' ? left : {})[transition];
  return known ?? `${way}: ${transition.replace('-', ' ')}`;
}

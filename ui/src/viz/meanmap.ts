/** Mean maps as maps: drawn as the maps of single images are. */
import type { AttributionMap } from '../api/types';

/** gridMap lays the values of a grid, row by row, over an image of that many cells. */
export const gridMap = (values: number[], columns: number, rows: number): AttributionMap =>
  ({
    width: columns,
    height: rows,
    values: Float32Array.from(values),
    geometry: { display_width: columns, display_height: rows, matrix: [1, 0, 0, 0, 1, 0] },
  }) as unknown as AttributionMap;

/** timesEven says how many times the share of an even map a value is: "3.2×". */
export const timesEven = (value: number, cells: number): string => `${(value * cells).toFixed(1)}×`;

/** strongest names where the largest value lies: "at the top left", "in the middle". */
export function strongest(values: number[], columns: number, rows: number): string {
  const best = values.indexOf(Math.max(...values));
  const third = (at: number, n: number) => Math.min(2, Math.floor((3 * (at + 0.5)) / n));
  const down = ['top', '', 'bottom'][third(Math.floor(best / columns), rows)];
  const across = ['left', '', 'right'][third(best % columns, columns)];
  const said = [down, across].filter(Boolean).join(' ');
  return said ? `at the ${said}` : 'in the middle';
}

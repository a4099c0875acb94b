/**
 * Reading a map's raw values by place: from displayed pixels to the cell that
 * covers them, and from cell to cell by the arrow keys. No interpolation: what
 * is read is what is stored.
 */
import type { AttributionMap } from '../api/types';
import { apply, bounds, invert } from './affine';

/** A cell of a map: column and row, from 0. */
export interface Cell {
  column: number;
  row: number;
}

type Place = Pick<AttributionMap, 'width' | 'height' | 'geometry'>;

/** cellAt is the cell that covers a displayed pixel position, or null where the model saw nothing. */
export function cellAt(map: Place, x: number, y: number): Cell | null {
  const inverse = invert(map.geometry.matrix);
  if (!inverse) return null;
  const [u, v] = apply(inverse, x, y);
  const [left, top, right, bottom] = bounds(map);
  if (!(u >= left && v >= top && u < right && v < bottom)) return null;
  const within = (at: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(at)));
  return { column: within(u, map.width), row: within(v, map.height) };
}

/** valueAt is the raw value of a cell. */
export const valueAt = (map: AttributionMap, { column, row }: Cell): number =>
  map.values[row * map.width + column];

/** centreOf is the middle of a cell in displayed pixels. */
export const centreOf = (map: Place, { column, row }: Cell): [number, number] =>
  apply(map.geometry.matrix, column + 0.5, row + 0.5);

/** outline is a cell's four corners in displayed pixels, for an SVG polygon. */
export function outline(map: Place, { column, row }: Cell): string {
  const [left, top, right, bottom] = bounds(map);
  // The outermost cells reach to where the model's input ends.
  const [x0, x1] = [column === 0 ? left : column, column === map.width - 1 ? right : column + 1];
  const [y0, y1] = [row === 0 ? top : row, row === map.height - 1 ? bottom : row + 1];
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ]
    .map(([x, y]) => apply(map.geometry.matrix, x, y).join(','))
    .join(' ');
}

/**
 * move goes one cell (or to the rim, with `far`) in a displayed direction. An image turned
 * by its EXIF orientation has its cells turned too: right on the screen may be down the rows.
 */
export function move(map: Place, cell: Cell, dx: number, dy: number, far = false): Cell {
  const inverse = invert(map.geometry.matrix);
  if (!inverse) return cell;
  const [u0, v0] = apply(inverse, 0, 0);
  const [u1, v1] = apply(inverse, dx, dy);
  const [du, dv] = [u1 - u0, v1 - v0];
  const steps = far ? Math.max(map.width, map.height) : 1;
  const across = Math.abs(du) >= Math.abs(dv);
  const column = cell.column + (across ? Math.sign(du) * steps : 0);
  const row = cell.row + (across ? 0 : Math.sign(dv) * steps);
  return {
    column: Math.min(map.width - 1, Math.max(0, column)),
    row: Math.min(map.height - 1, Math.max(0, row)),
  };
}

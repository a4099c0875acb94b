/** Where the maps of a cell look: its mean map drawn in the cell of the confusion matrix. */
import type { MeanMap, MeanMaps } from '../api/types';
import type { CellPainter } from './matrix-layout';
import { gridMap } from './meanmap';
import { render } from './overlay';

const side = 42; // pixels of a drawn map: three for each place of the grid

/** drawnMap is the mean of a cell, from nothing to its own strongest place. */
function drawnMap(mean: number[], columns: number, rows: number, colours: string): OffscreenCanvas {
  const style = { colours, opacity: 1, cut: 0, scale: Math.max(...mean), solid: true };
  const canvas = new OffscreenCanvas(side, side);
  const pixels = render(gridMap(mean, columns, rows), side, side, style);
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, side, side), 0, 0);
  return canvas;
}

/** cellsOf are the groups with a mean, by label and predicted class. */
export const cellsOf = ({ groups }: MeanMaps): Map<string, MeanMap> =>
  new Map(
    groups
      .filter(({ mean, predicted }) => mean.length > 0 && predicted !== undefined && predicted >= 0)
      .map((group) => [`${group.label},${group.predicted}`, group]),
  );

/** wherePainter paints the mean maps of cells; a cell without one is left to the matrix. */
export function wherePainter(table: MeanMaps, colours: string): CellPainter {
  const cells = cellsOf(table);
  const drawn = new Map<string, OffscreenCanvas>();
  return (context, label, predicted, x, y, size) => {
    const key = `${label},${predicted}`;
    const cell = cells.get(key);
    if (!cell) return false;
    if (!drawn.has(key)) drawn.set(key, drawnMap(cell.mean, table.columns, table.rows, colours));
    context.imageSmoothingEnabled = true;
    context.drawImage(drawn.get(key)!, x, y, size, size);
    return true;
  };
}

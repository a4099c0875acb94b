/** The class names around the confusion matrix. */
import { type Layout, type Marks, type Scene, shown } from './matrix-layout';
import type { Palette } from './matrix-palette';

const labelSize = 11;
const slant = Math.PI / 3.4;

/** The largest size of a name, in pixels: what the margins must hold. */
export const largestLabel = 12.5;

/** paintLabels writes the names that fit beside the rows and over the columns. */
export function paintLabels(
  context: CanvasRenderingContext2D,
  at: Layout,
  scene: Scene,
  marks: Marks,
  palette: Palette,
): void {
  const { window, order, classes } = scene;
  // Where not every name fits, a sparse scale reads better than a crowded one.
  const step = Math.max(1, Math.ceil((at.cell < 7 ? 26 : labelSize + 2) / at.cell));
  const size = Math.min(largestLabel, Math.max(labelSize, at.cell * 0.5));
  const [r0, r1] = shown(window, window.row, order.length);
  const [c0, c1] = shown(window, window.column, order.length);
  const strong = (index: number, place: 'row' | 'column') =>
    marks.cursor?.[place] === index || marks.selected?.[place] === index || order[index] === marks.find;
  const near = (index: number, place: 'row' | 'column') => {
    for (let other = index - step + 1; other < index + step; other++) if (strong(other, place)) return true;
    return false;
  };
  context.textBaseline = 'middle';
  for (let row = r0; row < r1; row++) {
    const y = at.top + (row + 0.5 - window.row) * at.cell;
    const bold = strong(row, 'row');
    if ((!bold && (row % step || near(row, 'row'))) || y < at.top || y > at.top + at.side) continue;
    label(context, classes[order[row]], at.left - 6, y, at.left - 8, 0, bold, size, palette);
  }
  for (let column = c0; column < c1; column++) {
    const x = at.left + (column + 0.5 - window.column) * at.cell;
    const bold = strong(column, 'column');
    if ((!bold && (column % step || near(column, 'column'))) || x < at.left || x > at.left + at.side)
      continue;
    label(context, classes[order[column]], x, at.top - 6, slantedRoom(at, x), 1, bold, size, palette);
  }
  if (at.none) {
    const x = at.left + at.side + at.gap + at.none / 2;
    label(
      context,
      'no decision',
      x,
      at.top - 6,
      slantedRoom(at, x),
      1,
      marks.cursor?.column === order.length,
      size,
      palette,
    );
  }
}

/** slantedRoom is how long a slanted name at x may be: neither over the top nor past the right side. */
const slantedRoom = (at: Layout, x: number): number =>
  Math.min((at.top - 10) / Math.sin(slant), (at.width - x - 2) / Math.cos(slant));

/** label writes a class name: rows flush right, columns slanted, cut with an ellipsis to fit. */
function label(
  context: CanvasRenderingContext2D,
  name: string,
  x: number,
  y: number,
  room: number,
  slanted: 0 | 1,
  bold: boolean,
  size: number,
  palette: Palette,
): void {
  context.font = `${bold ? 700 : 400} ${size}px ${palette.font}`;
  context.fillStyle = bold ? palette.ink : palette.muted;
  let shownName = name;
  while (shownName.length > 2 && context.measureText(shownName).width > room) {
    shownName = shownName.replace(/…$/, '').slice(0, -1).trimEnd() + '…';
  }
  context.save();
  context.translate(x, y);
  if (slanted) context.rotate(-slant);
  context.textAlign = slanted ? 'left' : 'right';
  if (bold) {
    // A highlighted name may stand on its neighbours: give it ground.
    const width = context.measureText(shownName).width;
    context.fillStyle = palette.paper;
    context.fillRect(slanted ? -2 : -width - 2, -size * 0.65, width + 4, size * 1.3);
    context.fillStyle = palette.ink;
  }
  context.fillText(shownName, 0, 0);
  context.restore();
}

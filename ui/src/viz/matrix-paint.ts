/**
 * Painting the confusion matrix on a canvas. Right answers (the diagonal) and
 * errors have a ramp each: on one ramp a good model's errors would be invisible.
 * Where several classes share a pixel, the strongest shows: no error is lost.
 */
import { type Lut, parseHex, ramp } from './colour';
import { cellShare, type Values } from './matrix';
import { paintLabels } from './matrix-labels';
import { type Layout, type Marks, type Place, type Scene, shown } from './matrix-layout';
import type { Palette } from './matrix-palette';
import { rate, shade } from './matrix-scale';

/** paintCells draws everything but names and marks; for a thousand classes that takes tens of milliseconds. */
export function paintCells(at: Layout, scene: Scene, palette: Palette): OffscreenCanvas {
  const ratio = globalThis.devicePixelRatio || 1;
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(at.width * ratio)),
    Math.max(1, Math.round(at.height * ratio)),
  );
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.imageSmoothingEnabled = false;
  if (at.cell >= 7) paintLarge(context, at, scene, palette);
  else paintDense(context, at, scene, palette, ratio);
  if (at.none) paintNone(context, at, scene, palette);
  frame(context, at, palette);
  return canvas;
}

/** paint shows painted cells with the names around them and the marks on them. */
export function paint(
  canvas: HTMLCanvasElement,
  cells: OffscreenCanvas,
  at: Layout,
  scene: Scene,
  marks: Marks,
  palette: Palette,
): void {
  canvas.width = cells.width;
  canvas.height = cells.height;
  const context = canvas.getContext('2d')!;
  context.drawImage(cells, 0, 0);
  const ratio = globalThis.devicePixelRatio || 1;
  context.scale(ratio, ratio);
  paintLabels(context, at, scene, marks, palette);
  mark(context, at, scene, marks.selected, palette.accent, 2.5);
  mark(context, at, scene, marks.cursor, palette.ink, 1.5);
}

type Context = OffscreenCanvasRenderingContext2D;

/** readable picks the text colour that stands out more from a cell's colour. */
function readable(lut: Lut, t: number, palette: Palette): string {
  const i = 3 * Math.round(255 * Math.min(1, t));
  const light = (r: number, g: number, b: number) => 0.299 * r + 0.587 * g + 0.114 * b;
  const ground = light(lut[i], lut[i + 1], lut[i + 2]);
  const distance = (hex: string) => Math.abs(light(...parseHex(hex)) - ground);
  return distance(palette.ink) > distance(palette.paper) ? palette.ink : palette.paper;
}

const css = (lut: Lut, t: number): string => {
  const i = 3 * Math.round(255 * Math.min(1, t));
  return `rgb(${lut[i]} ${lut[i + 1]} ${lut[i + 2]})`;
};

function paintLarge(context: Context, at: Layout, scene: Scene, palette: Palette): void {
  const { window, order, matrix, sums, values } = scene;
  const [r0, r1] = shown(window, window.row, order.length);
  const [c0, c1] = shown(window, window.column, order.length);
  const inset = at.cell > 14 ? 1 : 0.5;
  context.save();
  context.beginPath();
  context.rect(at.left, at.top, at.side, at.side);
  context.clip();
  for (let row = r0; row < r1; row++) {
    for (let column = c0; column < c1; column++) {
      const x = at.left + (column - window.column) * at.cell;
      const y = at.top + (row - window.row) * at.cell;
      const right = row === column;
      const value = cellShare(matrix, sums, values, order[row], order[column]);
      if (!value) {
        if (right) diagonalTick(context, x, y, at.cell, palette);
        continue;
      }
      const t = shade(rate(matrix, sums, values, order[row], order[column]), right);
      const lut = right ? palette.right : palette.wrong;
      if (
        scene.painter?.(context, order[row], order[column], x + inset / 2, y + inset / 2, at.cell - inset)
      ) {
        if (at.cell >= 34) corner(context, x, y, at.cell, text(value, values), palette);
        continue;
      }
      context.fillStyle = css(lut, t);
      context.fillRect(x + inset / 2, y + inset / 2, at.cell - inset, at.cell - inset);
      if (at.cell >= 17)
        figure(context, x, y, at.cell, text(value, values), readable(lut, t, palette), palette);
    }
  }
  context.restore();
}

/** An empty diagonal cell keeps a small mark, so that the diagonal can be followed. */
function diagonalTick(context: Context, x: number, y: number, cell: number, palette: Palette): void {
  context.fillStyle = palette.line;
  const size = Math.max(1.5, cell * 0.1);
  context.fillRect(x + (cell - size) / 2, y + (cell - size) / 2, size, size);
}

export function text(value: number, values: Values): string {
  if (values === 'counts') return value >= 10_000 ? `${Math.round(value / 1000)}k` : String(value);
  return value < 0.005 ? '·' : String(Math.round(value * 100));
}

function figure(
  context: Context,
  x: number,
  y: number,
  cell: number,
  what: string,
  colour: string,
  palette: Palette,
): void {
  const size = Math.min(15, Math.max(9, Math.min(cell * 0.42, (cell * 1.5) / Math.max(2, what.length))));
  context.font = `500 ${size}px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = colour;
  context.fillText(what, x + cell / 2, y + cell / 2 + 0.5);
}

/** corner writes a figure small at the foot of a cell, on a ground of its own: under it lies a map. */
function corner(
  context: Context,
  x: number,
  y: number,
  cell: number,
  what: string,
  { paper, ink, font }: Palette,
): void {
  context.font = `500 11px ${font}`;
  const width = context.measureText(what).width + 6;
  context.fillStyle = paper;
  context.fillRect(x + cell - width - 1, y + cell - 16, width, 15);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = ink;
  context.fillText(what, x + cell - width / 2 - 1, y + cell - 8);
}

/** paintDense fills device pixels; each takes the strongest of the cells that fall on it. */
function paintDense(context: Context, at: Layout, scene: Scene, palette: Palette, ratio: number): void {
  const side = Math.max(1, Math.round(at.side * ratio));
  const image = new ImageData(side, side);
  const pixels = new Uint32Array(image.data.buffer);
  const { window, order, matrix, sums, values } = scene;
  const best = new Float32Array(side * side);
  const pixelOf = (index: number, first: number) => Math.floor(((index - first) / window.size) * side);
  const [r0, r1] = shown(window, window.row, order.length);
  const [c0, c1] = shown(window, window.column, order.length);
  for (let row = r0; row < r1; row++) {
    const [y0, y1] = span(pixelOf, row, window.row, side);
    for (let column = c0; column < c1; column++) {
      if (!matrix.counts[order[row] * matrix.columns + order[column]]) continue;
      const right = row === column;
      // On a shared pixel an error outranks a right answer.
      const t = shade(rate(matrix, sums, values, order[row], order[column]), right);
      const rank = right ? t : 1 + t;
      const [x0, x1] = span(pixelOf, column, window.column, side);
      const lut = right ? palette.right : palette.wrong;
      const i = 3 * Math.round(255 * Math.min(1, t));
      const rgba = 0xff000000 | (lut[i + 2] << 16) | (lut[i + 1] << 8) | lut[i];
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) {
          if (best[y * side + x] >= rank) continue;
          best[y * side + x] = rank;
          pixels[y * side + x] = rgba;
        }
      }
    }
  }
  const buffer = new OffscreenCanvas(side, side);
  buffer.getContext('2d')!.putImageData(image, 0, 0);
  context.drawImage(buffer, at.left, at.top, at.side, at.side);
}

function span(
  pixelOf: (i: number, first: number) => number,
  index: number,
  first: number,
  side: number,
): [number, number] {
  const start = Math.max(0, pixelOf(index, first));
  return [start, Math.min(side, Math.max(start + 1, pixelOf(index + 1, first)))];
}

function paintNone(context: Context, at: Layout, scene: Scene, palette: Palette): void {
  const { window, order, matrix, sums } = scene;
  const x = at.left + at.side + at.gap;
  const [r0, r1] = shown(window, window.row, order.length);
  const lut = ramp(parseHex(palette.paper), parseHex(palette.muted));
  context.save();
  context.beginPath();
  context.rect(x, at.top, at.none, at.side);
  context.clip();
  for (let row = r0; row < r1; row++) {
    const value = cellShare(matrix, sums, scene.values, order[row], matrix.rows);
    const count = matrix.counts[order[row] * matrix.columns + matrix.rows];
    if (!count) continue;
    const y = at.top + (row - window.row) * at.cell;
    const t = shade(cellShare(matrix, sums, 'row', order[row], matrix.rows), false);
    context.fillStyle = css(lut, t);
    context.fillRect(x, y + 0.5, at.none, Math.max(1, at.cell - 1));
    if (at.cell >= 14 && at.none >= 20) {
      const colour = readable(lut, t, palette);
      context.font = `500 ${Math.min(12, at.cell * 0.5)}px ${palette.font}`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillStyle = colour;
      context.fillText(text(value, scene.values), x + at.none / 2, y + at.cell / 2);
    }
  }
  context.restore();
  context.strokeStyle = palette.line;
  context.strokeRect(x - 0.5, at.top - 0.5, at.none + 1, at.side + 1);
}

function frame(context: Context, at: Layout, palette: Palette): void {
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.strokeRect(at.left - 0.5, at.top - 0.5, at.side + 1, at.side + 1);
}

function mark(
  context: CanvasRenderingContext2D,
  at: Layout,
  scene: Scene,
  place: Place | null,
  colour: string,
  width: number,
): void {
  if (!place) return;
  const { window, order } = scene;
  const none = place.column === order.length;
  if (none && !at.none) return;
  const x = none ? at.left + at.side + at.gap : at.left + (place.column - window.column) * at.cell;
  const y = at.top + (place.row - window.row) * at.cell;
  const w = none ? at.none : at.cell;
  const outside =
    y < at.top - 1 || y > at.top + at.side || (!none && (x < at.left - 1 || x > at.left + at.side));
  if (outside) return;
  // A cell of one pixel is still found: the mark is never smaller than 7 px.
  const grow = Math.max(0, (7 - Math.min(w, at.cell)) / 2);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(x - grow, y - grow, w + 2 * grow, at.cell + 2 * grow);
}

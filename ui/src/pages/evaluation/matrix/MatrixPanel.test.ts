// @vitest-environment happy-dom
/** The matrix as one works with it: read and opened by keys and pointer, sorted, zoomed, each state in the address. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Matrix } from '../../../api/types';
import { parseView } from '../../../state/view/address';
import { router } from '../../../state/router.svelte';
import { click, drawn, enter, find, named, press, show, useDOM } from '../../../testing/page';
import { sums } from '../../../viz/matrix';
import MatrixPanel from './MatrixPanel.svelte';

useDOM();

const onselect = vi.fn();

/** Labels down; the last column is "no decision". */
function open(rows: number[][], classes: string[], query = ''): void {
  router.adjust(parseView(`/evaluations/a~b${query}`));
  const matrix: Matrix = {
    rows: rows.length,
    columns: rows.length + 1,
    counts: new Uint32Array(rows.flat()),
  };
  show(MatrixPanel, {
    get view() {
      return router.view;
    },
    matrix,
    total: sums(matrix),
    classes,
    busy: false,
    onselect,
  });
}

const fruit = ['pear', 'apple', 'fig', 'lime'];
const small = [
  [8, 2, 0, 0, 0],
  [1, 4, 0, 0, 5],
  [0, 0, 0, 0, 0],
  [6, 0, 0, 4, 0],
];
/** Sixty classes, each confused with the one 30 places away. */
const many = Array.from({ length: 60 }, (_, i) =>
  Array.from({ length: 61 }, (_, j) => (i === j ? 9 : j < 60 && j % 30 === i % 30 ? 4 : 0)),
);
const numbers = many.map((_, i) => `class ${i}`);

const canvas = () => find<HTMLCanvasElement>('canvas');
const order = () => canvas().dataset.order!.split(',').map(Number);
const window_ = () => canvas().dataset.window!.split(',').map(Number);
const readout = () =>
  find('[data-test="readout"]')
    .textContent!.trim()
    .replace(/\u202f/g, ' ');
const address = () => Object.fromEntries(new URLSearchParams(location.search));

/** A press of the pointer on a place, in cells from the upper left corner. */
function tap(column: number, row: number): void {
  const { left, top, cell } = canvas().dataset;
  const at = {
    clientX: Number(left) + column * Number(cell),
    clientY: Number(top) + row * Number(cell),
    pointerId: 1,
    bubbles: true,
  };
  for (const kind of ['pointerdown', 'pointerup']) canvas().dispatchEvent(new PointerEvent(kind, at));
}

beforeEach(() => onselect.mockClear());

describe('classes', () => {
  it('stand by name, by share of errors, or beside those they are confused with', () => {
    open(small, fruit);
    expect(order()).toEqual([1, 3, 0]);
    click(named('error'));
    expect(address()).toEqual({ order: 'error' });
    expect(order()).toEqual([3, 0, 1]);
    click(named('cluster'));
    const at = order();
    expect(Math.abs(at.indexOf(3) - at.indexOf(0))).toBe(1);
  });

  it('without samples are hidden until asked for', () => {
    open(small, fruit);
    const box = named('hide 1 empty') as HTMLInputElement;
    box.checked = false;
    box.dispatchEvent(new Event('change', { bubbles: true }));
    expect(address()).toEqual({ empty: 'show' });
    expect(parseView(location.pathname + location.search)).toEqual(router.view);
  });
});

describe('cells', () => {
  it('are read and opened by keys', () => {
    open(small, fruit);
    press('ArrowDown', canvas());
    expect(readout()).toBe(
      'apple, predicted apple: 4 · 40.0 % of the label (95 % interval 16.8 % to 68.7 %) · 66.7 % of the prediction',
    );
    press('End', canvas());
    expect(readout()).toContain(
      'apple, no decision: 5 · 50.0 % of the label (95 % interval 23.7 % to 76.3 %) · 100.0 % of the undecided',
    );
    press('Enter', canvas());
    expect(onselect).toHaveBeenLastCalledWith(1, -1);
    press('PageDown', canvas());
    press('Home', canvas());
    press(' ', canvas());
    expect(onselect).toHaveBeenLastCalledWith(0, 1);
    press('Escape', canvas());
    expect(onselect).toHaveBeenLastCalledWith(null, null);
  });

  it('and names are opened by the pointer', () => {
    open(small, fruit);
    tap(2.5, 1.5);
    expect(onselect).toHaveBeenLastCalledWith(3, 0);
    tap(-0.1, 1.5);
    expect(onselect).toHaveBeenLastCalledWith(3, null);
    tap(1.5, -0.1);
    expect(onselect).toHaveBeenLastCalledWith(null, 3);
    expect(onselect).toHaveBeenCalledTimes(3);
  });

  it('show counts, or shares of their row or column', () => {
    open(small, fruit);
    const texts = () => drawn.filter(([name]) => name === 'fillText').map(([, text]) => String(text));
    expect(texts()).toContain('8');
    drawn.length = 0;
    click(named('row %'));
    expect(address()).toEqual({ values: 'row' });
    expect(texts()).toContain('80');
    expect(texts()).not.toContain('8');
  });

  it('in view are read out when none is pointed at', () => {
    open(small, fruit, '?label=3&predicted=0');
    expect(readout()).toContain('lime, predicted pear: 6 · 60.0 % of the label');
  });
});

describe('the window', () => {
  it('is zoomed by keys about the cursor and kept in the address', () => {
    open(many, numbers);
    press('ArrowDown', canvas()); // puts the cursor on the first cell
    press('+', canvas());
    expect(address().window).toMatch(/^[\d.]+,[\d.]+,36$/);
    expect(window_()[0]).toBeLessThan(1);
    press('End', canvas()); // the last column is out of sight: it is scrolled to
    expect(window_()[1]).toBe(24);
    press('0', canvas());
    expect(address()).toEqual({});
    expect(window_()).toEqual([0, 0, 60]);
  });

  it('goes to a class that is searched for by name', () => {
    open(many, numbers);
    enter(named('Find'), 'class 37');
    press('Enter', named('Find'));
    expect(address()).toEqual({ find: '37', window: '25,25,24' });
    expect(window_()).toEqual([25, 25, 24]);
    expect(readout()).toContain('class 37, predicted class 37: 9');
  });

  it('is dragged, and a drag opens nothing', () => {
    open(many, numbers, '?window=10,10,20');
    HTMLElement.prototype.setPointerCapture ??= () => {};
    const cell = Number(canvas().dataset.cell);
    const go = (kind: string, x: number) =>
      canvas().dispatchEvent(
        new PointerEvent(kind, { clientX: 300 + x, clientY: 300, pointerId: 1, bubbles: true }),
      );
    go('pointerdown', 0);
    go('pointermove', 5 * cell);
    go('pointerup', 5 * cell);
    expect(router.view.matrix.window).toEqual([10, 5, 20]);
    expect(onselect).not.toHaveBeenCalled();
  });
});

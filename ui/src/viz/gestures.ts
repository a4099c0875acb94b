/** Pointers on a plot: one that moves drags, two pinch, one that was pressed and did not move clicks. */

export interface Point {
  x: number;
  y: number;
}

/** What a movement means, since the press at `from` while the plot stood at `start`. */
export type Gesture<T> =
  | { kind: 'hover' }
  | { kind: 'wait' }
  | { kind: 'drag'; start: T; from: Point; dx: number; dy: number; began: boolean }
  | { kind: 'pinch'; start: T; from: Point; factor: number };

/** Pixels that a pressed pointer may move and still be a click. */
const slack = 5;

export class Gestures<T> {
  private pointers = new Map<number, Point>();
  private press: { from: Point; start: T; moved: boolean; spread: number } | null = null;

  get pressed(): boolean {
    return this.press !== null;
  }

  down(id: number, at: Point, start: T): void {
    this.pointers.set(id, at);
    this.press = { from: at, start, moved: this.pointers.size > 1, spread: this.spread() };
  }

  move(id: number, at: Point): Gesture<T> {
    if (this.pointers.has(id)) this.pointers.set(id, at);
    const { press } = this;
    if (!press) return { kind: 'hover' };
    const { from, start } = press;
    if (this.pointers.size === 2 && press.spread) {
      return { kind: 'pinch', start, from, factor: press.spread / Math.max(20, this.spread()) };
    }
    if (this.pointers.size !== 1) return { kind: 'hover' };
    const [dx, dy] = [at.x - from.x, at.y - from.y];
    if (!press.moved && Math.hypot(dx, dy) < slack) return { kind: 'wait' };
    const began = !press.moved;
    press.moved = true;
    return { kind: 'drag', start, from, dx, dy, began };
  }

  /** up ends a press and tells whether it was a click. */
  up(id: number): boolean {
    const clicked = this.press !== null && !this.press.moved && this.pointers.size === 1;
    this.pointers.delete(id);
    if (!this.pointers.size) this.press = null;
    return clicked;
  }

  cancel(id: number): void {
    this.pointers.delete(id);
    this.press = null;
  }

  private spread(): number {
    const [a, b] = [...this.pointers.values()];
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }
}

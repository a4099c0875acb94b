/**
 * A scrolled list of which only the part in sight exists. Browsers limit how
 * tall an element may be (Firefox: 17.8 million pixels), so a taller list is
 * scrolled in proportion: the scroll bar spans it all, each pixel of it more.
 */

const tallest = 16_000_000;

export interface Scroll {
  /** Height to give the scrolled element. */
  height: number;
  /** First and last row (exclusive) to draw. */
  from: number;
  to: number;
  /** Where the first drawn row stands in the scrolled element. */
  offset: number;
}

/** visibleRows tells what to draw for a scroll position, with one row to spare above and below. */
export function visibleRows(
  rows: number,
  rowHeight: number,
  top: number,
  view: number,
  limit = tallest,
): Scroll {
  const whole = rows * rowHeight;
  const height = Math.min(whole, limit);
  const room = Math.max(1, height - view);
  // Where the list would stand if it were as tall as it is long.
  const at = whole > height ? Math.min(1, top / room) * (whole - view) : top;
  const from = Math.max(0, Math.floor(at / rowHeight) - 1);
  const to = Math.min(rows, Math.ceil((at + view) / rowHeight) + 1);
  return { height, from, to, offset: from * rowHeight - at + top };
}

/** scrollTo is the scroll position, as near to the present one as can be, at which a row is in sight whole. */
export function scrollTo(
  rows: number,
  rowHeight: number,
  row: number,
  top: number,
  view: number,
  limit = tallest,
): number {
  const whole = rows * rowHeight;
  const squeeze = whole > limit ? Math.max(1, limit - view) / (whole - view) : 1;
  const at = top / squeeze;
  const least = (row + 1) * rowHeight - view;
  const most = row * rowHeight;
  return Math.max(0, Math.min(most, Math.max(at, least)) * squeeze);
}

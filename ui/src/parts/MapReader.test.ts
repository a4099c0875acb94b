// @vitest-environment happy-dom
/** Reading a map: by the keys cell by cell, from its hottest place, and by the pointer. */
import { beforeEach, expect, it, vi } from 'vitest';
import { find, press, show, useDOM } from '../testing/page';
import { mapOf } from '../testing/samples';
import MapReader from './MapReader.svelte';

useDOM();

// Two by two cells of ten pixels, the hottest at the lower right.
const onpoint = vi.fn();
const reader = () => find('[data-test="reader"]');
const open = (point: [number, number] | null, label = 'Map') =>
  show(MapReader, { map: mapOf(), width: 20, height: 20, point, label, onpoint });

beforeEach(() => void onpoint.mockClear());

it('begins at the hottest place', () => {
  open(null);
  press('Enter', reader());
  press('ArrowUp', reader());
  expect(onpoint.mock.calls).toEqual([[[15, 15]], [[15, 15]]]);
});

it('goes from cell to cell, and stays inside', () => {
  open([5, 5]);
  const goes = {
    ArrowRight: [15, 5],
    ArrowDown: [5, 15],
    ArrowLeft: [5, 5],
    End: [15, 5],
    PageDown: [5, 15],
  };
  for (const [key, to] of Object.entries(goes)) {
    press(key, reader());
    expect(onpoint.mock.lastCall).toEqual([to]);
  }
});

it('leaves on Escape, once, and leaves other keys alone', () => {
  open([5, 5]);
  press('Escape', reader());
  press('Tab', reader());
  reader().dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', altKey: true, bubbles: true }));
  expect(onpoint.mock.calls).toEqual([[null]]);
});

it('reads under the pointer, in pixels of the image, at its rim too', () => {
  open(null);
  vi.spyOn(reader(), 'getBoundingClientRect').mockReturnValue({
    left: 100,
    top: 50,
    width: 200,
    height: 100,
  } as DOMRect);
  for (const [clientX, clientY] of [
    [150, 75],
    [900, 20],
  ])
    reader().dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }));
  const [[inside], [beyond]] = onpoint.mock.calls;
  expect(inside).toEqual([5, 5]);
  expect(beyond[0]).toBeLessThan(20);
  expect(beyond[0]).toBeCloseTo(20, 5);
  expect(beyond[1]).toBe(0);
});

it('without a name it is no stop of the Tab key', () => {
  open([5, 5], '');
  expect(find('svg').hasAttribute('tabindex')).toBe(false);
  expect(document.querySelectorAll('polygon').length).toBe(2);
});

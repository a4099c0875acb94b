// @vitest-environment happy-dom
/** The histogram in no room at all: under load a page is drawn before it is laid out. */
import { expect, it, vi } from 'vitest';
import { parseView } from '../../state/view/address';
import { settled, show, useDOM } from '../../testing/page';
import { json, serve } from '../../testing/server';
import Histogram from './Histogram.svelte';

useDOM();

it.each([0, 20, 60, 480])('has no bar of a negative width in %i px', async (width) => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(width);
  const edges = Array.from({ length: 21 }, (_, i) => i / 20);
  serve({
    '/api/evaluations/a~b/histogram': () =>
      json({ edges, right: edges.slice(1).map(() => 5), wrong: edges.slice(1).map(() => 2) }),
  });
  const page = show(Histogram, { view: parseView('/evaluations/a~b'), revision: 0 });
  await settled();
  const bars = [...page.querySelectorAll('rect')];
  expect(bars.length).toBe(80);
  for (const bar of bars)
    for (const side of ['width', 'height']) expect(Number(bar.getAttribute(side))).toBeGreaterThanOrEqual(0);
});

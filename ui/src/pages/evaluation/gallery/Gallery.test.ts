// @vitest-environment happy-dom
/** The gallery: pages of samples as they come into sight, maps in turn, every setting in the address. */
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { AttributionMap } from '../../../api/types';
import { parseView } from '../../../state/view/address';
import { router } from '../../../state/router.svelte';
import { click, enter, find, named, press, settled, show, useDOM } from '../../../testing/page';
import { mapOf, methodOf, summaryOf } from '../../../testing/samples';
import { type Answer, json, problem, serve, wholeMap } from '../../../testing/server';
import Gallery from './Gallery.svelte';

useDOM();

const total = 700;
const page: Answer = (query) => {
  const offset = Number(query.get('offset'));
  const ids = Array.from({ length: Math.min(60, total - offset) }, (_, i) => offset + i + 1);
  return json({ total, samples: ids.map((id) => summaryOf(id)) });
};
const path = '/api/evaluations/a~b/samples';
const methods: Answer = () => json({ methods: [methodOf('gradcam'), methodOf('rise')] });

async function open(query: string, table: Record<string, Answer> = {}): Promise<string[]> {
  const asked = serve({
    [path]: page,
    '/api/evaluations/a~b/unfit': () => json({ methods: { layercam: 'it has no layer' } }),
    '/api/evaluations/a~b/tags': () => json({ tags: [] }),
    '/api/methods': methods,
    ...table,
  });
  router.adjust(parseView(`/evaluations/a~b${query}`));
  show(Gallery, {
    get view() {
      return router.view;
    },
    dataset: 'a',
    classes: ['cake', 'chocolate'],
    revision: 0,
    onmarked: () => {},
  });
  await settled();
  return asked;
}

const thumbs = () => [...document.querySelectorAll<HTMLElement>('[data-test="thumb"]')];
const offsets = (asked: string[]) =>
  asked
    .filter((url) => url.startsWith(path + '?'))
    .map((url) => new URL(url, 'http://s').searchParams.get('offset'));

function scrollTo(top: number): void {
  const scroller = find('.scroller');
  scroller.scrollTop = top;
  scroller.dispatchEvent(new Event('scroll'));
  flushSync();
}

describe('the path filter', () => {
  it('follows the typing after a rest, and keeps what is typed', async () => {
    const asked = await open('');
    const field = named('Path contains') as HTMLInputElement;
    for (const text of ['c', 'ca', 'ca ']) {
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
    expect(location.search).toBe('');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await settled();
    expect(location.search).toBe('?q=ca');
    expect(field.value).toBe('ca ');
    expect(asked.filter((url) => url.startsWith(path) && url.includes('q=ca'))).toHaveLength(1);
  });
});

describe('keys', () => {
  const stops = () => thumbs().filter(({ tabIndex }) => tabIndex === 0);
  const focused = () => (document.activeElement as HTMLElement).dataset.index;

  it('go from image to image; Tab comes to one of them', async () => {
    await open('');
    expect(stops().map(({ dataset }) => dataset.index)).toEqual(['0']);
    const columns = Number(find('[role="grid"]').getAttribute('aria-colcount'));
    thumbs()[0].focus();
    for (const [key, index] of [
      ['ArrowLeft', 0],
      ['ArrowRight', 1],
      ['ArrowDown', 1 + columns],
      ['ArrowUp', 1],
      ['ArrowUp', 1],
      ['End', total - 1],
      ['ArrowRight', total - 1],
      ['Home', 0],
    ] as const) {
      press(key);
      await settled();
      expect([key, focused()]).toEqual([key, String(index)]);
      expect(stops()).toEqual([document.activeElement]);
    }
  });

  it('find a stop among the images in sight when the last one is scrolled away', async () => {
    await open('');
    scrollTo(10_000);
    await settled();
    expect(stops()).toHaveLength(1);
  });
});

describe('paging', () => {
  it('asks for the pages in sight, each once, and holds few thumbs', async () => {
    const asked = await open('');
    expect(find('[data-test="gallery-total"]').textContent).toBe('700 images');
    expect(thumbs()[0].dataset.sample).toBe('1');
    scrollTo(10_000);
    await settled();
    const ids = thumbs().map(({ dataset }) => Number(dataset.sample));
    expect(ids[0]).toBeGreaterThan(200);
    expect(ids).toEqual(ids.map((_, i) => ids[0] + i));
    expect(ids.length).toBeLessThan(80);
    scrollTo(0);
    scrollTo(10_000);
    await settled();
    const all = offsets(asked);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeLessThan(5);
  });

  it('begins anew at the top when the slice changes', async () => {
    const asked = await open('?label=0');
    scrollTo(10_000);
    await settled();
    click(named('All images'));
    await settled();
    expect(location.search).toBe('?correct=any');
    expect(find('.scroller').scrollTop).toBe(0);
    expect(asked.filter((url) => !url.includes('label=0') && url.includes('offset=0'))).toHaveLength(1);
  });

  it('says what is wrong when a page does not come', async () => {
    await open('', {
      [path]: (query, signal) =>
        query.get('offset') === '0' ? page(query, signal) : problem(500, 'Broken', 'Look at the log.'),
    });
    scrollTo(10_000);
    await settled();
    expect(find('[role="alert"]').textContent).toContain('Look at the log.');
  });

  it('links to the mistakes on the sample page when nothing else was chosen', async () => {
    await open('');
    expect(thumbs()[0].getAttribute('href')).toBe('/evaluations/a~b/samples/1?correct=false');
  });
});

describe('maps', () => {
  const map = (id: number, map: AttributionMap): Record<string, Answer> => ({
    [`${path}/${id}/map`]: () => wholeMap(map),
  });
  const few: Answer = () => json({ total: 2, samples: [summaryOf(9001), summaryOf(9002)] });

  it('share one scale, which goes on to the sample page; an empty one is not drawn', async () => {
    const strong = mapOf({ max: 8, values: new Float32Array([0, 0, 1, 8]) });
    const empty = mapOf({ degenerate: 'every value is zero', values: new Float32Array(4) });
    await open('?overlay=1&scale=shared', { [path]: few, ...map(9001, strong), ...map(9002, empty) });
    expect(find('[data-test="legend"]').dataset.top).toBe('8');
    expect(document.querySelectorAll('[data-test="thumb-map"]')).toHaveLength(1);
    expect(thumbs()[1].textContent).toContain('red · empty');
    expect(parseView(thumbs()[0].getAttribute('href')!).map.top).toBe(8);
  });

  const verdictOf = (thumb: HTMLElement) => thumb.querySelector('[data-test="thumb-verdict"]')?.textContent;

  it('bear their verdict as a word; a red one is grey and sets no scale', async () => {
    const good = mapOf({ max: 2, values: new Float32Array([0, 0, 1, 2]), verdict: 'green' });
    const bad = mapOf({ max: 8, values: new Float32Array([0, 0, 1, 8]), verdict: 'red' });
    const three: Answer = () => json({ total: 3, samples: [9011, 9012, 9013].map((id) => summaryOf(id)) });
    await open('?overlay=1&scale=shared', {
      [path]: three,
      ...map(9011, good),
      ...map(9012, bad),
      ...map(9013, mapOf({ max: 1 })),
    });
    for (let i = 0; i < 3; i++) await settled();
    expect(thumbs().map((thumb) => verdictOf(thumb)?.trim())).toEqual(['green', 'red', 'not measured']);
    expect(thumbs().map((thumb) => thumb.querySelector('canvas.grey') !== null)).toEqual([
      false,
      true,
      false,
    ]);
    expect(find('[data-test="legend"]').dataset.top).toBe('3'); // of mapOf
  });

  it('name the method that was chosen, where the choice was left to the server', async () => {
    const all: Answer = () =>
      json({ methods: [methodOf('auto', { family: 'auto' }), methodOf('gradcam', { title: 'Grad-CAM' })] });
    const asked = await open('?overlay=1', {
      [path]: few,
      '/api/methods': all,
      ...map(9001, mapOf()),
      ...map(9002, mapOf()),
    });
    expect(find('[data-test="gallery-maker"]').textContent).toBe('here Grad-CAM');
    expect(asked.some((url) => url.includes('method=auto'))).toBe(true);
  });

  it.each([
    ['label=0&predicted=1', 'contrast', 'contrast: chocolate minus cake'],
    ['label=0&predicted=0', 'predicted', 'contrast: cake minus runner-up'],
    ['label=0', 'predicted', 'contrast: predicted minus true, or runner-up'],
    ['label=0&predicted=1&target=predicted', 'predicted', 'contrast: chocolate minus cake'],
  ])('of %s explain %s, and name what is subtracted', async (query, target, title) => {
    const one: Answer = () => json({ total: 1, samples: [summaryOf(9021)] });
    const asked = await open(`?${query}&overlay=1`, { [path]: one, ...map(9021, mapOf()) });
    const control = named('Explains') as HTMLSelectElement;
    expect(control.value).toBe(target);
    expect([...control.options].find(({ value }) => value === 'contrast')!.text).toBe(title);
    const maps = asked.filter((url) => url.includes('/map?'));
    expect(maps.every((url) => url.includes(`target=${target}`))).toBe(true);
    expect(parseView(thumbs()[0].getAttribute('href')!).map.target).toBe(
      query.includes('target') ? target : '',
    );
  });

  it('are asked for two at a time and kept', async () => {
    let [running, most] = [0, 0];
    const slow: Answer = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return wholeMap(mapOf());
    };
    const ids = Array.from({ length: 8 }, (_, i) => 9100 + i);
    const list: Answer = () => json({ total: 8, samples: ids.map((id) => summaryOf(id)) });
    const table = Object.fromEntries(ids.map((id) => [`${path}/${id}/map`, slow]));
    const asked = await open('?overlay=1', { [path]: list, ...table });
    for (let i = 0; i < 10; i++) await settled();
    expect(document.querySelectorAll('[data-test="thumb-map"]')).toHaveLength(8);
    expect(most).toBe(2);
    const before = asked.length;
    for (const on of [false, true]) {
      const box = named('maps') as HTMLInputElement;
      box.checked = on;
      box.dispatchEvent(new Event('change', { bubbles: true }));
      await settled();
    }
    expect(document.querySelectorAll('[data-test="thumb-map"]')).toHaveLength(8);
    expect(asked.slice(before).filter((url) => url.includes('/map?'))).toEqual([]);
  });
});

it('writes order, path, method and target to the address, which gives them back', async () => {
  await open('?overlay=1', { [path]: () => json({ total: 0, samples: [] }) });
  const choose = (label: string, value: string) => enter(named(label), value);
  choose('Sort', '-loss');
  choose('Method', 'rise');
  choose('Explains', 'contrast');
  choose('Path contains', ' cake ');
  expect(location.search).toBe('?q=cake&sort=-loss&overlay=1&method=rise&target=contrast');
  expect(parseView(location.pathname + location.search)).toEqual(router.view);
  await settled();
  expect(document.body.textContent).toContain('No image is in this slice');
});

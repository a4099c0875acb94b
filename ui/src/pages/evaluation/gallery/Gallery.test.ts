// @vitest-environment happy-dom
/** The gallery: pages of samples as they come into sight, maps in turn, every setting in the address. */
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { AttributionMap } from '../../../api/types';
import { parseView } from '../../../state/view/address';
import { router } from '../../../state/router.svelte';
import { click, enter, find, named, settled, show, useDOM } from '../../../testing/page';
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
  const asked = serve({ [path]: page, '/api/methods': methods, ...table });
  router.adjust(parseView(`/evaluations/a~b${query}`));
  show(Gallery, {
    get view() {
      return router.view;
    },
    dataset: 'a',
    classes: ['cake', 'chocolate'],
    revision: 0,
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

describe('paging', () => {
  it('asks for the pages in sight, each once, and holds few thumbs', async () => {
    const asked = await open('');
    expect(find('[role="status"]').textContent).toBe('700 images');
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
    expect(thumbs()[1].textContent).toContain('map is empty');
    expect(parseView(thumbs()[0].getAttribute('href')!).map.top).toBe(8);
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
  choose('Target', 'contrast');
  choose('Path contains', ' cake ');
  expect(location.search).toBe('?q=cake&sort=-loss&overlay=1&method=rise&target=contrast');
  expect(parseView(location.pathname + location.search)).toEqual(router.view);
  await settled();
  expect(document.body.textContent).toContain('No image is in this slice');
});

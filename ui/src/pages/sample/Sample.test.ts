// @vitest-environment happy-dom
/** The sample page: keys walk through the slice, the map follows, and what is in view stays in the address. */
import { expect, it, vi } from 'vitest';
import type { Sample as Detail } from '../../api/types';
import { router } from '../../state/router.svelte';
import { parseView } from '../../state/view/address';
import { find, named, press, settled, show, useDOM } from '../../testing/page';
import { mapOf, methodOf, sampleOf } from '../../testing/samples';
import { type Answer, json, problem, serve, wholeMap } from '../../testing/server';
import Sample from './Sample.svelte';

useDOM();

const path = '/api/evaluations/a~b/samples';

const alike = {
  right: [{ ...sampleOf(900), path: 'pie/like.png', label: 0, predicted: 0, similarity: 0.98765 }],
  wrong: [],
  unlabelled: [],
  of: 12,
  rescored: 3,
};

/** Kept maps stay for the whole file: each test has its own samples, three in a row. */
let first = 0;

async function open(query: string, changes: Partial<Detail> = {}, map: Answer = () => wholeMap(mapOf())) {
  first += 10;
  const at = (id: number): Partial<Detail> => ({
    previous: id > first ? id - 1 : null,
    next: id < first + 2 ? id + 1 : null,
    position: id - first,
    total: 3,
  });
  const table: Record<string, Answer> = {
    '/api/methods': () => json({ methods: [methodOf('gradcam'), methodOf('layercam')] }),
    '/api/evaluations/a~b/unfit': () => json({ methods: {} }),
    '/api/evaluations/a~b': () => json({ classes: ['cake', 'chocolate'] }),
  };
  for (const id of [first, first + 1, first + 2]) {
    table[`${path}/${id}`] = () => json(sampleOf(id, { ...at(id), ...changes }));
    table[`${path}/${id}/map`] = map;
    table[`${path}/${id}/similar`] = () => json(alike);
  }
  const asked = serve(table);
  router.adjust(parseView(`/evaluations/a~b/samples/${first}${query}`));
  show(Sample, {
    get view() {
      return router.view;
    },
  });
  await settled();
  return asked;
}

const here = () => location.pathname.split('/').pop();
const overlay = () => find('canvas[data-test="overlay"]').dataset;

it('walks through the slice by keys, a map each, and comes back to the gallery', async () => {
  const asked = await open('?label=0&method=gradcam&top=2');
  expect(find('h1').textContent!.replace(/\s+/g, ' ').trim()).toContain('cake, taken for chocolate');
  expect([overlay().sample, overlay().mapState]).toEqual([String(first), 'done']);
  press('k', document.body); // there is none before the first
  expect(here()).toBe(String(first));
  press('ArrowRight', document.body);
  await settled();
  press('j', document.body);
  await settled();
  expect([here(), overlay().sample]).toEqual([String(first + 2), String(first + 2)]);
  press('ArrowLeft', document.body);
  await settled();
  expect(location.search).toBe('?label=0&top=2&method=gradcam');
  expect(asked.filter((url) => url.includes('/map?'))).toHaveLength(3);
  press('Escape', document.body);
  expect(location.pathname + location.search).toBe('/evaluations/a~b?label=0&method=gradcam');
});

it('leaves keys to the fields they are pressed in', async () => {
  await open('');
  press('ArrowRight', named('Colours'));
  press('Escape', named('Hide under'));
  expect(here()).toBe(String(first));
});

it('explains the prediction of an image without a label, whatever the address asks for', async () => {
  const asked = await open('?target=true', { label: -1, label_name: '' });
  const maps = asked.filter((url) => url.includes('/map?'));
  expect(maps.at(-1)).toContain('target=predicted');
  expect(find<HTMLOptionElement>('option[value="true"]').disabled).toBe(true);
});

it('says why a map cannot be made, and offers no second try where that cannot help', async () => {
  await open('', {}, () => problem(422, 'Unprocessable Entity', 'gradcam: the model has no convolution'));
  const alert = find('[role="alert"]');
  expect(alert.textContent).toContain('the model has no convolution');
  expect(alert.querySelector('button')).toBeNull();
  expect(overlay().mapState).toBe('error');
});

it('tells how far chance may have moved a sampled map, where the map knows', async () => {
  const counts = () => find('[data-test="map-counts"]').textContent!.replace(/\s+/g, ' ');
  await open('?method=gradcam', {}, () => wholeMap(mapOf({ cell_error: 0.184, sum_error: 0.251 })));
  expect(counts()).toContain(
    'uncertain by about 18 % of the largest, the sum by 25 %; more designs make it less',
  );
  await open('?method=gradcam');
  expect(counts()).not.toContain('uncertain');
});

it('shows what looks alike to the model, and leads there', async () => {
  await open('');
  await settled();
  const like = await vi.waitFor(() => {
    const link = document.querySelector<HTMLAnchorElement>('[data-test="similar-right"] a');
    expect(link).not.toBeNull();
    return link!;
  });
  expect(like.textContent).toContain('like.png');
  expect(like.textContent).toContain('0.988');
  expect(like.getAttribute('href')).toContain('/samples/900');
  expect(document.querySelector('[data-test="similar-wrong"]')).toBeNull();
});

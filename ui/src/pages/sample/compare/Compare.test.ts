// @vitest-environment happy-dom
/** The comparison: maps in turn, stopped one by one, refused or empty ones not drawn, one scale per unit. */
import { expect, it } from 'vitest';
import type { AttributionMap } from '../../../api/types';
import { parseView } from '../../../state/view/address';
import { router } from '../../../state/router.svelte';
import { click, find, leave, named, settled, show, useDOM } from '../../../testing/page';
import { mapOf, methodOf, sampleOf } from '../../../testing/samples';
import { type Answer, Events, problem, serve, wholeMap } from '../../../testing/server';
import Compare from './Compare.svelte';

useDOM();

const methods = [
  methodOf('gradcam'),
  methodOf('layercam'),
  methodOf('gradient', { family: 'gradient' }),
  methodOf('attention', { family: 'attention' }),
  methodOf('rise', { family: 'perturbation', streams: true }),
];

/** Kept maps stay for the whole file: each test has its own sample. */
let id = 0;
const path = (tail = '') => `/api/evaluations/a~b/samples/${id}/map${tail}`;

/** open shows the comparison of a new sample; answers are by method. */
async function open(
  query: string,
  answers: Record<string, Answer>,
  stream?: Answer,
  automatic = '',
  more: Record<string, Answer> = {},
): Promise<string[]> {
  id++;
  const table: Record<string, Answer> = {
    [path()]: (query, signal) => answers[query.get('method')!](query, signal),
  };
  Object.assign(table, more);
  if (stream) table[path('/events')] = stream;
  const asked = serve(table);
  router.adjust(parseView(`/evaluations/a~b/samples/${id}?layout=compare&${query}`));
  show(Compare, {
    get view() {
      return router.view;
    },
    sample: sampleOf(id, { regions: [{ name: 'head', kind: 'box', points: [2, 3, 12, 9] }] }),
    methods: automatic ? [methodOf('auto', { family: 'auto' }), ...methods] : methods,
    method: automatic ? methodOf('auto', { family: 'auto' }) : methods[0],
    automatic,
    unfit: automatic ? { gradient: 'it cannot be differentiated' } : {},
    target: 'predicted',
    classes: ['cake', 'chocolate'],
    unlabelled: false,
  });
  await settled();
  return asked;
}

const cell = (method: string) => find(`[data-test="compare-cell"][data-method="${method}"]`);
const state = (method: string) => cell(method).dataset.state;
const drawnIn = (method: string) => cell(method).querySelectorAll('[data-test="compare-map"]').length;
const map =
  (method: string, changes: Partial<AttributionMap> = {}): Answer =>
  () =>
    wholeMap(mapOf({ method, ...changes }));

it('draws the regions over every map, unless they are switched off', async () => {
  await open('methods=gradcam,gradient', { gradcam: map('gradcam'), gradient: map('gradient') });
  const boxes = () => [...document.querySelectorAll('[data-test="compare-regions"] rect:not(.under)')];
  expect(boxes().map((box) => ['x', 'y', 'width', 'height'].map((side) => box.getAttribute(side)))).toEqual([
    ['2', '3', '10', '6'],
    ['2', '3', '10', '6'],
  ]);
  router.adjust({ ...router.view, map: { ...router.view.map, boxes: false } });
  await settled();
  expect(boxes()).toEqual([]);
});

it('begins with the method in view beside quick ones of other families', async () => {
  await open(
    '',
    { gradcam: map('gradcam'), gradient: map('gradient'), layercam: map('layercam') },
    map('rise'),
  );
  const shown = [...document.querySelectorAll<HTMLElement>('[data-test="compare-cell"]')];
  expect(shown.map(({ dataset }) => dataset.method)).toEqual(['gradcam', 'gradient', 'rise']);
});

const shownMethods = () =>
  [...document.querySelectorAll<HTMLElement>('[data-test="compare-cell"]')].map(
    ({ dataset }) => dataset.method,
  );

it('puts the chosen method in the place of auto: never twice the same map', async () => {
  const answers = { gradcam: map('gradcam'), gradient: map('gradient'), layercam: map('layercam') };
  await open('', answers, map('rise'), 'gradcam');
  expect(shownMethods()).toEqual(['gradcam', 'layercam', 'rise']);
  expect((find('input[value="gradient"]') as HTMLInputElement).disabled).toBe(true);
  leave();
  await open('methods=auto,gradcam,layercam', answers, undefined, 'gradcam');
  expect(shownMethods()).toEqual(['gradcam', 'layercam']);
  expect(document.querySelector('input[value="auto"]')).toBeNull();
});

it('measures all maps that are not, one after the other', async () => {
  const trust: Answer = () =>
    new Response('event: done\ndata: {"verdict":"amber","forwards":595,"seconds":1}\n\n', {
      headers: { 'Content-Type': 'text/event-stream' },
    });
  const tail = `/api/evaluations/a~b/samples/${id + 1}/trust/events`;
  const asked = await open(
    'methods=gradcam,layercam,gradient',
    { gradcam: map('gradcam', { verdict: 'green' }), layercam: map('layercam'), gradient: map('gradient') },
    undefined,
    '',
    { [tail]: trust },
  );
  expect(find('[data-test="measure-all"]').textContent).toBe('Measure all 2 not measured');
  click(find('[data-test="measure-all"]'));
  for (let i = 0; i < 4; i++) await settled();
  const measured = asked
    .filter((url) => url.startsWith(tail))
    .map((url) => new URLSearchParams(url.split('?')[1]).get('method'));
  expect(measured).toEqual(['layercam', 'gradient']);
  expect(cell('layercam').querySelector('[data-test="badge"]')!.textContent).toContain('amber');
  expect(document.querySelector('[data-test="measure-all"]')).toBeNull();
});

it('does not draw what says nothing or does not fit, and says why', async () => {
  await open('methods=gradcam,layercam,attention', {
    gradcam: map('gradcam', { verdict: 'green' }),
    layercam: map('layercam', { degenerate: 'every value is zero' }),
    attention: () => problem(422, 'Unprocessable Entity', 'the model has no attention'),
  });
  expect(find('[data-test="compare-state"]').textContent!.trim()).toBe('3 maps');
  expect(['gradcam', 'layercam', 'attention'].map(drawnIn)).toEqual([1, 0, 0]);
  const badge = (method: string) =>
    cell(method).querySelector<HTMLElement>('[data-test="badge"]')?.dataset.verdict;
  expect([badge('gradcam'), badge('layercam'), badge('attention')]).toEqual(['green', 'red', undefined]);
  expect(cell('layercam').textContent).toContain('every value is zero');
  expect(cell('attention').textContent).toContain('the model has no attention');
  expect(cell('attention').querySelector('button')).toBeNull(); // trying again would not help
});

it('stops one map alone and takes it up again; a failed one can be tried again', async () => {
  const events = new Events();
  let broken = true;
  const answers = {
    gradcam: (() => (broken ? problem(500, 'Broken', 'see the log') : wholeMap(mapOf()))) as Answer,
  };
  await open('methods=gradcam,rise', answers, events.answer);
  expect([state('gradcam'), state('rise')]).toEqual(['error', 'running']);
  click(named('Stop', cell('rise')));
  await settled();
  expect([events.closed, state('rise')]).toEqual([true, 'stopped']);
  broken = false;
  click(named('Try again', cell('gradcam')));
  click(named('Start again', cell('rise')));
  await settled();
  expect([state('gradcam'), state('rise')]).toEqual(['done', 'running']);
});

/** Answers that wait until the test lets them go, and the most that waited at once. */
function gate(names: string[]) {
  const waiting: (() => void)[] = [];
  const found = { running: 0, most: 0 };
  const answer =
    (method: string): Answer =>
    async (_, signal) => {
      found.most = Math.max(found.most, ++found.running);
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      });
      found.running--;
      return wholeMap(mapOf({ method }));
    };
  const letGo = async () => {
    while (waiting.length) {
      waiting.shift()!();
      await settled();
    }
  };
  return { found, letGo, answers: Object.fromEntries(names.map((name) => [name, answer(name)])) };
}

const parameters = (urls: string[], name: string) =>
  urls.map((url) => new URL(url, 'http://s').searchParams.get(name));

it('asks for two maps at a time, and not for those that are no longer shown', async () => {
  const { found, letGo, answers } = gate(['gradcam', 'layercam', 'gradient']);
  const asked = await open('methods=gradcam,layercam,gradient&targets=predicted,contrast', answers);
  expect(parameters(asked, 'method')).toEqual(['gradcam', 'layercam']);
  router.adjust(parseView(`/evaluations/a~b/samples/${id}?layout=compare&methods=gradcam,gradient`));
  await settled();
  await letGo();
  expect(parameters(asked, 'method')).toEqual(['gradcam', 'layercam', 'gradient']);
  expect(found.most).toBe(2);
  expect(find('[data-test="compare-state"]').textContent!.trim()).toBe('2 maps');
});

it('asks for maps of one method one after the other: the second finds most of its work done', async () => {
  const { found, letGo, answers } = gate(['gradcam']);
  const asked = await open('methods=gradcam&targets=predicted,contrast,class:1', answers);
  expect(parameters(asked, 'target')).toEqual(['predicted']);
  await letGo();
  expect(parameters(asked, 'target')).toEqual(['predicted', 'contrast', 'class:1']);
  expect(found.most).toBe(1);
});

it('draws maps of one unit on one scale, and leaves other units their own', async () => {
  await open('methods=gradcam,layercam,gradient&scale=shared', {
    gradcam: map('gradcam', { values: new Float32Array([0, 0, 0, 2]) }),
    layercam: map('layercam', { values: new Float32Array([0, 0, 0, 5]) }),
    gradient: map('gradient', { values: new Float32Array([0, 0, 0, 0.25]) }),
  });
  const tops = [...document.querySelectorAll<HTMLElement>('[data-test="legend"]')].map(
    ({ dataset, textContent }) => [dataset.top, textContent!.includes('per unit of input')],
  );
  expect(tops).toEqual([
    ['5', false],
    ['0.25', true],
  ]);
});

it('names methods that the server does not have', async () => {
  await open('methods=gradcam,future', { gradcam: map('gradcam') });
  expect(document.body.textContent).toContain('no method future');
});

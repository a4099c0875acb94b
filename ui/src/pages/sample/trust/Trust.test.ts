// @vitest-environment happy-dom
/** The trust panel: measured when asked, cancelled, taken up again, read where it is stored. */
import { flushSync } from 'svelte';
import { expect, it, vi } from 'vitest';
import type { AttributionMap, Trust as Result } from '../../../api/types';
import { click, find, named, settled, show, useDOM } from '../../../testing/page';
import { mapOf, methodOf } from '../../../testing/samples';
import { type Answer, Events, json, problem, serve } from '../../../testing/server';
import Trust from './Trust.svelte';

useDOM();

const path = '/api/evaluations/a~b/samples/7/trust';
const curve = { inserting: [0, 0.5, 1], deleting: [1, 0.5, 0] };
const band = { low: [0, 0, 0], high: [1, 1, 1], median: [0.5, 0.5, 0.5] };
const result: Result = {
  verdict: 'green',
  reason: 'better than 95 % of its controls',
  map: { ...curve, auc: { insertion: 0.8, deletion: 0.2, difference: 0.6 } },
  centre: { ...curve, auc: { insertion: 0.6, deletion: 0.4, difference: 0.2 } },
  band: { inserting: band, deleting: band },
  controls: [0.1, 0.2, 0.7].map((difference) => ({ insertion: 0.5, deletion: 0.5, difference })),
  content: { whole: 3, rearranged: 1, high: 2 },
  low: -0.1,
  high: 0.3,
  shares: [0, 0.5, 1],
  grid: [2, 2],
  forwards: 595,
  seed: 0,
  seconds: 2,
};
const onverdict = vi.fn();

async function open(map: AttributionMap, table: Record<string, Answer> = {}): Promise<string[]> {
  onverdict.mockClear();
  const asked = serve(table);
  const choice = { method: 'gradcam', target: 'predicted', options: {} };
  show(Trust, {
    asked: { evaluation: 'a~b', sample: '7', choice, streams: false },
    map,
    methods: [methodOf('gradcam')],
    onverdict,
  });
  await settled();
  return asked;
}

const badge = () => find('[data-test="badge"]').dataset.verdict;
const text = () => document.body.textContent!.replace(/\s+/g, ' ').replace(/\u202f/g, ' ');

it('measures nothing before it is asked, shows progress, and ends the work when cancelled', async () => {
  const events = new Events();
  const asked = await open(mapOf(), { [path + '/events']: events.answer });
  expect([badge(), asked]).toEqual(['none', []]);
  click(named('Measure'));
  await settled();
  events.send('progress', { done: 64, total: 595, rate: 256, eta_seconds: 2 });
  await settled();
  expect(text()).toContain('64 of 595 runs · 256 per second · 2.0 s left');
  click(named('Cancel'));
  await settled();
  expect(events.closed).toBe(true);
  expect([badge(), document.querySelector('[role="alert"]')]).toEqual(['none', null]);
  expect(named('Measure').textContent).toBe('Measure');
});

it('shows the verdict with its curves and figures, and reports it', async () => {
  const events = new Events();
  await open(mapOf(), { [path + '/events']: events.answer });
  click(named('Measure'));
  await settled();
  events.send('done', result);
  await settled();
  flushSync();
  expect(badge()).toBe('green');
  expect(find('[data-test="trust-reason"]').textContent).toBe('Better than 95 % of its controls.');
  expect(document.querySelectorAll('[data-test="trust-curve"]')).toHaveLength(2);
  expect(text()).toContain('It beats 2 of 3 permutations.');
  expect(onverdict.mock.calls).toEqual([['green']]);
});

it('reads what the server keeps, without measuring anew', async () => {
  const asked = await open(mapOf({ verdict: 'red' }), { [path]: () => json({ ...result, verdict: 'red' }) });
  expect(asked).toEqual([`${path}?method=gradcam&target=predicted&stored=true`]);
  expect(badge()).toBe('red');
  expect(text()).toContain('Do not read this map as a reason.');
});

it('says that insertion says nothing where the blurred image has the score already, and only there', async () => {
  const saturated = { ...result, map: { ...result.map, inserting: [0.86, 0.9, 0.99] } };
  await open(mapOf({ verdict: 'green' }), { [path]: () => json(saturated) });
  expect(find('[data-test="saturated"]').textContent!.replace(/\s+/g, ' ')).toContain(
    'already scores 0.86 of 0.99: insertion says nothing here',
  );
  document.body.replaceChildren();
  await open(mapOf({ verdict: 'green' }), { [path]: () => json(result) });
  expect(document.querySelector('[data-test="saturated"]')).toBeNull();
});

it('tells the cost in seconds where the pace of the model is known', async () => {
  const events = new Events();
  await open(mapOf(), { [path + '/events']: events.answer });
  click(named('Measure'));
  await settled();
  events.send('done', result);
  await settled();
  document.body.replaceChildren();
  await open(mapOf());
  expect(text()).toMatch(/about [0-9.,]+ s/);
  expect(text()).not.toContain('runs of the model');
});

it('offers to measure where nothing is stored after all', async () => {
  await open(mapOf({ verdict: 'green' }), { [path]: () => problem(404, 'Not found', 'No trust is stored.') });
  expect(document.querySelector('[role="alert"]')).toBeNull();
  expect(named('Measure').textContent).toBe('Measure');
});

it('says why it failed and offers to measure again', async () => {
  const events = new Events();
  await open(mapOf(), { [path + '/events']: events.answer });
  click(named('Measure'));
  await settled();
  events.send('error', { status: 500, detail: 'the worker ended' });
  await settled();
  expect(find('[role="alert"]').textContent).toContain('the worker ended');
  expect(named('Measure again').textContent).toBe('Measure again');
});

it('calls a map that says nothing red without measuring it', async () => {
  const asked = await open(mapOf({ degenerate: 'every value is zero' }));
  expect([badge(), asked]).toEqual(['red', []]);
  expect(text()).toContain('This map says nothing: every value is zero.');
  expect(document.querySelector('button')).toBeNull();
});

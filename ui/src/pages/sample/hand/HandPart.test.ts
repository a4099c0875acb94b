// @vitest-environment happy-dom
/** By hand: what is asked of the model, what it says, and the job on the whole cell. */
import { expect, it } from 'vitest';
import type { CellTest } from '../../../api/types';
import { router } from '../../../state/router.svelte';
import { parseView } from '../../../state/view/address';
import { click, find, named, settled, show, useDOM } from '../../../testing/page';
import { mapOf, sampleOf } from '../../../testing/samples';
import { Events, json, problem, serve, snapshot } from '../../../testing/server';
import Hand from './Hand.svelte';

useDOM();

const at = '/api/evaluations/a~b/samples/7';
const score = (index: number, name: string, now: number, was: number) => ({
  index,
  name,
  score: now,
  was,
  logit: now,
  logit_before: was,
});
const turned = () =>
  json({
    area: 0.25,
    predicted: 1,
    name: 'doctor',
    turned: true,
    image: 'data:image/jpeg;base64,',
    scores: [score(1, 'doctor', 0.6, 0.1), score(0, 'chef', 0.4, 0.9)],
    map: snapshot(mapOf()),
  });
const cell = (changes: Partial<CellTest> = {}): CellTest => ({
  label: 0,
  label_name: 'chef',
  predicted: 0,
  predicted_name: 'chef',
  slice: 'label=0&predicted=0',
  images: 71,
  state: 'untested',
  ...changes,
});

function open(hand: string, more: Parameters<typeof serve>[0]) {
  const asked = serve(more);
  router.adjust(parseView(`/evaluations/a~b/samples/7?hand=${hand}`));
  const sample = sampleOf(7, {
    label: 0,
    predicted: 0,
    scores: [{ index: 0, name: 'chef', score: 0.9, logit: 3 }],
  });
  show(Hand, {
    get view() {
      return router.view;
    },
    sample,
    target: 'predicted',
    method: 'gradcam',
  });
  return asked;
}
const text = (selector: string) => find(selector).textContent!.replace(/\s+/g, ' ').trim();

it('says what became of the image, and does it to the whole cell when asked', async () => {
  let answer = cell();
  const events = new Events();
  const asked = open('pyramid:1,2,30,40', {
    [`${at}/changed`]: turned,
    [`${at}/cell`]: () => json(answer),
    '/api/jobs/j': events.answer,
    '/api/jobs/j/events': events.answer,
  });
  await settled();
  expect(text('[data-test="hand"] > [role="status"]')).toMatch(/it is doctor \(60.*before it was chef \(90/);
  expect(asked).toContain('/api/evaluations/a~b/samples/7/cell?box=1%2C2%2C30%2C40');
  expect(text('[data-test="whole-cell"]')).toContain('71 images of chef, predicted right');

  answer = cell({ state: 'running', job: 'j' });
  click(named('Do this to the whole cell'));
  await settled();
  expect(asked).toContain('POST /api/evaluations/a~b/samples/7/cell?box=1%2C2%2C30%2C40');
  expect(text('[data-test="cell-job"]')).toBe('Starting…');
  answer = cell({
    state: 'done',
    text: 'Hiding the drawn box turns 68 %.',
    fills: [
      {
        fill: 'swap',
        turned: { mean: 0.68, low: 0.56, high: 0.78, known: true, n: 71, red: 0, empty: 0 },
        corrected: null,
      },
    ],
  });
  events.send('job', { id: 'j', state: 'done' });
  await settled();
  expect(text('[data-test="cell-said"]')).toBe('Hiding the drawn box turns 68 %.');
  expect(text('[data-test="whole-cell"] tbody tr')).toBe('swapped7168.0 % (56.0 % to 78.0 %)––');
});

it('asks for what is missing, tells a refusal, and asks nothing of a region that the image lacks', async () => {
  let asked = open('swap:1,2,30,40', { [`${at}/cell`]: () => json(cell()) });
  await settled();
  expect(text('[data-test="hand"] > [role="status"]')).toContain('Name the sample');
  expect(asked.filter((path) => path.includes('/changed'))).toEqual([]);

  router.adjust(parseView('/evaluations/a~b/samples/7?hand=blur:tail'));
  await settled();
  expect(text('[data-test="hand"] > [role="status"]')).toBe('This image has no region tail.');

  asked = serve({
    [`${at}/changed`]: () => problem(400, 'Bad Request', 'no area of the image is drawn'),
    [`${at}/cell`]: () => json(cell()),
  });
  router.adjust(parseView('/evaluations/a~b/samples/7?hand=blur:1,2,9,9'));
  await settled();
  expect(asked.length).toBe(2);
  expect(text('[data-test="hand"]')).toContain('no area of the image is drawn');
});

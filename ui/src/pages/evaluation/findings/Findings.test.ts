// @vitest-environment happy-dom
/** The page of findings: claims as cards, what is not found, what the user declares, and the tests on their way. */
import { expect, it, vi } from 'vitest';
import type { Finding, Findings as Found, Job } from '../../../api/types';
import { router } from '../../../state/router.svelte';
import { parseView } from '../../../state/view/address';
import { click, find, named, settled, show, useDOM } from '../../../testing/page';
import { type Answer, Events, json, serve } from '../../../testing/server';
import Findings from './Findings.svelte';

useDOM();

const finding = (changes: Partial<Finding> = {}): Finding => ({
  kind: 'reason',
  key: 'reason/chef/head',
  word: 'decides',
  grade: 'tested',
  class: 0,
  class_name: 'chef',
  region: 'head',
  area: 0.05,
  effect: 0.67,
  effect_unit: 'share of right answers turned',
  low: 0.52,
  high: 0.8,
  turned: 0.71,
  control: 0.04,
  corrected: 0.0004,
  fragile: false,
  n: 40,
  tested_pairs: 18,
  fills: [
    {
      fill: 'pyramid',
      n: 40,
      turned: 0.71,
      control: 0.04,
      effect: 0.67,
      low: 0.52,
      high: 0.8,
      lost: 1.4,
      corrected: 0.0004,
      most: 0.8,
    },
  ],
  text: 'chef is decided by the head: hiding it turns 71 % of right answers (an equal area elsewhere: 4 %).',
  slice: 'label=0&predicted=0',
  samples: [3, 5],
  won: 0,
  won_low: 0,
  won_high: 0,
  next: 'Say whether the model should look at the head.',
  doors: [],
  ...changes,
});
const unused = finding({
  key: 'reason/chef/uniform',
  word: 'looked at, not used',
  region: 'uniform',
  control: null,
  text: 'The uniform does not decide chef.',
});
const confusion = finding({
  kind: 'confusion',
  key: 'confusion/chef/doctor',
  word: '',
  grade: 'numbers',
  region: null,
  effect: 0.3125,
  effect_unit: 'share of the label’s images',
  low: 0.2,
  high: 0.45,
  n: 48,
  turned: 0,
  control: null,
  fills: [],
  slice: '',
  won: 14.7,
  won_low: 9.3,
  won_high: 21.5,
  text: 'Chef is taken for doctor in 15 of 48 images.',
  next: 'Look at the images.',
  doors: [{ title: 'chef → doctor', slice: 'label=0&predicted=1&split=test' }],
});

const evaluation = '/api/evaluations/a~b';
async function open(changes: Partial<Found> = {}, more: Record<string, Answer> = {}): Promise<string[]> {
  const found: Found = {
    evaluation: 'a~b',
    headline: 'Chef is decided by the head.',
    findings: [finding(), unused],
    not_found: [{ kind: 'leak', text: 'Leaks: none.' }],
    tested: 18,
    untested: [],
    declared: [],
    stage: '',
    budget: 12000,
    passes: 9000,
    screened: 120,
    seed: 1,
    slice: 'split=test',
    ...changes,
  };
  const asked = serve({
    [evaluation]: () =>
      json({
        id: 'a~b',
        dataset: 'a',
        model: 'b',
        classes: ['chef', 'doctor'],
        state: 'done',
        headline: { evaluated: 0 },
      }),
    [`${evaluation}/findings`]: () => json(found),
    '/api/datasets/a/declarations': () => json({ declared: [] }),
    ...more,
  });
  show(Findings, { view: parseView('/evaluations/a~b/findings') });
  await settled();
  return asked;
}
const text = (selector: string) =>
  find(selector)
    .textContent!.replace(/[\u202f\s]+/g, ' ')
    .trim();

it('shows a claim with its number, its images and doors, and what is not used below', async () => {
  await open();
  expect(text('h1')).toBe('Chef is decided by the head.');
  expect(document.querySelectorAll('[data-test="finding"]').length).toBe(1);
  expect(text('[data-test="effect"]')).toBe('+67 points over the control (52 to 80) · 40 images');
  expect(named('Images of chef').getAttribute('href')).toBe('/evaluations/a~b?label=0&predicted=0');
  expect(document.querySelectorAll('.images a').length).toBe(2);
  expect(text('[data-test="quiet"]')).toContain('The uniform does not decide chef.');
  expect(text('[data-test="quiet"]')).toContain(
    '120 pairs of class and area were looked at, 18 tested against controls',
  );
});

it('shows what the figures find, with what could be won, what to do and where it is', async () => {
  await open({ findings: [confusion, finding()] });
  expect(text('[data-test="finding"] .tags')).toBe('confusion numbers only');
  expect(text('[data-test="effect"]')).toBe(
    '31 % of the label’s images (20 to 45 %) · 48 images · could win 15 errors (9 to 22)',
  );
  expect(text('.next')).toBe('Next: Look at the images.');
  expect(named('chef → doctor').getAttribute('href')).toBe('/evaluations/a~b?label=0&predicted=1&split=test');
  expect(text('[data-test="not-found"]')).toBe('Leaks: none.');
});

it('leaves an evaluation that still runs to its matrix, which shows the progress', async () => {
  router.adjust(parseView('/evaluations/a~b'));
  await open(
    {},
    {
      [evaluation]: () =>
        json({ id: 'a~b', classes: ['chef'], state: 'running', job: 'x', headline: { evaluated: 0 } }),
    },
  );
  expect(location.pathname).toBe('/evaluations/a~b/matrix');
});

it('puts what several classes have in common on one card, with the test of each', async () => {
  const group = 'All 2 classes are decided by the head.';
  const of = (name: string) =>
    finding({ kind: 'shortcut', key: `shortcut/${name}/head`, class_name: name, group });
  await open({ findings: [of('chef'), confusion, of('doctor')] });
  expect(document.querySelectorAll('[data-test="finding"]').length).toBe(2);
  expect(text('[data-test="finding"] .text')).toBe(group);
  expect(document.querySelectorAll('tr[data-class]').length).toBe(2);
  expect(document.querySelectorAll('details th[scope="rowgroup"]').length).toBe(2);
});

it('tells the server what the user says of a region', async () => {
  const asked = await open();
  click(named('It should not'));
  await settled();
  expect(asked).toContain('PUT /api/datasets/a/declarations');
  expect(asked.filter((path) => path === `${evaluation}/findings`).length).toBe(2);
});

it('dismisses a card with a note, and takes it back', async () => {
  const sent: unknown[] = [];
  const gone = finding({
    key: 'leak',
    kind: 'leak',
    text: 'Two files.',
    dismissed: { key: 'leak', note: 'known', made: '2026-01-02T03:04:05Z' },
  });
  await open(
    { findings: [confusion, gone] },
    { '/api/datasets/a/dismissals': () => json({ dismissed: [] }) },
  );
  const ask = globalThis.fetch;
  vi.stubGlobal('fetch', (path: string, init: RequestInit = {}) => {
    if (init.body) sent.push(JSON.parse(String(init.body)));
    return ask(path, init);
  });
  expect(document.querySelectorAll('[data-test="finding"]').length).toBe(1);
  expect(text('[data-test="dismissed"]')).toContain('leak Two files. “known”');
  click(named('Dismiss: Chef is taken for doctor in 15 of 48 images.'));
  await settled();
  const input = find('form input') as HTMLInputElement;
  input.value = 'seen';
  input.dispatchEvent(new Event('input', { bubbles: true }));
  find('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  await settled();
  click(named('Take back'));
  await settled();
  const said = { key: 'confusion/chef/doctor', note: 'seen', text: confusion.text };
  expect(sent).toEqual([{ dismiss: [said] }, { back: ['leak'] }]);
});

it('begins the tests where there are none, and shows how they go', async () => {
  const events = new Events();
  const job = { id: 'whatif-1', state: 'running', items: 40, done: 10, rate: 5, eta_seconds: 6 } as Job;
  let running = false;
  const asked = await open(
    { findings: [], stage: 'screen', budget: 0, passes: 0, screened: 0 },
    {
      [`${evaluation}/findings`]: () =>
        json({
          evaluation: 'a~b',
          headline: '',
          findings: [],
          not_found: [],
          tested: 0,
          untested: [],
          declared: [],
          stage: 'screen',
          passes: 0,
          screened: 0,
          seed: 0,
          slice: '',
          job: running ? 'whatif-1' : undefined,
        }),
      '/api/jobs/whatif-1/events': events.answer,
    },
  );
  running = true;
  click(named('Test what it decides by'));
  await settled();
  expect(asked).toContain(`POST ${evaluation}/findings`);
  events.send('job', job);
  await settled();
  expect(text('[data-test="stage"]')).toBe('1 of 5: looking for candidates');
  expect(text('[data-test="findings-job"]')).toContain('10 of 40 images');
});

// @vitest-environment happy-dom
/** What the page of an evaluation says of how its images were prepared. */
import { beforeEach, expect, it } from 'vitest';
import type { Evaluation, Probe, ProbeCandidate } from '../../../api/types';
import { click, find, named, settled, show, useDOM } from '../../../testing/page';
import { Events, json, problem, serve } from '../../../testing/server';
import Preparation from './Preparation.svelte';

useDOM();
beforeEach(() => sessionStorage.clear());

const path = '/api/evaluations/a~net/probe';
const data = { id: 'a~net', dataset: 'a', model: 'net' } as Evaluation;
const none = { mean: 0, low: 0, high: 0, known: true, n: 36, empty: 0, red: 0 };
const candidate = (name: string, changes: Partial<ProbeCandidate> = {}) =>
  ({
    stage: 'values',
    name,
    samples: 36,
    log_loss: 0.5,
    accuracy: 0.75,
    difference: none,
    ...changes,
  }) as ProbeCandidate;
const probe = (changes: Partial<Probe> = {}) =>
  ({
    verdict: 'Found by measuring.',
    clear: true,
    better: true,
    hints: [],
    command: 'sightline model probe a net --adopt',
    present: candidate('now'),
    candidates: [
      candidate('BGR', { chosen: true }),
      ...['b', 'c', 'd', 'e', 'f', 'g'].map((name) =>
        candidate(name, { difference: { ...none, mean: 0.25, low: 0.125, high: 0.375 } }),
      ),
    ],
    ...changes,
  }) as Probe;
const state = (changes = {}) => ({
  settings: 'guessed',
  wanted: false,
  of: '',
  adopted: '',
  now: '',
  ...changes,
});

const shown = async () => {
  show(Preparation, { data });
  await settled();
};
const buttons = () => [...document.querySelectorAll('button')].map((button) => button.textContent!.trim());

it('says nothing where the settings are stated', async () => {
  serve({ [path]: () => json(state({ settings: 'stated' })) });
  await shown();
  expect(document.querySelector('section')).toBeNull();
});

it('begins by itself, and not again once it was stopped', async () => {
  const events = new Events();
  const asked = serve({ [path]: () => json(state({ wanted: true })), [path + '/events']: events.answer });
  await shown();
  events.send('progress', { done: 40, total: 800, rate: 20, eta_seconds: 38 });
  await settled();
  expect(find('[data-test="probe-progress"]').textContent).toContain('40 of 800');
  click(named('Cancel'));
  await settled();
  expect(events.closed).toBe(true);
  document.body.innerHTML = '';
  await shown();
  expect(named('Find out by measuring')).toBeTruthy();
  expect(asked.filter((address) => address.endsWith('/events')).length).toBe(1);
});

it('shows the best of what was tried, or all of it, and the command', async () => {
  serve({ [path]: () => json(state({ of: 'a~net', found: probe() })) });
  await shown();
  const names = () => [...document.querySelectorAll('tbody td:nth-child(2)')].map((cell) => cell.textContent);
  expect(names()).toEqual(['BGR ← chosen', 'b', 'c', 'd', 'e', 'the settings that the model has']);
  expect(find('tbody').textContent).toContain('+0.250 (+0.125 to +0.375)');
  click(named('All 7 that were tried'));
  expect(names().length).toBe(8);
  expect(find('code').textContent).toBe('sightline model probe a net --adopt');
});

it('offers nothing where it is unsure', async () => {
  serve({ [path]: () => json(state({ of: 'a~net', found: probe({ clear: false, verdict: 'Unsure: …' }) })) });
  await shown();
  expect(find('[data-test="probe-verdict"]').textContent).toBe('Unsure: …');
  expect(buttons()).toEqual(['All 7 that were tried']);
});

it('says why it could not be found out', async () => {
  const tooFew = 'too few labelled samples: 6';
  serve({
    [path]: () => json(state({ wanted: true })),
    [path + '/events']: () => problem(422, 'Unprocessable Entity', tooFew),
  });
  await shown();
  expect(find('[role="alert"]').textContent).toContain('oo few labelled samples: 6');
});

it('asks before it undoes where maps would go too', async () => {
  const adopted = state({ of: 'a~net', found: probe(), adopted: 'net-measured', now: 'a~net-measured' });
  const goes = { evaluations: ['a~net-measured'], samples: 0, predictions: 36, maps: 3, bytes: 1 };
  const asked = serve({ [path]: () => json(adopted), '/api/models/net-measured/removal': () => json(goes) });
  await shown();
  expect(buttons()).not.toContain('Evaluate with what was found');
  click(named('Undo'));
  await settled();
  expect(find('dialog').textContent).toContain('Remove the model net-measured?');
  expect(asked.filter((address) => address.startsWith('DELETE'))).toEqual([]);
});

// @vitest-environment happy-dom
/** The cell panel: what is in a cell, where its maps look, and the maps that are still to be made. */
import { expect, it } from 'vitest';
import type { MeanMaps, RegionShare, ShareSummary } from '../../../api/types';
import { cellOf } from '../../../state/cell';
import { parseView } from '../../../state/view/address';
import { click, find, leave, named, settled, show, useDOM } from '../../../testing/page';
import { methodOf } from '../../../testing/samples';
import { type Answer, Events, json, serve } from '../../../testing/server';
import CellPanel from './CellPanel.svelte';

useDOM();

const share = (region: string, mean: number, changes: Partial<RegionShare['share']> = {}): RegionShare => ({
  region,
  area: 0.1,
  share: { mean, low: mean - 0.1, high: mean + 0.05, known: true, n: 16, red: 1, empty: 0, ...changes },
});
const summary = (changes: Partial<ShareSummary> = {}): ShareSummary => ({
  method: 'gradcam',
  target: 'contrast',
  maps: 71,
  verdicts: { green: 12, amber: 4, red: 1 },
  regions: [{ ...share('border', 0.2), builtin: true }, share('head', 0.6)],
  ...changes,
});

const evaluation = '/api/evaluations/a~b';
const noMean: MeanMaps = {
  all: { name: 'all', slice: '', images: 71, maps: 0, n: 0, red: 0, empty: 0, mean: [] },
  by: 'all',
  groups: [],
  method: 'auto',
  target: 'contrast',
  columns: 1,
  rows: 1,
  aspect: 1,
};
async function open(
  query: string,
  { total = 71, summaries = [] as ShareSummary[], missing = 0, more = {} as Record<string, Answer> } = {},
): Promise<string[]> {
  const asked = serve({
    '/api/methods': () => json({ methods: [methodOf('gradcam', { title: 'Grad-CAM' })] }),
    [`${evaluation}/samples`]: () => json({ total, samples: [] }),
    [`${evaluation}/shares`]: () => json({ summaries, missing }),
    [`${evaluation}/tags`]: () => json({ tags: [] }),
    // The mean map is loaded when it is first shown: it may ask before a test ends.
    [`${evaluation}/meanmap`]: () => json(noMean),
    ...more,
  });
  const view = parseView(`/evaluations/a~b?${query}`);
  const [cell, classes] = [cellOf(view.slice)!, ['cake', 'chocolate']];
  const labelled = cell.label === null ? null : 80;
  show(CellPanel, { view, cell, classes, labelled, revision: 0, dataset: 'a', onmarked: () => {} });
  await settled();
  return asked;
}

const text = (selector = '[data-test="cell-panel"]') =>
  find(selector)
    .textContent!.replace(/[\u202f\s]+/g, ' ')
    .trim();

it('says how many are in the cell, with the interval of their share', async () => {
  await open('label=0&predicted=1');
  expect(text('h2')).toBe('cake, taken for chocolate');
  expect(text('[data-test="cell-count"]')).toBe(
    '71 images · 88.8 % of the 80 labelled cake 95 % interval (80.0 % to 94.0 %)',
  );
});

it('of a whole row or column gives the count alone', async () => {
  await open('label=0', { total: 80 });
  expect(text('[data-test="cell-count"]')).toBe('80 images');
  leave();
  await open('predicted=1');
  expect(text('h2')).toBe('taken for chocolate');
  expect(text('[data-test="cell-count"]')).toBe('71 images');
});

it('names the contrast, counts verdicts, and shows marked regions first, with interval, area and n', async () => {
  const asked = await open('label=0&predicted=1&split=test', { summaries: [summary()] });
  expect(asked).toContain(`${evaluation}/shares?label=0&predicted=1&split=test&method=auto&target=contrast`);
  expect(text()).toContain('chocolate minus cake');
  expect(text('[data-test="verdicts"]')).toBe(
    'by Grad-CAM, chosen for this model · trust: 12 green · 4 amber · 1 red · 54 not measured',
  );
  expect(text()).toContain('The red one is left out');
  const bars = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  expect(bars.map(({ dataset }) => dataset.region)).toEqual(['head', 'border']);
  expect(text('[data-region="head"]')).toContain('0.60');
  expect(text('[data-region="head"]')).toContain('0.50 to 0.65 · area 0.10 · n 16');
  expect(find('[data-region="head"] .area').style.left).toBe('10%');
  // They are loaded when they are first shown.
  await expect
    .poll(() => [...document.querySelectorAll('button')].map((b) => b.textContent))
    .toEqual(['Tag all 71', 'Export']);
  expect(find<HTMLAnchorElement>('[data-verdict="none"]').href).toContain(
    'label=0&predicted=1&verdict(gradcam,contrast)=none&split=test',
  );
  expect(find<HTMLAnchorElement>('[data-region="head"] a').href).toContain(
    'share(head,gradcam,contrast)=0-&verdict(gradcam,contrast)=!red&split=test&sort=-share',
  );
});

it('gives no interval of too few values', async () => {
  const few = share('head', 0.6, { known: false, n: 1 });
  await open('label=0&predicted=0', {
    total: 1,
    summaries: [summary({ maps: 1, verdicts: {}, regions: [few] })],
  });
  expect(text('h2')).toBe('cake, right');
  expect(text('[data-region="head"]')).toContain('– · area');
  expect(document.querySelector('.interval')).toBeNull();
});

it('shows no bars of maps that are all red', async () => {
  await open('label=0&predicted=1', { total: 3, summaries: [summary({ maps: 3, verdicts: { red: 3 } })] });
  expect(text()).toContain('Every map is red');
  expect(document.querySelector('[data-region]')).toBeNull();
});

it('makes the maps that there are not yet, shows the progress, and then the bars', async () => {
  const job = { id: 'j', state: 'running', done: 0, items: 71, failed: 0, rate: 5, eta_seconds: 10 };
  const events = new Events();
  let made = false;
  const asked = await open('label=0', {
    more: {
      [`${evaluation}/shares`]: () =>
        json({ summaries: made ? [summary({ target: 'predicted' })] : [], missing: 0 }),
      '/api/explanations': () => json(job, 202),
      '/api/jobs/j/events': events.answer,
    },
  });
  expect(text()).toContain('no maps yet of the class that each image was taken for');
  click(named('Make maps for all 71'));
  await settled();
  events.send('job', { ...job, done: 30 });
  await settled();
  expect(text('[data-test="cell-job"]')).toContain('30 of 71 maps');
  made = true;
  events.send('job', { ...job, state: 'done', done: 71 });
  events.end();
  await settled();
  expect(asked.filter((path) => path.startsWith('POST'))).toEqual(['POST /api/explanations']);
  expect(text('[data-region="head"]')).toContain('0.60');
});

it('says how many maps a job could not make and why, and offers it again', async () => {
  const failures = [{ sample: 7, reason: 'the file is missing' }];
  const job = { id: 'f', state: 'done', done: 71, items: 71, failed: 2, result: { failures } };
  await open('label=1', {
    more: {
      '/api/explanations': () => json({ ...job, state: 'running' }, 202),
      '/api/jobs/f/events': () => new Response(`event: job\ndata: ${JSON.stringify(job)}\n\n`),
    },
  });
  const button = named('Make maps for all 71');
  click(button);
  await settled();
  expect(text()).toContain('2 images failed, the first: the file is missing');
  named('Make maps for all 71');
});

it('shows its job again when it is left and chosen again', async () => {
  const job = { id: 'g', state: 'running', done: 5, items: 71, failed: 0, rate: 1, eta_seconds: 9 };
  const more = {
    '/api/explanations': () => json(job, 202),
    '/api/jobs/g': () => json(job),
    '/api/jobs/g/events': new Events().answer,
  };
  await open('label=1&predicted=0', { more });
  click(named('Make maps for all 71'));
  await settled();
  leave();
  await open('label=1&predicted=0', { more: { ...more, '/api/jobs/g/events': new Events().answer } });
  expect(text('[data-test="cell-job"]')).toContain('5 of 71 maps');
});

it('offers to measure stored maps on new regions', async () => {
  const asked = await open('predicted=1', {
    missing: 60,
    more: { '/api/jobs/j/events': () => new Response('') },
  });
  expect(text()).toContain('60 of 71 maps');
  expect(text()).toContain('60 maps are not measured yet on the regions');
  click(named('Measure them'));
  await settled();
  expect(asked).toContain(`POST ${evaluation}/shares?predicted=1&method=auto&target=predicted`);
});

/** Work that takes long, on the demo: cancelled, stopped and taken up again, in turn, or not possible at all. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { inspect } from './accessibility';
import { getJSON, launch, serverURL, visit, type Visit } from './browser';

const biased = '/evaluations/professions-biased~professions-v1';
/** RISE with so many masks that there is time to stop it. */
const slow = 'options=rise.limit:100000;rise.correlation:0.99999';
let base: string;
let browser: Browser;
let current: Visit;
let samples: number[];
const page = () => current.page;

beforeAll(async () => {
  base = serverURL();
  browser = await launch();
  const listed = await getJSON(base, `/api${biased}/samples?limit=3&sort=path`);
  samples = listed.samples.map(({ id }: { id: number }) => id);
});
afterAll(() => browser?.close());
beforeEach(async () => {
  current = await visit(browser, base);
});
afterEach(async () => {
  await page().close();
  expect(current.faults).toEqual([]);
});

it('cancels a job from the overview', async () => {
  const request = {
    evaluation: biased.split('/').pop(),
    filter: {},
    method: 'rise',
    options: { 'rise.limit': '100000', 'rise.correlation': '0.99999' },
  };
  const reply = await fetch(base + '/api/explanations', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  });
  const { id, title } = await reply.json();
  await page().goto('/');
  const job = page().locator('[data-job]', { hasText: title }).first();
  await job.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => job.getAttribute('data-job')).toBe('cancelled');
  await expect.poll(async () => (await getJSON(base, `/api/jobs/${id}`)).state).toBe('cancelled');
});

it('stops a map that is still sharpening, and keeps what there is', async () => {
  await page().goto(`${biased}/samples/${samples[0]}?method=rise&${slow}`);
  await page().locator('[data-test="map-counts"]').waitFor({ timeout: 60_000 });
  await page().getByRole('button', { name: 'Stop' }).click();
  const overlay = page().locator('canvas[data-test="overlay"]');
  await expect.poll(() => overlay.getAttribute('data-map-state')).toBe('stopped');
  expect(await overlay.getAttribute('data-hottest-x')).not.toBeNull();
  expect(await page().locator('[data-test="map-counts"]').innerText()).toMatch(/^[\d,]+ evaluations/);
  await page().getByRole('button', { name: 'Start again' }).click();
  await expect.poll(() => overlay.getAttribute('data-map-state')).toBe('running');
});

it('compares many methods: one that does not fit says why, one can be stopped and taken up again', async () => {
  const methods = 'occlusion,rise,gradcam,gradient,lrp,attention';
  await page().goto(
    `${biased}/samples/${samples[1]}?layout=compare&methods=${methods}&targets=predicted,class:1&${slow}`,
  );
  const cell = (method: string, target: string) =>
    page().locator(`[data-test="compare-cell"][data-method="${method}"][data-target="${target}"]`);
  for (const target of ['predicted', 'class:1']) {
    await cell('rise', target).getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => cell('rise', target).getAttribute('data-state')).toBe('stopped');
  }
  await page().getByText('12 maps', { exact: true }).waitFor({ timeout: 60_000 });
  expect(await cell('attention', 'class:1').innerText()).toContain('no attention');
  expect(await cell('attention', 'class:1').locator('[data-test="compare-map"]').count()).toBe(0);
  for (const method of ['occlusion', 'gradcam', 'gradient', 'lrp']) {
    await expect.poll(() => cell(method, 'class:1').locator('[data-test="compare-map"]').count()).toBe(1);
  }
  expect(await page().evaluate(inspect)).toEqual([]);
  await page().setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => page().evaluate(inspect)).toEqual([]); // canvases follow a moment later
  await cell('rise', 'predicted')
    .getByRole('button', { name: /Start again|Go on/ })
    .click();
  await expect.poll(() => cell('rise', 'predicted').getAttribute('data-state')).toMatch(/waiting|running/);
  current.faults = current.faults.filter((fault) => !/\b422\b/.test(fault));
});

it('asks the server for two maps at a time, those in sight first', async () => {
  await page().setViewportSize({ width: 390, height: 844 });
  const asked: string[] = [];
  let [running, most, open] = [0, 0, () => {}];
  const gate = new Promise<void>((resolve) => (open = resolve));
  await page().route(
    (url) => /\/map$/.test(url.pathname),
    async (route) => {
      const { searchParams } = new URL(route.request().url());
      asked.push(`${searchParams.get('target')} ${searchParams.get('method')}`);
      most = Math.max(most, ++running);
      await gate;
      const reply = await route.fetch();
      running--;
      await route.fulfill({ response: reply });
    },
  );
  const methods = 'gradcam,hirescam,layercam,gradcampp,xgradcam,eigencam,gradient,inputxgradient,lrp,guided';
  await page().goto(
    `${biased}/samples/${samples[2]}?layout=compare&methods=${methods}&targets=predicted,contrast`,
  );
  await expect.poll(() => asked.length).toBe(2);
  const last = page().locator('[data-test="compare-cell"]').last();
  await last.scrollIntoViewIfNeeded();
  await page().waitForTimeout(500); // The page must see what is in sight before the queue moves on.
  const inSight = await page()
    .locator('[data-test="compare-cell"]')
    .evaluateAll((all) =>
      (all as HTMLElement[])
        .filter((cell) => cell.getBoundingClientRect().bottom > 0)
        .map((cell) => `${cell.dataset.target} ${cell.dataset.method}`),
    );
  open();
  await page().getByText('20 maps', { exact: true }).waitFor({ timeout: 60_000 });
  expect(most).toBe(2);
  // The first two had their turn before the scrolling; after them, sight decides.
  const later = asked.slice(2);
  const seen = later.filter((name) => inSight.includes(name));
  expect([seen.length > 0, seen.length < later.length]).toEqual([true, true]);
  expect(later.slice(0, seen.length).sort()).toEqual(seen.sort());
});

/** A thousand classes and sixty thousand images, from the fixture server: nothing may become slow or vast. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspect } from './accessibility';
import { clickCell, grid, launch, visit } from './browser';

let server: ChildProcess;
let browser: Browser;
let base: string;
const wide = '/evaluations/thousand~wide';

beforeAll(async () => {
  server = spawn(process.execPath, ['dev/fixture.mjs', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  base = await new Promise<string>((resolve, reject) => {
    server.stdout!.once('data', (line) => resolve(String(line).match(/http:\S+/)![0]));
    server.once('exit', () =>
      reject(new Error('the fixture server ended; run `node dev/fixture.mjs` to see why')),
    );
  });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  server?.kill();
});

it('shows, finds, opens and scrolls', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(wide);
  expect((await grid(page)).order.length).toBe(1000);

  await page.getByLabel('Find').fill('class 500');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await grid(page)).window[2]).toBe(24);
  await clickCell(page, 500, 501);
  await page.waitForURL(/label=500&predicted=501/);

  await page.getByRole('button', { name: 'All images' }).click();
  await page.getByText('60,000 images', { exact: true }).waitFor();
  const scroller = page.locator('[data-test="gallery"] .scroller');
  await scroller.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
  await page.locator('[data-test="thumb"]').first().waitFor();
  expect(await page.locator('[data-test="gallery"] li').count()).toBeLessThan(80);
  await page.close();
  expect(faults).toEqual([]);
});

it('answers the pointer while it moves over the whole matrix', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(wide + '?order=cluster');
  await grid(page);
  const milliseconds = await page
    .locator('canvas[data-order]')
    .evaluate(async (canvas: HTMLCanvasElement) => {
      const box = canvas.getBoundingClientRect();
      const start = performance.now();
      const moves = 30;
      for (let i = 0; i < moves; i++) {
        const at = { clientX: box.left + 150 + 10 * i, clientY: box.top + 130 + 10 * i, bubbles: true };
        canvas.dispatchEvent(new PointerEvent('pointermove', at));
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return (performance.now() - start) / moves;
    });
  expect(milliseconds).toBeLessThan(100);
  await page.close();
  expect(faults).toEqual([]);
});

it('cancels a job from the overview', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto('/');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('[data-job="cancelled"]').waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

it('stops a map that is still sharpening, and keeps what there is', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto('/evaluations/groceries~groceries/samples/2?method=rise');
  await page.locator('[data-test="map-counts"]').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  const overlay = page.locator('canvas[data-test="overlay"]');
  await expect.poll(() => overlay.getAttribute('data-map-state')).toBe('stopped');
  expect(await overlay.getAttribute('data-hottest-x')).not.toBeNull();
  const counts = await page.locator('[data-test="map-counts"]').innerText();
  expect(counts).toMatch(/^[\d,]+ evaluations/);
  await page.getByRole('button', { name: 'Start again' }).click();
  await page.locator('canvas[data-map-state="done"]').waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

it('zooms and pans with keys and buttons, in the address', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(wide);
  await page.locator('canvas[data-order]').focus();
  await page.keyboard.press('+');
  await expect.poll(async () => (await grid(page)).window[2]).toBe(600);
  expect(new URL(page.url()).searchParams.get('window')).toMatch(/,600$/);
  await page.getByRole('button', { name: 'all 1,000', exact: true }).click();
  await expect.poll(async () => (await grid(page)).window).toEqual([0, 0, 1000]);
  await page.keyboard.press('Tab');
  await page.close();
  expect(faults).toEqual([]);
});

it('compares many methods: one that fails says why, one that is empty is not drawn, one can be stopped', async () => {
  const { page, faults } = await visit(browser, base);
  const methods = 'occlusion,rise,factorial,gradcam,eigencam,gradient,lrp,attention';
  await page.goto(`${wide}/samples/1?layout=compare&methods=${methods}&targets=predicted,class:1`);
  const cell = (method: string) =>
    page.locator(`[data-test="compare-cell"][data-method="${method}"][data-target="class:1"]`);
  await cell('rise').getByRole('button', { name: 'Stop' }).click();
  await expect.poll(() => cell('rise').getAttribute('data-state')).toBe('stopped');
  await page.getByText('16 maps', { exact: true }).waitFor({ timeout: 30_000 });
  expect(await cell('attention').innerText()).toContain('no attention layer');
  expect(await cell('attention').locator('[data-test="compare-map"]').count()).toBe(0);
  expect(await cell('lrp').innerText()).toContain('every value is zero');
  expect(await cell('lrp').locator('[data-test="badge"]').getAttribute('data-verdict')).toBe('red');
  expect(await cell('lrp').locator('[data-test="compare-map"]').count()).toBe(0);
  expect(await cell('gradcam').locator('[data-test="compare-map"]').count()).toBe(1);
  expect(await page.evaluate(inspect)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => page.evaluate(inspect)).toEqual([]); // canvases follow a moment later
  await cell('rise')
    .getByRole('button', { name: /Start again|Go on/ })
    .click();
  await expect.poll(() => cell('rise').getAttribute('data-state')).toBe('done');
  await page.close();
  expect(faults.filter((fault) => !/\b422\b/.test(fault))).toEqual([]);
});

it('asks the server for two maps at a time, those in sight first', async () => {
  const { page, faults } = await visit(browser, base, { viewport: { width: 390, height: 844 } });
  const asked: string[] = [];
  let [running, most, open] = [0, 0, () => {}];
  const gate = new Promise<void>((resolve) => (open = resolve));
  await page.route(
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
  const methods =
    'factorial,kernelshap,gradcam,hirescam,layercam,eigencam,gradient,inputgradient,ig,smoothgrad';
  await page.goto(`${wide}/samples/3?layout=compare&methods=${methods}&targets=predicted,contrast`);
  await expect.poll(() => asked.length).toBe(2);
  const last = page.locator('[data-test="compare-cell"]').last();
  await last.scrollIntoViewIfNeeded();
  await page.waitForTimeout(500); // The page must see what is in sight before the queue moves on.
  const inSight = await page
    .locator('[data-test="compare-cell"]')
    .evaluateAll((all) =>
      (all as HTMLElement[])
        .filter((cell) => cell.getBoundingClientRect().bottom > 0)
        .map((cell) => `${cell.dataset.target} ${cell.dataset.method}`),
    );
  open();
  await page.getByText('20 maps', { exact: true }).waitFor({ timeout: 30_000 });
  expect(most).toBe(2);
  // The first two had their turn before the scrolling; after them, sight decides.
  const later = asked.slice(2);
  const seen = later.filter((name) => inSight.includes(name));
  expect([seen.length > 0, seen.length < later.length]).toEqual([true, true]);
  expect(later.slice(0, seen.length).sort()).toEqual(seen.sort());
  await page.close();
  expect(faults).toEqual([]);
});

it('cancels a measurement of trust, takes it up again, and shows red for an empty map without one', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(`${wide}/samples/2?method=gradient`);
  const trust = page.locator('[data-test="trust"]');
  const badge = trust.locator('[data-test="badge"]').first();
  await trust.getByRole('button', { name: 'Measure' }).click();
  const progress = trust.locator('[data-test="trust-progress"]');
  await expect.poll(() => progress.innerText()).toMatch(/\d of 595 runs · 256 per second · .* left/);
  await trust.getByRole('button', { name: 'Cancel' }).click();
  expect(await badge.getAttribute('data-verdict')).toBe('none');
  await trust.getByRole('button', { name: 'Measure' }).click();
  await trust.locator('[data-test="trust-curve"]').first().waitFor();
  expect(await badge.innerText()).toContain('red');
  await page.reload();
  await trust.locator('[data-test="trust-curve"]').first().waitFor();
  await page.goto(`${wide}/samples/2?method=lrp`);
  await trust.waitFor();
  expect(await badge.getAttribute('data-verdict')).toBe('red');
  expect(await trust.innerText()).toContain('every value is zero');
  expect(await page.locator('[data-test="reader"]').count()).toBe(0);
  await page.close();
  expect(faults).toEqual([]);
});

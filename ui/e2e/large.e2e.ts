/** A thousand classes and sixty thousand images, from the fixture server: nothing may become slow or vast. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

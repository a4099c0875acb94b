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

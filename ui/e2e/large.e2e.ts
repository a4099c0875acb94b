/**
 * A thousand classes and twenty thousand images, generated and served by the
 * built binary: nothing may become slow or vast.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspect } from './accessibility';
import { clickCell, grid, launch, visit } from './browser';

const binary = '../bin/sightline';
const wide = '/evaluations/synthetic~random';
const workspace = mkdtempSync(join(tmpdir(), 'sightline-large-'));
let server: ChildProcess;
let browser: Browser;
let base: string;

beforeAll(async () => {
  await promisify(execFile)('go', ['run', './internal/synthetic/generate', workspace], { cwd: '..' });
  base = await serve();
  browser = await launch();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await stopped();
  rmSync(workspace, { recursive: true, force: true });
});

/** serve starts the binary and returns its address once it is printed. */
async function serve(): Promise<string> {
  const flags = ['serve', '--workspace', workspace, '--listen', '127.0.0.1:0', '--json'];
  server = spawn(binary, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  return new Promise((resolve, reject) => {
    server.stdout!.on('data', (text) => {
      printed += text;
      const url = printed.match(/"url": "([^"]+)"/)?.[1];
      if (url) resolve(url);
    });
    server.once('error', (cause) => reject(new Error(`${cause}; \`make build\` makes ${binary}`)));
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${printed}`)));
  });
}

/** stopped ends the server and waits until its workspace is let go. */
async function stopped(): Promise<void> {
  if (!server?.pid || server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  await ended;
}

it('shows, finds, opens and scrolls', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(wide + '?split=');
  expect((await grid(page)).order.length).toBe(1000);

  await page.getByLabel('Find').fill('class 0500');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await grid(page)).window[2]).toBe(24);
  await clickCell(page, 500, 501);
  await page.waitForURL(/label=500&predicted=501/);

  await page.getByRole('button', { name: 'All images' }).click();
  await page.getByText('20,000 images', { exact: true }).waitFor();
  const scroller = page.locator('[data-test="gallery"] .scroller');
  await scroller.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
  await page.locator('[data-test="thumb"]').first().waitFor();
  expect(await page.locator('[data-test="gallery"] [role="gridcell"]').count()).toBeLessThan(80);
  await expect
    .poll(() =>
      page
        .locator('[data-test="thumb"] img')
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBeGreaterThan(0);
  await page.close();
  expect(faults).toEqual([]);
});

it('answers the pointer while it moves over the whole matrix', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(wide + '?split=&order=cluster');
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

it('zooms and pans with keys and buttons, in the address', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(wide + '?split=');
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

it('bears long names on a wide and on a narrow page', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(`${wide}?label=1&find=1`);
  await page.locator('#gallery', { hasText: 'Sphingidae' }).waitFor();
  await page.locator('[data-test="thumb"]').first().waitFor();
  expect(await page.evaluate(inspect)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => page.evaluate(inspect)).toEqual([]); // canvases follow a moment later
  await page.close();
  expect(faults).toEqual([]);
});

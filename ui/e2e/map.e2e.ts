/** The map of images: drawn by WebGL2, laid out by neighbours in place, and a lasso leads to a slice. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getJSON, launch, serverURL, visit } from './browser';

const id = 'professions-balanced~professions-v1';
const base = serverURL();
let browser: Browser;

beforeAll(async () => {
  browser = await launch('--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader');
});
afterAll(() => browser?.close());

/** How many pixels of the map are painted, and how many of them in the accent colour of light paper. */
const painted = (page: Page) =>
  page.locator('[data-test="scatter"]').evaluate((canvas: HTMLCanvasElement) => {
    const gl = canvas.getContext('webgl2')!;
    const data = new Uint8Array(4 * canvas.width * canvas.height);
    gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, data);
    let [all, accent] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 150) all++;
      if (data[i + 3] > 150 && data[i] > 100 && data[i + 1] < 80 && data[i + 2] < 60) accent++;
    }
    return { all, accent };
  });

it('draws all images, tells of each, and makes a slice of those in a lasso', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(`/evaluations/${id}/images?split=test&by=error`);
  await page.getByText('by neighbours (UMAP)').waitFor();
  await expect.poll(async () => (await painted(page)).all).toBeGreaterThan(500);
  expect((await painted(page)).accent).toBeGreaterThan(10); // the mistakes

  const before = await painted(page);
  const plot = page.locator('[data-test="scatter"]');
  await plot.focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press('+');
  await expect.poll(async () => (await painted(page)).all).not.toBe(before.all);
  await page.keyboard.press('0');
  await page.getByText('Points in view as a table').click();
  const row = page.locator('details tbody tr');
  await row.first().waitFor();
  expect(await row.count()).toBeGreaterThan(20);

  await page.getByRole('button', { name: 'Lasso' }).click();
  const box = (await plot.boundingBox())!;
  const corner = (x: number, y: number) => page.mouse.move(box.x + x * box.width, box.y + y * box.height);
  await corner(0.01, 0.01);
  await page.mouse.down();
  for (const [x, y] of [
    [0.99, 0.01],
    [0.99, 0.99],
    [0.01, 0.99],
  ])
    await corner(x, y);
  await page.mouse.up();
  const chosen = page.locator('[data-test="chosen"]');
  await chosen.waitFor();
  const n = Number((await chosen.getByRole('status').innerText()).replace(/\D/g, ''));
  const test = await getJSON(base, `/api/evaluations/${id}/samples?split=test&limit=1`);
  expect(n).toBe(test.total);
  await chosen.locator('input').fill('on-the-map');
  await chosen.getByRole('button', { name: /^Tag/ }).click();
  await chosen.getByRole('link', { name: 'Images tagged on-the-map' }).click();
  await page.waitForURL(/tag=on-the-map/);
  expect((await getJSON(base, `/api/evaluations/${id}/samples?tag=on-the-map&limit=1`)).total).toBe(n);
  expect(faults).toEqual([]);
  const { dataset } = await getJSON(base, `/api/evaluations/${id}`);
  await fetch(`${base}/api/datasets/${dataset}/tags/on-the-map`, { method: 'DELETE' });
  await page.close();
});

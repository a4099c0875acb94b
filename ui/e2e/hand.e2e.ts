/** By hand: from a sample to a box, a prediction that turned, and the whole cell. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getJSON, launch, serverURL, visit } from './browser';

const of = '/evaluations/professions-biased~professions-v1';
const base = serverURL();
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

it('turns a chef by a box over the head, and tells what the same does to the others', async () => {
  const few = 'label=0&predicted=0&q=chef/002';
  const list = await getJSON(base, `/api${of}/samples?${few}`);
  const sample = await getJSON(base, `/api${of}/samples/${list.samples[0].id}`);
  const { points } = sample.regions.find(({ name }: { name: string }) => name === 'head');
  const [x, y] = [0, 1].map((axis) => points.filter((_: number, i: number) => i % 2 === axis));
  const { page, faults } = await visit(browser, base);
  await page.goto(`${of}/samples/${sample.id}?${few}`);
  await page.getByText('Change a part by hand').click();
  const frame = page.locator('[data-test="hand"] .draw');
  await frame.scrollIntoViewIfNeeded();
  const box = (await frame.boundingBox())!;
  const at = (px: number, py: number): [number, number] => [
    box.x + (px * box.width) / sample.width,
    box.y + (py * box.height) / sample.height,
  ];
  await page.mouse.move(...at(Math.min(...x), Math.min(...y)));
  await page.mouse.down();
  await page.mouse.move(...at(Math.max(...x), Math.max(...y)), { steps: 3 });
  await page.mouse.up();
  const said = page.locator('[data-test="hand"] > [role="status"]');
  await expect.poll(() => said.innerText()).toMatch(/it is (?!chef).*before it was chef/);
  await page.getByRole('button', { name: 'Do this to the whole cell' }).click();
  const told = page.locator('[data-test="cell-said"]');
  await told.waitFor();
  expect((await told.innerText()).replaceAll('\u00a0', ' ')).toMatch(
    new RegExp(
      `^Hiding the drawn box turns \\d+ % .* of ${list.total} answers “chef”, an equal area elsewhere`,
    ),
  );
  await page.locator('[data-test="whole-cell"] a').click();
  await expect.poll(() => new URL(page.url()).pathname).toBe(of);
  expect(await page.locator('[data-test="cell-count"]').innerText()).toContain(String(list.total));
  expect(faults).toEqual([]);
  await page.close();
});

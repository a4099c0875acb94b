/** Parts that nobody annotated: found by the server, shown with their places, named, and doors to their images. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobDone, launch, postJSON, serverURL, visit } from './browser';

const evaluation = 'professions-biased~professions-v1';
const base = serverURL();
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

it('shows the parts of a class, takes a name for one, and leads to its images', async () => {
  // One class, in two parts, takes a second; all of them in as many as return, half a minute.
  const asked = { classes: [0], k: 2 };
  const { job } = await postJSON(base, `/api/evaluations/${evaluation}/concepts`, asked);
  if (job) await jobDone(base, job.id);
  const { page, faults } = await visit(browser, base);
  await page.goto(`/evaluations/${evaluation}/why?split=test`);
  const panel = page.locator('[data-test="concepts"]');
  const first = panel.locator('[data-class="chef"] [data-concept="1"]');
  await first.waitFor();
  expect(await first.innerText()).toMatch(/% of what speaks for the class[\s\S]*nearest|no other class/);
  expect(await first.locator('.crops svg').count()).toBe(6);
  expect(await panel.getByRole('button', { name: /Find those of 5 more classes/ }).count()).toBe(1);

  await first.getByRole('button', { name: 'Name concept 1' }).click();
  await page.keyboard.type('beret');
  await page.keyboard.press('Enter');
  await first.getByRole('heading', { name: '1. beret' }).waitFor();
  await page.reload();
  await first.getByRole('heading', { name: '1. beret' }).waitFor();
  await first.locator('.crops a').first().click();
  await page.waitForURL(/\/samples\/\d+/);
  expect(faults).toEqual([]);
  await page.close();
});

/** What leaves the browser and what lies near: the report opens from the disk without network, a sample leads to what looks alike. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getJSON, launch, serverURL, visit } from './browser';

const groceries = 'groceries~groceries';
const base = serverURL();
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

it('opens the report from the disk, without network', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(`/evaluations/${groceries}?split=test`);
  const door = page.locator('[data-test="report"]');
  await door.waitFor();
  const address = await door.evaluate((link: HTMLAnchorElement) => link.href);
  const file = join(mkdtempSync(join(tmpdir(), 'sightline-report-')), 'report.html');
  writeFileSync(file, await (await fetch(address)).text());
  expect(faults).toEqual([]);
  await page.close();

  const context = await browser.newContext({ offline: true, viewport: { width: 390, height: 844 } });
  const alone = await context.newPage();
  const asked: string[] = [];
  const said: string[] = [];
  alone.on('request', (request) => asked.push(request.url()));
  alone.on('console', (message) => said.push(message.text()));
  await alone.goto(`file://${file}`);
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([`file://${file}`]);
  expect(said).toEqual([]); // nothing was refused by its own policy
  expect(await alone.locator('h1').innerText()).toContain('groceries');
  expect(await alone.locator('.matrix tbody tr').count()).toBe(8);
  const image = await alone.locator('.shown svg').first().boundingBox();
  expect(image!.height).toBeGreaterThan(40);
  expect(await alone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await context.close();
});

it('leads from a mistake to the images that the model sees alike', async () => {
  const { page, faults } = await visit(browser, base);
  const { samples } = await getJSON(
    base,
    `/api/evaluations/${groceries}/samples?label=cake&predicted=chocolate&split=test&limit=1`,
  );
  const alike = await getJSON(base, `/api/evaluations/${groceries}/samples/${samples[0].id}/similar`);
  expect(alike.right[0].label_name).toBe('chocolate'); // the label is right, the model sees chocolate
  await page.goto(`/evaluations/${groceries}/samples/${samples[0].id}?split=test`);
  await page.locator('[data-test="similar-wrong"] li').first().waitFor();
  await page.locator('[data-test="similar-right"] a').first().click();
  await page.waitForURL(new RegExp(`/samples/${alike.right[0].id}`));
  expect(faults).toEqual([]);
  await page.close();
});

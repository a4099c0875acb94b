/** Findings: both stories' sentences, followed to their images and their tests; what is declared changes the verdict. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getJSON, launch, serverURL, visit } from './browser';

const biased = 'professions-biased~professions-v1';
const balanced = 'professions-balanced~professions-v2';
const base = serverURL();
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const cards = (page: Page, of = '') => page.locator(`[data-test="finding"]${of}`);

it('says that the head decides all professions of the first model, and is a shortcut', async () => {
  const { page, faults } = await visit(browser, base);
  const api = await getJSON(base, `/api/evaluations/${biased}/findings`);
  await page.goto(`/evaluations/${biased}?split=test`);
  await page.getByRole('link', { name: 'Findings' }).click();
  await expect.poll(() => page.locator('[data-test="headline"]').innerText()).toBe(api.headline);
  expect(api.headline).toMatch(/^All 6 classes are decided by the head \(/);
  expect(api.headline).toContain('you declared the head unwanted');
  expect(await cards(page, '[data-region="head"][data-kind="shortcut"]').count()).toBe(6);

  // A claim leads to its test and to its images.
  const first = cards(page, '[data-region="head"]').first();
  const of = await first.getAttribute('data-class');
  await first.getByText('The test').click();
  expect(await first.locator('tbody tr').count()).toBeGreaterThanOrEqual(3);
  await first.locator('.images a').first().click();
  await page.waitForURL(/\/samples\/\d+/);
  await page.goBack();
  await cards(page, '[data-region="head"]')
    .first()
    .getByRole('link', { name: `Images of ${of}` })
    .click();
  await page.locator('[data-test="cell-count"]').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

it('says that the uniform decides for its successor, and the head does not', async () => {
  const { page, faults } = await visit(browser, base, { viewport: { width: 390, height: 844 } });
  await page.goto(`/evaluations/${balanced}/findings`);
  const uniform = cards(page, '[data-region="uniform"][data-kind="reason"]');
  await uniform.first().waitFor();
  expect(await uniform.count()).toBeGreaterThanOrEqual(5);
  expect(await cards(page, '[data-kind="shortcut"]').count()).toBe(0);
  expect(await page.locator('[data-test="quiet"]').innerText()).toContain('The head does not decide');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(faults).toEqual([]);
  await page.close();
});

it('what the user says of a region makes it a shortcut, and taking it back a reason', async () => {
  const { page } = await visit(browser, base);
  await page.goto(`/evaluations/${biased}/findings`);
  const head = cards(page, '[data-region="head"]').first();
  await head.getByRole('button', { name: 'Take back' }).click();
  await expect.poll(() => cards(page, '[data-kind="shortcut"][data-region="head"]').count()).toBe(0);
  await head.getByRole('button', { name: 'It should not' }).click();
  await expect.poll(() => cards(page, '[data-kind="shortcut"][data-region="head"]').count()).toBe(6);
  await page.close();
});

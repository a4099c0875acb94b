/** Findings: both stories' sentences, followed to their images and their tests; what is declared changes the verdict. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violations } from './accessibility';
import { getJSON, launch, serverURL, visit } from './browser';

const biased = 'professions-biased~professions-v1';
const balanced = 'professions-balanced~professions-v2';
const groceries = '/evaluations/groceries~groceries';
const base = serverURL();
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const cards = (page: Page, of = '') => page.locator(`[data-test="finding"]${of}`);

it('opens on the head that decides all professions of the first model, and is a shortcut', async () => {
  const { page, faults } = await visit(browser, base);
  const api = await getJSON(base, `/api/evaluations/${biased}/findings`);
  await page.goto(`/evaluations/${biased}`);
  const headline = async () =>
    (await page.locator('[data-test="headline"]').innerText()).replaceAll('\u00a0', ' ');
  await expect.poll(headline).toBe(api.headline);
  expect(api.headline).toMatch(/^All 6 classes are decided by the head \(/);
  expect(api.headline).toContain('you declared the head unwanted');
  const first = cards(page).first();
  expect(await first.getAttribute('data-kind')).toBe('shortcut');
  expect(await first.getAttribute('data-region')).toBe('head');
  expect(await first.locator('tr[data-class]').count()).toBe(6);

  // A claim leads to its tests, to the images that turned and to those it is of.
  await first.getByText('The tests').click();
  expect(await first.locator('details tbody').count()).toBe(6);
  await first.locator('.images a').first().click();
  await page.waitForURL(/\/samples\/\d+/);
  await page.goBack();
  const of = first.locator('tr[data-class] a').first();
  const name = await of.innerText();
  await of.click();
  await page.locator('[data-test="cell-count"]').waitFor();
  expect(await page.locator('[data-test="gallery"] h2').innerText()).toContain(name);
  expect(faults).toEqual([]);
  await page.close();
});

it('says that the uniform decides for its successor, and the head does not', async () => {
  const { page, faults } = await visit(browser, base, { viewport: { width: 390, height: 844 } });
  await page.goto(`/evaluations/${balanced}`);
  const uniform = cards(page, '[data-region="uniform"][data-kind="reason"]');
  await uniform.first().waitFor();
  expect(await uniform.first().locator('tr[data-class]').count()).toBeGreaterThanOrEqual(5);
  expect(await cards(page, '[data-kind="shortcut"]').count()).toBe(0);
  expect(await page.locator('[data-test="quiet"]').innerText()).toContain('The head does not decide');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(faults).toEqual([]);
  await page.close();
});

it('opens the groceries on the confusion that could win most errors, and leads to its images', async () => {
  const { page, faults } = await visit(browser, base);
  const { confusions } = await getJSON(base, `/api${groceries}/confusions?limit=1&split=test`);
  await page.goto(groceries);
  const first = cards(page).first();
  await first.waitFor();
  expect(await first.getAttribute('data-kind')).toBe('confusion');
  expect(await first.locator('.text').innerText()).toContain(
    `Cake is taken for chocolate in ${confusions[0].count} of `,
  );
  expect(await first.locator('[data-test="effect"]').innerText()).toContain('could win');
  expect(await page.locator('[data-test="not-found"]').innerText()).toContain('Leaks: no measured file');
  await first.getByRole('link', { name: 'cake → chocolate' }).click();
  await page
    .locator('[data-test="gallery"]')
    .getByText(`${confusions[0].count} images`, { exact: true })
    .waitFor();
  expect(new URL(page.url()).search).toBe('?label=0&predicted=2&split=test');
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
  await expect
    .poll(() => cards(page, '[data-kind="shortcut"][data-region="head"] tr[data-class]').count())
    .toBe(6);
  await page.close();
});

it('a dismissed finding comes last with its note, leaves the headline, and is taken back', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(groceries);
  const headline = page.locator('[data-test="headline"]');
  const confusion = cards(page, '[data-key="confusion/cake/chocolate"]');
  await confusion.getByRole('button', { name: /^Dismiss/ }).click();
  await page.getByLabel('Why, for those who come later').fill('the bars are new');
  await page.keyboard.press('Enter');
  await confusion.waitFor({ state: 'detached' });
  await expect.poll(() => headline.innerText()).not.toContain('chocolate');
  await page.reload();
  const dismissed = page.locator('[data-test="dismissed"]');
  await dismissed.getByText('1 dismissed finding').click();
  expect(await dismissed.innerText()).toContain('“the bars are new”');
  expect(await violations(page)).toEqual([]);
  await dismissed.getByRole('button', { name: 'Take back' }).click();
  await confusion.waitFor();
  await expect.poll(() => headline.innerText()).toContain('Cake is taken for chocolate');
  expect(faults).toEqual([]);
  await page.close();
});

/** Datasets, models and evaluations are renamed and removed; what goes is said first. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { getJSON, jobDone, launch, postJSON, serverURL, visit, type Visit } from './browser';
import { violations } from './accessibility';

const base = serverURL();
let browser: Browser;
let current: Visit;
const page = () => current.page;

const post = (path: string, body: unknown) => postJSON(base, path, body);

beforeAll(async () => {
  browser = await launch();
  const { path } = await getJSON(base, '/api/models/groceries');
  await post('/api/models', { name: 'spare', path });
  const { id } = await post('/api/evaluations', { dataset: 'groceries', model: 'spare' });
  await jobDone(base, id);
});
afterAll(async () => {
  for (const name of ['spare', 'spare two']) await fetch(`${base}/api/models/${name}`, { method: 'DELETE' });
  await browser?.close();
});
beforeEach(async () => {
  current = await visit(browser, base);
});
afterEach(async () => {
  await page().close();
  expect(current.faults).toEqual([]);
});

it('renames a model; its page and its evaluations follow', async () => {
  await page().goto('/models/spare');
  await page().getByRole('button', { name: 'Rename spare' }).click();
  const dialog = page().getByRole('dialog', { name: 'Rename the model spare' });
  await dialog.getByLabel('New name').fill('../x');
  await page().keyboard.press('Enter');
  await dialog.getByRole('alert').waitFor();
  current.faults = current.faults.filter((fault) => !/\b400\b/.test(fault));
  await dialog.getByLabel('New name').fill('spare two');
  await page().keyboard.press('Enter');
  await page().waitForURL('**/models/spare%20two');
  await page().getByRole('link', { name: 'groceries × spare two' }).click();
  await page().waitForURL('**/evaluations/groceries~spare-two');
});

it('says what goes, keeps the focus, and removes nothing while a job works on it', async () => {
  const id = 'groceries~spare-two';
  const { id: job } = await post('/api/explanations', {
    evaluation: id,
    method: 'rise',
    options: { 'rise.limit': '100000', 'rise.correlation': '0.99999' },
  });
  await page().goto('/');
  const button = page().getByRole('button', { name: 'Remove groceries × spare-two' });
  await button.focus();
  await page().keyboard.press('Enter');
  const dialog = page().getByRole('dialog', { name: 'Remove the evaluation groceries × spare-two?' });
  await dialog.locator('[data-test="in-use"]').waitFor();
  const { predictions } = await getJSON(base, `/api/evaluations/${id}/removal`);
  expect(await dialog.locator('[data-test="goes"]').innerText()).toContain(`${predictions} predictions`);
  expect(await dialog.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
  expect(await violations(page())).toEqual([]);

  // The Tab key goes round in the dialog; Escape leads back.
  const stops = new Set<string>();
  for (let i = 0; i < 5; i++) {
    await page().keyboard.press('Tab');
    stops.add(
      await page().evaluate(
        () => (document.activeElement!.closest('dialog') && document.activeElement!.textContent) || 'outside',
      ),
    );
  }
  expect([...stops].sort()).toEqual(['Keep it', 'Look again', 'Stop the job']);
  await page().keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);

  await page().keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Stop the job' }).click();
  await expect.poll(async () => (await getJSON(base, `/api/jobs/${job}`)).state).toBe('cancelled');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await dialog.waitFor({ state: 'detached' });
  await button.waitFor({ state: 'detached' });
  expect(await page().evaluate(() => document.activeElement!.tagName)).toBe('H1');
  const { evaluations } = await getJSON(base, '/api/evaluations');
  expect(evaluations.map((evaluation: { id: string }) => evaluation.id)).not.toContain(id);
});

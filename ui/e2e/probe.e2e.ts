/** A model that says nothing of its images: how they were prepared is found by measuring, adopted and undone. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspect, violations } from './accessibility';
import { getJSON, jobDone, launch, postJSON, serverURL, visit } from './browser';

const base = serverURL();
const folder = mkdtempSync(join(tmpdir(), 'sightline-probe-'));
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  const { path, classes } = await getJSON(base, '/api/models/groceries');
  copyFileSync(path, join(folder, 'model.onnx')); // without the settings beside it
  writeFileSync(join(folder, 'names.json'), JSON.stringify(classes));
  await postJSON(base, '/api/models', {
    name: 'bare',
    path: join(folder, 'model.onnx'),
    classes: join(folder, 'names.json'),
  });
  const { id } = await postJSON(base, '/api/evaluations', { dataset: 'groceries', model: 'bare' });
  await jobDone(base, id);
});
afterAll(async () => {
  for (const name of ['bare-measured', 'bare'])
    await fetch(`${base}/api/models/${name}`, { method: 'DELETE' });
  rmSync(folder, { recursive: true });
  await browser?.close();
});

it('starts by itself, stops when told, shows what it found, is adopted and undone', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto('/evaluations/groceries~bare/matrix');
  const panel = page.locator('[data-test="preparation"]');
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await panel.getByRole('button', { name: 'Find out by measuring' }).waitFor();
  await page.reload();
  await panel.getByRole('button', { name: 'Find out by measuring' }).click(); // not by itself again
  const verdict = panel.locator('[data-test="probe-verdict"]');
  await verdict.waitFor({ timeout: 60_000 });
  const { found, wanted } = await getJSON(base, '/api/evaluations/groceries~bare/probe');
  expect([found.clear, found.better, wanted]).toEqual([true, true, false]);
  expect(await verdict.innerText()).toBe(found.verdict);

  await panel.locator('summary').click();
  const chosen = panel.locator('tr.chosen').last();
  expect(await chosen.innerText()).toContain(found.chosen.name);
  expect(await chosen.innerText()).toContain(found.chosen.log_loss.toFixed(3));
  expect(await panel.locator('code').last().innerText()).toBe(found.command);
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(inspect)).toEqual([]);

  const before = await getJSON(base, '/api/evaluations/groceries~bare');
  await panel.getByRole('button', { name: 'Evaluate with what was found' }).click();
  await page.waitForURL('**/evaluations/groceries~bare-measured*');
  await page.getByRole('heading', { name: 'Found by measuring' }).waitFor({ timeout: 60_000 });
  expect(await verdict.innerText()).toBe(found.verdict);
  await expect
    .poll(async () => (await getJSON(base, '/api/evaluations/groceries~bare-measured')).state)
    .toBe('done');
  const after = await getJSON(base, '/api/evaluations/groceries~bare-measured');
  expect(after.accuracy).toBeGreaterThan(before.accuracy);
  expect((await getJSON(base, '/api/evaluations/groceries~bare')).accuracy).toBe(before.accuracy);

  await panel.getByRole('button', { name: 'Undo' }).click();
  await page.waitForURL(/groceries~bare(\/matrix|\?|$)/);
  await panel.getByRole('button', { name: 'Evaluate with what was found' }).waitFor();
  const { models } = await getJSON(base, '/api/models');
  expect(models.map(({ name }: { name: string }) => name)).not.toContain('bare-measured');
  await page.close();
  // What the page of the removed evaluation was still asking for is not found any more.
  expect(faults.filter((fault) => !/\b404\b/.test(fault))).toEqual([]);
});

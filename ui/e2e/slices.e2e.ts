/** Slices that are kept: by a name, by hand, side by side; and from a curve to a tag, to a folder, and back. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspect, violations } from './accessibility';
import { clickCell, getJSON, jobDone, launch, postJSON, serverURL, visit } from './browser';

const dataset = 'groceries';
const groceries = '/evaluations/groceries~groceries';
let base: string;
let browser: Browser;

beforeAll(async () => {
  base = serverURL();
  browser = await launch();
});
afterAll(async () => {
  for (const name of ['cakes as pies', 'unsure'])
    await fetch(`${base}/api/datasets/${dataset}/slices/${encodeURIComponent(name)}`, { method: 'DELETE' });
  await browser?.close();
});

it('a cell is saved under a name, which is a chip, a door and a condition', async () => {
  const { page, faults } = await visit(browser, base);
  const { classes } = await getJSON(base, `/api${groceries}`);
  const [cake, chocolate] = ['cake', 'chocolate'].map((name) => classes.indexOf(name));
  const { total } = await getJSON(base, `/api${groceries}/samples?label=cake&predicted=chocolate&limit=1`);
  expect(total).toBeGreaterThan(0);
  await page.goto(`${groceries}?split=`);
  await clickCell(page, cake, chocolate);
  const bar = page.getByRole('group', { name: 'Which images' });
  await bar.getByText('taken for chocolate').waitFor();
  await bar.getByRole('button', { name: 'Save this slice' }).click();
  await page.getByRole('textbox', { name: 'Name of the slice' }).fill('cakes as pies');
  await page.keyboard.press('Enter');

  const saved = page.getByRole('table', { name: 'Saved slices' });
  await saved.getByRole('row', { name: new RegExp(`^cakes as pies ${total} `) }).waitFor();
  expect(await page.evaluate(inspect)).toEqual([]);
  expect(await violations(page)).toEqual([]);
  await saved.getByRole('link', { name: 'cakes as pies' }).click();
  await page.waitForURL(/saved=cakes%20as%20pies/);
  await page.reload();
  await bar.getByText('saved as cakes as pies').waitFor();
  await page.locator('[data-test="gallery-total"]', { hasText: `${total} images` }).waitFor();
  await bar.getByRole('link', { name: 'Leave out: saved as cakes as pies' }).click();
  await bar.getByText('all samples').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

it('images that are selected by hand are a slice whose address survives a reload', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(`${groceries}?label=cake&predicted=chocolate&split=`);
  const thumbs = page.locator('[data-test="thumb"]');
  await thumbs.nth(5).waitFor();
  const select = page.getByRole('group', { name: 'Select images' });
  await select.getByRole('button', { name: 'Select', exact: true }).click();
  await thumbs.nth(1).click();
  await thumbs.nth(4).click({ modifiers: ['Shift'] });
  await select.getByText('4 images selected').waitFor();
  await thumbs.nth(2).focus();
  await page.keyboard.press('Space');
  await select.getByText('3 images selected').waitFor();
  const ids = await thumbs.evaluateAll((list) => list.map((one) => (one as HTMLElement).dataset.sample));
  const chosen = [1, 3, 4].map((i) => ids[i]).sort();
  expect(await violations(page)).toEqual([]);
  await select.getByRole('button', { name: 'Only these 3' }).click();
  await page.waitForURL(/sel=[0-9a-f]{16}/);
  await page.reload();
  await page.locator('[data-test="gallery-total"]', { hasText: '3 images' }).waitFor();
  await expect.poll(() => thumbs.count()).toBe(3);
  const kept = await thumbs.evaluateAll((list) => list.map((one) => (one as HTMLElement).dataset.sample));
  expect(kept.sort()).toEqual(chosen);
  const sel = new URL(page.url()).searchParams.get('sel');
  const { samples } = await getJSON(base, `/api${groceries}/samples?sel=${sel}`);
  expect(samples.map(({ id }: { id: number }) => String(id)).sort()).toEqual(chosen);
  expect(faults).toEqual([]);
  await page.close();
});

it('two slices stand side by side, with intervals', async () => {
  const { page, faults } = await visit(browser, base);
  await postJSON(base, `/api${groceries}/slices`, { name: 'unsure', slice: 'confidence=-0.8' });
  await page.goto(`${groceries}?label=cake&split=test`);
  const bar = page.getByRole('group', { name: 'Which images' });
  await bar.getByRole('button', { name: 'Side by side' }).click();
  await page.getByRole('checkbox', { name: 'unsure' }).check();
  await page.getByRole('checkbox', { name: 'cake', exact: true }).check();
  const table = page.getByRole('table', { name: 'Slices side by side' });
  await expect.poll(() => table.locator('tbody tr').count()).toBe(3);
  const { whole, sides, level } = await getJSON(
    base,
    `/api${groceries}/sides?split=test&of=saved%3Dunsure&of=label%3Dcake`,
  );
  expect(level).toBeCloseTo(0.975, 12);
  const percent = (value: number) => `${(100 * value).toFixed(1)}`;
  for (const [i, side] of [whole, ...sides].entries()) {
    const row = (await table.locator('tbody tr').nth(i).innerText()).replace(/\s+/g, ' ');
    const accuracy = side.figures.find(({ name }: { name: string }) => name === 'accuracy');
    for (const value of [accuracy.value, accuracy.low, accuracy.high]) expect(row).toContain(percent(value));
    expect(row).toContain(` ${side.labelled} `);
    if (side.difference) expect(row).toContain(percent(Math.abs(side.difference.low)));
  }
  expect(sides[0].difference.high).toBeLessThan(0);
  await page.getByText('2 slices are compared').waitFor();
  expect(page.url()).toContain('beside=saved%3Dunsure');
  expect(await page.evaluate(inspect)).toEqual([]);
  expect(await violations(page)).toEqual([]);
  await page.reload();
  await expect.poll(() => table.locator('tbody tr').count()).toBe(3);
  await table.getByRole('link', { name: 'saved as unsure' }).click();
  await page.waitForURL(/saved=unsure/);
  expect(faults).toEqual([]);
  await page.close();
});

it('a curve leads to misses, which are tagged, exported, and imported again as they were', async () => {
  const { page, faults } = await visit(browser, base);
  const { classes } = await getJSON(base, `/api${groceries}`);
  const cake = classes.indexOf('cake');
  const folder = mkdtempSync(join(tmpdir(), 'walk-'));
  try {
    await page.goto(`${groceries}?split=test&curve=${cake}`);
    await page.locator('[data-test="thumb"]').first().waitFor();
    const plot = page.locator('[data-test="curve"]');
    await plot.focus();
    await page.keyboard.press('Home'); // the highest threshold: nearly all are missed
    await page.keyboard.press('Enter');
    const misses = page.locator('[data-test="doors"] a', { hasText: 'miss' });
    const n = Number((await misses.innerText()).split(' ')[0]);
    expect(n).toBeGreaterThan(3);
    await misses.click();
    await page.getByRole('button', { name: `Tag all ${n}` }).click();
    await page.getByLabel('Name of the tag').fill('walked');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /^walked/ }).click();
    await page.waitForURL(/tag=walked/);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('combobox', { name: 'Format' }).selectOption('folders');
    const started = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as .tar' }).click();
    await (await started).saveAs(join(folder, 'walked.tar'));
    execFileSync('tar', ['-xf', join(folder, 'walked.tar'), '-C', folder]);
    rmSync(join(folder, 'walked.tar'));

    const { id } = await postJSON(base, '/api/datasets', { name: 'walked', path: folder });
    await jobDone(base, id);
    const again = await getJSON(base, '/api/datasets/walked');
    expect(again.samples).toBe(n);
    expect(again.labels).toEqual([{ name: 'cake', count: n }]);
    expect(again.splits).toEqual([{ name: 'test', count: n }]);
    const lines = await (await fetch(`${base}/api${groceries}/export?tag=walked&format=jsonl`)).text();
    const files = lines
      .trim()
      .split('\n')
      .map((line) => ({ hash: JSON.parse(line).hash }));
    const { samples } = await postJSON(base, '/api/datasets/walked/locate', { files });
    expect(new Set(samples.map(({ sample }: { sample: number }) => sample)).size).toBe(n);
    expect(samples.every(({ sample, label }: any) => sample > 0 && label === 'cake')).toBe(true);
    expect(faults).toEqual([]);
  } finally {
    await fetch(`${base}/api/datasets/walked`, { method: 'DELETE' });
    await fetch(`${base}/api/datasets/${dataset}/tags/walked`, { method: 'DELETE' });
    rmSync(folder, { recursive: true });
    await page.close();
  }
});

/** Two evaluations side by side: from the choice to the figures, to the images that were broken, to where both look. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspect } from './accessibility';
import { getJSON, launch, serverURL, visit } from './browser';

const now = '/evaluations/professions-balanced~professions-v2';
const before = 'professions-balanced~professions-v1';
let base: string;
let browser: Browser;

beforeAll(async () => {
  base = serverURL();
  browser = await launch();
});
afterAll(() => browser?.close());

const found = (query = '') => getJSON(base, `/api${now}/comparison?before=${before}&split=test${query}`);

it('tells what a retraining changed, and where both models look', async () => {
  const { page, faults } = await visit(browser, base);
  const api = await found();
  const count = (name: string) =>
    api.transitions.find((t: { transition: string }) => t.transition === name).count;

  await page.goto(`${now}?split=test&method=gradcam`);
  await page.getByLabel('Compare with').selectOption(before);
  const verdict = page.locator('[data-test="versus-verdict"]');
  await verdict.waitFor();
  expect(page.url()).toContain('vs=');
  expect(await verdict.innerText()).toBe(
    `${count('fixed')} images fixed, ${count('broken')} broken: more than chance (p < 0.001).`,
  );
  const row = (await page.locator('[data-test="versus-Accuracy"]').innerText()).replace(/\s+/g, ' ');
  const points = (v: number) => `+${(100 * v).toFixed(1)}`;
  const { mean, low, high } = api.accuracy.difference;
  expect(row).toContain(points(mean));
  expect(row).toContain(`${points(low)} to ${points(high)}`);

  // Maps of both are made here, or were by another test.
  for (const side of ['before', 'now']) {
    const button = page.getByRole('button', { name: new RegExp(`^Make maps with .*, ${side}$`) });
    if (await button.count()) await button.click();
  }
  await expect
    .poll(async () => (await found('&method=gradcam')).maps[0]?.pairs ?? 0, {
      timeout: 120_000,
      interval: 500,
    })
    .toBe(api.images);
  const maps = page.locator('[data-test="versus-maps"]');
  await expect.poll(() => maps.innerText(), { timeout: 20_000 }).toContain(`${api.images} pairs of maps`);
  const { regions } = (await found('&method=gradcam')).maps[0];
  const of = (name: string) => regions.find((r: { region: string }) => r.region === name);
  expect(of('head').difference.high).toBeLessThan(0);
  expect(of('uniform').difference.low).toBeGreaterThan(0);
  const text = (await page.locator('.versus [data-region="uniform"]').innerText()).replace(/\s+/g, ' ');
  expect(text).toContain(`${of('uniform').before.mean.toFixed(2)} → ${of('uniform').now.mean.toFixed(2)}`);
  expect(text).toContain(`+${of('uniform').difference.low.toFixed(2)} to`);

  // Both are right on many images, and for another reason on most: chance is measured first.
  const reasons = page.locator('[data-test="reasons"]');
  const chance = reasons.getByRole('button', { name: 'Measure chance with both' });
  const saidOf = reasons.locator('[data-test="reasons-said"]');
  await saidOf.or(chance).first().waitFor();
  if (await chance.count()) await chance.click();
  await saidOf.waitFor({ timeout: 120_000 });
  const why = await getJSON(base, `/api${now}/reasons?before=${before}&split=test&method=gradcam`);
  expect(why.known && why.measure === 'regions').toBe(true);
  expect(why.all.count / why.all.n).toBeGreaterThanOrEqual(0.5);
  expect(await saidOf.innerText()).toContain(`${why.all.count} images`);

  for (const [colorScheme, width, height] of [
    ['light', 1440, 900],
    ['dark', 390, 844],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await expect.poll(() => page.evaluate(inspect), { message: `${colorScheme} ${width}` }).toEqual([]);
  }

  await page.locator('[data-test="door-broken"]').click();
  await expect.poll(() => page.url()).toContain('transition(');
  await expect
    .poll(() => page.locator('[data-test="thumb"]').count(), {
      timeout: 10_000,
    })
    .toBeGreaterThanOrEqual(1);
  await page.getByText(`${count('broken')} images`, { exact: true }).waitFor();

  // On a sample both maps stand on one scale, and say what each model predicts.
  await page.locator('[data-test="thumb"]').first().click();
  const earlier = page.locator('[data-test="before"]');
  await earlier.getByText('one scale for both').waitFor({ timeout: 60_000 });
  expect(page.url()).toContain('vs=');
  expect(await page.getByText('one scale for both').count()).toBe(2);
  const id = new URL(page.url()).pathname.split('/').pop()!;
  const there = await getJSON(base, `/api/evaluations/${before}/samples/${id}?split=test`);
  const told = await getJSON(base, `/api${now}/samples/${id}/counterpart?before=${before}&split=test`);
  expect([told.predicted, told.sample]).toEqual([there.predicted, there.id]);
  expect(await earlier.innerText()).toContain(`Predicted ${told.name}`);
  await expect.poll(() => page.evaluate(inspect)).toEqual([]);
  expect(faults).toEqual([]);
}, 180_000);

it('walks from the difference of the matrices to a cell, to the images that moved, to a sample', async () => {
  const { page, faults } = await visit(browser, base);
  const { cells } = await getJSON(base, `/api${now}/comparison/cells?before=${before}&split=test`);
  const { classes } = await getJSON(base, `/api${now}?split=test`);
  const wrong = cells.find(
    (c: { label: number; predicted: number; ways: { way: string; transition: string }[] }) =>
      c.label !== c.predicted && c.ways.some((w) => w.way === 'left' && w.transition === 'fixed'),
  );
  const name = `${classes[wrong.label]} as ${classes[wrong.predicted]}`;
  await page.goto(`${now}?split=test&vs=${before}`);
  const cell = page.getByRole('button', { name: new RegExp(`^${name}: ${wrong.before} before`) });
  await cell.waitFor();
  expect(await cell.innerText()).toBe(`−${wrong.before - wrong.now}`);
  await page.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Before' }).click();
  expect(await cell.innerText()).toBe(`${wrong.before}`);
  await cell.click();
  await expect.poll(() => page.evaluate(inspect)).toEqual([]);
  await page.locator('[data-test="way-left-fixed"]').click();
  const { count } = wrong.ways.find(
    (w: { way: string; transition: string }) => w.way === 'left' && w.transition === 'fixed',
  );
  await page
    .getByText(`${count} image${count === 1 ? '' : 's'}`, { exact: true })
    .first()
    .waitFor();
  await page.locator('[data-test="thumb"]').first().click();
  const earlier = page.locator('[data-test="before"]');
  await expect.poll(() => earlier.innerText()).toContain(`Predicted ${classes[wrong.predicted]}`);
  expect(faults).toEqual([]);
}, 60_000);

it('says so where two evaluations have nothing in common, and where one is not there', async () => {
  const { page } = await visit(browser, base);
  await page.goto(`${now}?split=test&vs=groceries~groceries`);
  await page.getByText('The two evaluations have no labelled image in common.').waitFor();
  await page.goto(`${now}?split=test&vs=nosuch~model`);
  await page.getByRole('alert').filter({ hasText: 'not in the workspace' }).waitFor();
}, 60_000);

it('tells what each class looks at, and leads to its images', async () => {
  const { page, faults } = await visit(browser, base);
  await page.goto(`${now}/why?split=test&method=gradcam`);
  const look = page.locator('[data-test="look"]');
  const button = look.getByRole('button', { name: /^Make maps of all/ });
  const said = look.locator('[data-test="look-maps"]');
  await said.or(button).first().waitFor();
  if (await button.count()) await button.click();
  await expect
    .poll(async () => ((await said.count()) ? await said.innerText() : ''), {
      timeout: 60_000,
      interval: 500,
    })
    .toContain('360 maps by Grad-CAM');
  const { rows } = await getJSON(base, `/api${now}/look?split=test&method=gradcam`);
  expect(rows.length).toBe(6);
  for (const row of rows) {
    const uniform = row.regions.find((r: { region: string }) => r.region === 'uniform');
    expect(uniform.share.low, row.name).toBeGreaterThan(uniform.area);
    const cell = look.locator(`[data-row="${row.name}"] [data-region="uniform"]`);
    await expect.poll(() => cell.innerText()).toContain(uniform.share.mean.toFixed(2));
  }
  await look.getByRole('button', { name: 'cells' }).click();
  await look.getByRole('link', { name: 'chef, right', exact: true }).waitFor();
  await look.getByRole('button', { name: 'head', exact: true }).click();
  await expect.poll(() => page.evaluate(inspect)).toEqual([]);
  await look.getByRole('link', { name: 'chef, right', exact: true }).click();
  await expect.poll(() => page.url()).toContain('label=0&predicted=0');

  // What they have in common stands beside the table; a share leads to its images, and from there to one.
  await page.goBack();
  await page.locator('[data-test="why-common"] [data-test="mean-canvas"]').waitFor();
  await page.locator('[data-test="typical"] a').first().waitFor();
  await look.locator('[data-row="chef"] [data-region="uniform"] a').click();
  await expect.poll(() => page.url()).toContain('share(uniform,gradcam,predicted)=0-');
  await page.locator('[data-test="gallery"] a[data-index="0"]').click();
  await page.locator('h1').filter({ hasText: /\S/ }).waitFor();
  await expect.poll(() => page.url()).toMatch(/samples\/\d+\?.*share\(uniform/);
  expect(faults).toEqual([]);
}, 120_000);

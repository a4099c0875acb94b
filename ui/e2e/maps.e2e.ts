/** Maps up close: choosing a method, reading raw values, comparing, scales, and addresses of all of it. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { inspect } from './accessibility';
import { fetchMap, getJSON, launch, overlayDone, serverURL, visit, type Visit } from './browser';

const biased = '/evaluations/professions-biased~professions-v1';
let base: string;
let browser: Browser;
let current: Visit;
let sample: string;
const page = () => current.page;
const query = () => new URL(page().url()).searchParams;
const mapPath = (choice: string) => `/api${biased}/samples/${sample}/map?${choice}`;

beforeAll(async () => {
  base = serverURL();
  browser = await launch();
  const { samples } = await getJSON(base, `/api${biased}/samples?limit=1`);
  sample = String(samples[0].id);
});
afterAll(() => browser?.close());
beforeEach(async () => {
  current = await visit(browser, base);
});
afterEach(async () => {
  await page().close();
  expect(current.faults).toEqual([]);
});

const open = (query: string) => page().goto(`${biased}/samples/${sample}?${query}`);
const reading = () => page().locator('[data-test="reading"]').innerText();

/** The number that a line of text begins with, whatever its minus sign. */
const number = (text: string) => parseFloat(text.replace(/−/g, '-'));

/** Equal to six significant digits, which tell float32 values apart well enough. */
const near = (value: number) => Math.max(1e-9, Math.abs(value) * 1e-5);

it('chooses a method by keyboard, with its card in view first', async () => {
  const { methods } = await getJSON(base, '/api/methods');
  await open('method=occlusion');
  await overlayDone(page());
  await page().locator('[data-test="method-button"]').focus();
  await page().keyboard.press('ArrowDown');
  const list = page().getByRole('listbox', { name: 'Method' });
  await list.waitFor();
  expect(await list.getByRole('option').count()).toBe(methods.length);
  await page().keyboard.type('grad-c');
  const { title, description } = methods.find(({ name }: { name: string }) => name === 'gradcam');
  const active = await list.getAttribute('aria-activedescendant');
  expect(await page().locator(`[id="${active}"]`).innerText()).toBe(title);
  const card = await page().locator(`[id="${active}"]`).getAttribute('aria-describedby');
  expect(await page().locator(`[id="${card}"]`).innerText()).toContain(description.slice(0, 60));
  await page().keyboard.press('Escape');
  expect(query().get('method')).toBe('occlusion');
  await page().keyboard.press('Enter');
  await page().keyboard.press('Home');
  await page().keyboard.type('grad-c');
  await page().keyboard.press('Enter');
  await page().waitForURL(/method=gradcam/);
  await overlayDone(page());
  expect(await page().locator('[data-test="method-card"]').innerText()).toContain(description.slice(0, 60));
});

it('keeps the list of methods inside its panel, where the last one can be reached', async () => {
  await open('method=occlusion');
  await overlayDone(page());
  await page().locator('[data-test="method-button"]').focus();
  await page().keyboard.press('ArrowDown');
  const list = page().getByRole('listbox', { name: 'Method' });
  await list.waitFor();
  const [inner, outer] = [await list.boundingBox(), await list.locator('..').boundingBox()];
  expect(inner!.y + inner!.height).toBeLessThanOrEqual(outer!.y + outer!.height);
  await page().keyboard.press('End');
  const last = await list.getByRole('option').last().boundingBox();
  expect(last!.y + last!.height).toBeLessThanOrEqual(outer!.y + outer!.height);
});

it('says why a method does not fit a model, and does not offer to try again', async () => {
  await open('method=attention');
  const problem = page().getByRole('alert').first();
  await problem.waitFor();
  expect(await problem.innerText()).toMatch(/Attention: the model has no attention.*choose gradcam/s);
  expect(await page().getByRole('button', { name: 'Try again' }).count()).toBe(0);
  current.faults = current.faults.filter((fault) => !/\b422\b/.test(fault));
});

it('takes settings of a method, keeps them in the address and says what is wrong with one', async () => {
  await open('method=occlusion');
  await overlayDone(page());
  await page().locator('[data-test="method-options"] summary').click();
  await page().getByLabel('grid', { exact: true }).fill('6');
  await page().keyboard.press('Enter');
  await page().waitForURL(/options=occlusion.grid:6/);
  await page().getByText('6 × 6 cells').waitFor();
  await page().reload();
  await page().getByText('6 × 6 cells').waitFor();
  await page().getByLabel('grid', { exact: true }).fill('many');
  await page().keyboard.press('Enter');
  const problem = page().getByRole('alert').first();
  await problem.waitFor();
  expect(await problem.innerText()).toContain('grid');
  current.faults = current.faults.filter((fault) => !/\b400\b/.test(fault));
  await page().getByRole('button', { name: 'Back to the defaults' }).click();
  await page().getByText('14 × 14 cells').waitFor();
});

it('reads the raw values that the API gives, by pointer and by keys', async () => {
  const { header, values } = await fetchMap(base, mapPath('method=occlusion'));
  await open('method=occlusion&layout=blend');
  await overlayDone(page());
  const reader = page().locator('[data-test="reader"]');
  const box = (await reader.boundingBox())!;
  const [sx, , tx, , sy, ty] = header.geometry.matrix;
  const { display_width, display_height } = header.geometry;
  for (const [column, row] of [
    [0, 0],
    [5, 3],
    [13, 13],
    [2, 9],
  ]) {
    const x = (sx * (column + 0.4) + tx) / display_width;
    const y = (sy * (row + 0.6) + ty) / display_height;
    await page().mouse.move(box.x + x * box.width, box.y + y * box.height);
    await expect.poll(reading).toContain(`row ${row}, column ${column} of`);
    const value = values[row * header.width + column];
    expect(Math.abs(number(await reading()) - value)).toBeLessThan(near(value));
  }

  await page().mouse.move(2, 2);
  await reader.focus();
  await page().keyboard.press('Enter'); // The hottest cell.
  await expect.poll(reading).toContain(' of 14 × 14');
  const hottest = values.indexOf(Math.max(...values));
  expect(await reading()).toContain(`row ${Math.floor(hottest / 14)}, column ${hottest % 14} of`);
  await page().keyboard.press('Home');
  await page().keyboard.press('PageUp');
  await page().keyboard.press('ArrowRight');
  await page().keyboard.press('ArrowDown');
  await expect.poll(reading).toContain('row 1, column 1 of');
  expect(Math.abs(number(await reading()) - values[15])).toBeLessThan(near(values[15]));
  expect(new URL(page().url()).pathname).toContain(`/samples/${sample}`); // Not to the next sample.
});

it('compares methods and targets on a sample, at an address that restores it', async () => {
  await open('method=gradcam');
  await overlayDone(page());
  await page().getByRole('button', { name: 'compare' }).click();
  await page().locator('[data-test="compare-methods"] summary').click();
  const boxes = page().locator('[data-test="compare-methods"] input');
  for (const name of await boxes.evaluateAll((all) => all.map((box) => (box as HTMLInputElement).value))) {
    const wanted = ['gradcam', 'gradient', 'occlusion'].includes(name);
    await page().locator(`[data-test="compare-methods"] input[value="${name}"]`).setChecked(wanted);
  }
  await page().locator('[data-test="compare-targets"] summary').click();
  await page().locator('[data-test="compare-targets"] input[value="contrast"]').check();
  await expect.poll(doneCells, { timeout: 90_000 }).toHaveLength(6);
  const cells = await doneCells();
  expect(cells).toEqual(await expectedCells());
  expect(query().get('methods')!.split(',').sort()).toEqual(['gradcam', 'gradient', 'occlusion']);

  const second = await visit(browser, base);
  await second.page.goto(page().url());
  await expect.poll(() => second.page.locator('[data-state="done"]').count(), { timeout: 30_000 }).toBe(6);
  expect(await second.page.evaluate(inspect)).toEqual([]);
  await second.page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(() => second.page.evaluate(inspect)).toEqual([]); // canvases follow a moment later
  await second.page.close();
  expect(second.faults).toEqual([]);
});

const doneCells = () =>
  page()
    .locator('[data-test="compare-cell"][data-state="done"]')
    .evaluateAll((all) =>
      (all as HTMLElement[]).map(({ dataset }) => `${dataset.target} ${dataset.method}`).sort(),
    );

async function expectedCells() {
  const targets = ['predicted', 'contrast'];
  return targets.flatMap((t) => ['gradcam', 'gradient', 'occlusion'].map((m) => `${t} ${m}`)).sort();
}

it('draws compared maps of one unit on one scale when asked, and reads all of them at one place', async () => {
  const wanted = ['occlusion', 'gradcam'];
  const maps = await Promise.all(wanted.map((name) => fetchMap(base, mapPath(`method=${name}`))));
  await open(`layout=compare&methods=${wanted}&targets=predicted`);
  await expect.poll(doneCells, { timeout: 90_000 }).toHaveLength(2);
  await page().getByLabel('one for all maps').check();
  expect(query().get('scale')).toBe('shared');
  const tops = page().locator('[data-test="compare-state"] ~ [data-test="legend"]');
  await expect.poll(() => tops.count()).toBe(1);
  const top = Number(await tops.getAttribute('data-top'));
  const largest = Math.max(...maps.map(({ values }) => Math.max(...values)));
  expect(Math.abs(top - largest)).toBeLessThan(near(largest));

  await page().locator('[data-test="compare-cell"][data-method="occlusion"] [data-test="reader"]').focus();
  await page().keyboard.press('Enter');
  for (const [i, name] of wanted.entries()) {
    const { header, values } = maps[i];
    const [sx, , tx, , sy, ty] = header.geometry.matrix;
    const hottest = maps[0].values.indexOf(Math.max(...maps[0].values));
    const g = maps[0].header.geometry.matrix;
    const [x, y] = [g[0] * ((hottest % 14) + 0.5) + g[2], g[4] * (Math.floor(hottest / 14) + 0.5) + g[5]];
    const value = values[Math.floor((y - ty) / sy) * header.width + Math.floor((x - tx) / sx)];
    const shown = page().locator(`[data-method="${name}"] [data-test="compare-value"]`);
    await expect
      .poll(async () => Math.abs(number(await shown.innerText()) - value))
      .toBeLessThan(near(value));
  }
});

it('holds the scale while stepping through images', async () => {
  await open('method=gradcam');
  await overlayDone(page(), sample);
  await page().getByLabel('hold for the next images').check();
  const legend = page().locator('[data-test="legend"]');
  const top = await legend.getAttribute('data-top');
  expect(query().get('top')).toBe(top);
  await page().getByRole('link', { name: 'Next' }).click();
  await page().waitForURL((url) => !url.pathname.endsWith('/' + sample));
  await overlayDone(page(), new URL(page().url()).pathname.split('/').pop());
  expect(await legend.getAttribute('data-top')).toBe(top);
  await page().getByLabel('held at').uncheck();
  expect(query().get('top')).toBeNull();
});

it('measures trust in a map: a badge, the curves behind it, and all of it again at its address', async () => {
  await open('method=gradcam&target=contrast&layout=blend');
  await overlayDone(page());
  const trust = page().locator('[data-test="trust"]');
  await trust.waitFor();
  if ((await trust.getByRole('button', { name: 'Measure' }).count()) > 0) {
    expect(await trust.locator('[data-test="badge"]').getAttribute('data-verdict')).toBe('none');
    expect(await trust.innerText()).toContain('runs of the model');
    await trust.getByRole('button', { name: 'Measure' }).click();
  }
  await trust.locator('[data-test="trust-curve"]').nth(1).waitFor({ timeout: 60_000 });
  const known = await getJSON(
    base,
    mapPath('method=gradcam&target=contrast&stored=true').replace('/map?', '/trust?'),
  );
  await expectShown(page(), known);
  await trust.getByText('Agreement with other stored maps').click();
  await trust.getByText(/may all be wrong|is stored yet/).waitFor();
  expect(await page().evaluate(inspect)).toEqual([]);

  const second = await visit(browser, base, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await second.page.goto(page().url());
  await second.page.locator('[data-test="trust-curve"]').nth(1).waitFor();
  await expectShown(second.page, known);
  expect(await second.page.evaluate(inspect)).toEqual([]);
  await second.page.close();
  expect(second.faults).toEqual([]);

  await open('layout=compare&methods=gradcam&targets=contrast');
  const cell = page().locator('[data-test="compare-cell"][data-state="done"] [data-test="badge"]');
  await cell.waitFor();
  expect(await cell.getAttribute('data-verdict')).toBe(known.verdict);
});

/** The page shows the server's verdict with its reason, and the table has the curves' own figures. */
async function expectShown(page: Visit['page'], known: any) {
  const trust = page.locator('[data-test="trust"]');
  const badge = trust.locator('[data-test="badge"]').first();
  expect(await badge.getAttribute('data-verdict')).toBe(known.verdict);
  expect(await badge.innerText()).toContain(known.verdict);
  const reason = await trust.locator('[data-test="trust-reason"]').innerText();
  expect(reason.toLowerCase()).toContain(known.reason.toLowerCase().slice(0, 40));
  const table = trust.locator('[data-test="trust-table"]');
  expect(await table.locator('tbody tr').count()).toBe(known.shares.length);
  const last = await table.locator('tbody tr').last().locator('td').allTextContents();
  expect(last[1]).toBe(known.map.inserting.at(-1).toFixed(2));
  expect(last[6]).toBe(known.centre.deleting.at(-1).toFixed(2));
}

it('checks by random weights whether a method follows the model, once', async () => {
  await open('method=gradcam');
  await overlayDone(page());
  await page().locator('[data-test="randomised"] summary').click();
  await page().locator('[data-test="randomise"]').click();
  const found = page().locator('[data-test="randomisation"]');
  await found.waitFor({ timeout: 60_000 });
  expect(await found.innerText()).toMatch(/correlate .* by −?0\.\d\d/);
  const kept = await getJSON(base, `/api${biased}/randomisation?method=gradcam&stored=true`);
  expect(kept.stages.at(-1).signed.n).toBeGreaterThan(10);
  expect(await page().evaluate(inspect)).toEqual([]);
  current.faults.splice(
    0,
    current.faults.length,
    ...current.faults.filter((fault) => !/\b404\b/.test(fault)),
  );
});

/** The cell panel: from a cell to how many are in it, to maps of all of them, to where those look. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inspect } from './accessibility';
import { clickCell, getJSON, launch, serverURL, visit } from './browser';

const biased = '/evaluations/professions-biased~professions-v1';
let base: string;
let browser: Browser;

beforeAll(async () => {
  base = serverURL();
  browser = await launch();
});
afterAll(() => browser?.close());

/** How many maps the line on trust counts: "1 green · 2 amber · 68 not measured" is 71. */
const mapsSaid = (line: string) =>
  [...line.matchAll(/(\d+) (?:green|amber|red|not measured)/g)].reduce((sum, m) => sum + Number(m[1]), 0);

it('a cell tells where its maps look, once they are made: at heads, not at uniforms', async () => {
  const { page, faults } = await visit(browser, base);
  const { classes } = await getJSON(base, `/api${biased}`);
  const { total } = await getJSON(base, `/api${biased}/samples?label=0&predicted=0&limit=1`);
  await page.goto(`${biased}?split=`);
  expect(await page.locator('[data-test="cell-panel"]').count()).toBe(0);
  await clickCell(page, 0, 0);
  const panel = page.getByRole('region', { name: `${classes[0]}, right` });
  await panel.getByText(`${total} images`, { exact: true }).waitFor();

  const button = panel.getByRole('button', { name: `Make maps for all ${total}` });
  const bars = panel.locator('[data-test="region-bars"]');
  await button.or(bars).first().waitFor();
  if (await button.count()) {
    await button.focus();
    await page.keyboard.press('Enter');
  }
  // Other tests may have made some of the maps: bars of those are there at once.
  const verdicts = panel.locator('[data-test="verdicts"]');
  const measured = async () => ((await verdicts.count()) ? await verdicts.innerText() : '');
  await expect.poll(async () => mapsSaid(await measured()), { timeout: 90_000, interval: 500 }).toBe(total);
  await expect.poll(() => button.count()).toBe(0);

  const { summaries } = await getJSON(
    base,
    `/api${biased}/shares?label=0&predicted=0&method=auto&target=predicted`,
  );
  expect(summaries.length).toBe(1);
  expect(summaries[0].maps).toBe(total);
  const of = (region: string) => summaries[0].regions.find((r: { region: string }) => r.region === region);
  for (const name of ['head', 'uniform', 'border']) {
    const { share, area } = of(name);
    const text = (await bars.locator(`[data-region="${name}"]`).innerText()).replace(/\s+/g, ' ');
    expect(text).toContain(share.mean.toFixed(2));
    expect(text).toContain(`${share.low.toFixed(2)} to ${share.high.toFixed(2)} · area ${area.toFixed(2)}`);
    expect(text).toContain(`n ${share.n}`);
  }
  expect(of('head').share.low).toBeGreaterThan(of('uniform').share.high);
  for (const [colorScheme, width, height] of [
    ['light', 1440, 900],
    ['dark', 390, 844],
    ['light', 390, 844],
    ['dark', 1440, 900],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await expect.poll(() => page.evaluate(inspect), { message: `${colorScheme} ${width}` }).toEqual([]);
  }

  // The mean map is drawn, says of how many maps, and names the images most like it.
  const mean = await getJSON(base, `/api${biased}/meanmap?label=0&predicted=0&method=auto&target=predicted`);
  expect(mean.all.n + mean.all.red + mean.all.empty).toBe(total);
  await panel.locator('[data-test="mean-canvas"]').waitFor();
  expect(await panel.locator('[data-test="mean-said"]').innerText()).toContain(`Mean of ${mean.all.n} maps`);
  await panel.getByRole('button', { name: 'median' }).click();
  await panel.getByText(`Median of ${mean.all.n} maps`).waitFor();
  await panel.locator('[data-test="mean-region"]').selectOption('head');
  await panel.getByText('in the box of head').first().waitFor();
  await panel.locator('[data-test="mean-region"]').selectOption('');
  await panel.getByText('Most typical, and outliers').click();
  await panel.locator(`[data-test="typical"] [data-sample="${mean.all.typical[0].id}"]`).waitFor();
  await expect.poll(() => page.evaluate(inspect)).toEqual([]);

  // A region's bar opens the images that it is the mean of, the largest share first.
  const { share } = of('head');
  await bars.locator('[data-region="head"] a').click();
  await expect
    .poll(() => decodeURIComponent(page.url()))
    .toContain(`share(head,${summaries[0].method},predicted)=0-`);
  const shown = page.locator('[data-test="gallery-total"]');
  await expect.poll(() => shown.innerText()).toBe(`${share.n + share.empty} images`);
  await page.goBack();
  await verdicts.waitFor();

  await page.goBack(); // The matrix was never left.
  await expect.poll(() => page.locator('[data-test="cell-panel"]').count()).toBe(0);

  // Shown in the matrix, the cell is lightest where its mean is strongest; cells without maps keep their colour.
  await page.getByRole('button', { name: 'where', exact: true }).click();
  await page.getByText(`Mean maps by`).waitFor();
  expect(page.url()).toContain('values=where');
  const strongest = mean.all.mean.indexOf(Math.max(...mean.all.mean));
  const weakest = mean.all.mean.indexOf(Math.min(...mean.all.mean));
  await expect
    .poll(async () => {
      const [strong, weak] = await page.evaluate(lightness, [mean.columns, strongest, weakest]);
      return strong - weak;
    })
    .toBeGreaterThan(300);
  await expect.poll(() => page.evaluate(inspect)).toEqual([]);

  // Why tells how well these maps rank what hiding does.
  const { images, methods } = await getJSON(base, `/api${biased}/hiding`);
  const made = methods.find((m: any) => m.method === summaries[0].method && m.target === 'predicted');
  expect(images).toBe(48);
  expect(made.correlation.n).toBeGreaterThan(0);
  await page.goto(`${biased}/why`);
  const said = page.locator(`[data-test="hiding"] tr[data-method="${made.method}"][data-target="predicted"]`);
  expect(await said.innerText()).toContain(made.correlation.mean.toFixed(2));
  await page.close();
  expect(faults).toEqual([]);
});

/** The sums of red, green and blue at places of the grid on the first cell of the matrix. */
function lightness([columns, ...places]: number[]): number[] {
  const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-cell]')!;
  const [left, top, cell] = ['left', 'top', 'cell'].map((name) => Number(canvas.dataset[name]));
  return places.map((at) => {
    const x = left + (cell * ((at % columns) + 0.5)) / columns;
    const y = top + (cell * (Math.floor(at / columns) + 0.5)) / columns;
    const scale = canvas.width / canvas.clientWidth;
    const [r, g, b] = canvas.getContext('2d')!.getImageData(x * scale, y * scale, 1, 1).data;
    return r + g + b;
  });
}

it.each([
  [1180, 800],
  [768, 1024],
  [390, 844],
])('at %d × %d what a click on a cell opens comes into sight', async (width, height) => {
  const { page, faults } = await visit(browser, base);
  await page.setViewportSize({ width, height });
  await page.goto(`${biased}?split=`);
  await clickCell(page, 0, 0);
  const panel = page.locator('[data-test="cell-panel"]');
  await panel.waitFor();
  const top = async () => (await panel.boundingBox())!.y;
  await expect.poll(top, { timeout: 5000 }).toBeLessThan(height / 2);
  expect(await top()).toBeGreaterThan(-20);
  expect(faults).toEqual([]);
  await page.close();
});

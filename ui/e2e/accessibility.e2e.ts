/** Every page as one uses it without a mouse, without sight or with a thumb: axe, keys, focus, sizes. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect, smallTargets, violations } from './accessibility';
import { getJSON, launch, overlayDone, serverURL, visit } from './browser';

const base = serverURL();
const biased = '/evaluations/professions-biased~professions-v1';
let browser: Browser;
let sample: string;

beforeAll(async () => {
  browser = await launch();
  const { samples } = await getJSON(base, `/api${biased}/samples?limit=1`);
  sample = `${biased}/samples/${samples[0].id}`;
});
afterAll(() => browser?.close());

const thumb = (page: Page) => page.locator('[data-test="thumb"]').first().waitFor();

/** Every page, and every state of it with parts of its own. */
const pages: [name: string, path: () => string, ready: (page: Page) => Promise<unknown>][] = [
  ['home', () => '/', (page) => page.getByRole('heading', { name: 'Models' }).waitFor()],
  ['a dataset', () => '/datasets/groceries', (page) => page.getByText('Evaluations of it').waitFor()],
  ['a model', () => '/models/groceries', (page) => page.getByText('Evaluations with it').waitFor()],
  ['no model', () => '/models/nothing', (page) => page.getByRole('alert').waitFor()],
  [
    'removing',
    () => '/models/groceries',
    async (page) => {
      await page.getByRole('button', { name: 'Remove groceries', exact: true }).click();
      await page.locator('[data-test="goes"]').waitFor();
    },
  ],
  ['help', () => '/docs', (page) => page.getByRole('link', { name: 'Figures' }).waitFor()],
  ['a document', () => '/docs/architecture', (page) => page.locator('article table').first().waitFor()],
  ['no document', () => '/docs/nothing', (page) => page.getByRole('alert').waitFor()],
  ['no page', () => '/nowhere', (page) => page.locator('h1').waitFor()],
  ['no evaluation', () => '/evaluations/no~such', (page) => page.getByRole('alert').waitFor()],
  ['an address that cannot be read', () => `${biased}?labl=3`, (page) => page.locator('h1').waitFor()],
  ['evaluation', () => `${biased}/matrix`, thumb],
  ['findings', () => biased, (page) => page.locator('[data-test="finding"]').first().waitFor()],
  ['why', () => `${biased}/why`, (page) => page.locator('[data-test="concepts"]').waitFor()],
  ['map of images', () => `${biased}/images`, (page) => page.locator('[data-test="scatter"]').waitFor()],
  ['cell with maps', () => `${biased}?label=0&predicted=0&overlay=1&method=gradcam`, thumb],
  ['threshold', () => `${biased}?threshold=0.9&correct=any`, thumb],
  ['sample', () => `${sample}?method=occlusion`, (page) => overlayDone(page)],
  ['first of a slice', () => `${sample}?label=0`, (page) => overlayDone(page)],
  ['no sample', () => `${biased}/samples/999999`, (page) => page.getByRole('alert').waitFor()],
  [
    'methods',
    () => `${sample}?method=gradcam`,
    async (page) => {
      await overlayDone(page);
      await page.locator('[data-test="method-button"]').click();
      await page.getByRole('listbox', { name: 'Method' }).waitFor();
    },
  ],
  [
    'trust',
    () => `${sample}?method=gradcam`,
    async (page) => {
      await overlayDone(page);
      const measure = page.locator('[data-test="measure"]');
      const measured = page.getByText('The curves as a table');
      await measure.or(measured).waitFor();
      if (await measure.isVisible()) await measure.click();
      await measured.waitFor({ timeout: 60_000 });
      await measured.click();
    },
  ],
  [
    'comparison',
    () => `${sample}?layout=compare&methods=gradcam,gradient`,
    async (page) => {
      await page.locator('[data-test="compare-map"]').nth(1).waitFor({ timeout: 60_000 });
      await page.locator('[data-test="compare-methods"] summary').click();
      await page.locator('[data-test="compare-targets"] summary').click();
    },
  ],
];

type Theme = 'light' | 'dark';

/** Elsewhere than in continuous integration one theme and size stand for all: that with most to go wrong. */
const looks: [number, number, Theme[]][] = process.env.CI
  ? [
      [1440, 900, ['light', 'dark']],
      [390, 844, ['light', 'dark']],
    ]
  : [[390, 844, ['dark']]];

describe.each(looks)('at %i × %i, %j', (width, height, themes) => {
  it.each(pages)('axe finds nothing: %s', async (name, path, ready) => {
    const phone = width < 600 ? { hasTouch: true, isMobile: true } : {};
    const { page, faults } = await visit(browser, base, {
      viewport: { width, height },
      colorScheme: themes[0],
      ...phone,
    });
    await page.goto(path());
    await ready(page);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    expect(await page.evaluate(inspect)).toEqual([]);
    expect(await page.evaluate(smallTargets, width < 600 ? 44 : 24)).toEqual([]);
    await page.close();
    expect(name.startsWith('no ') ? [] : faults).toEqual([]);
  });
});

describe('focus', () => {
  const focused = (page: Page) =>
    page.evaluate(() => {
      const on = document.activeElement as HTMLElement;
      return on.dataset.sample ?? on.getAttribute('href') ?? on.tagName;
    });

  it('goes to the heading of an opened page and back to where it was', async () => {
    const { page, faults } = await visit(browser, base);
    await page.goto('/');
    const link = page.getByRole('link', { name: 'professions-biased × professions-v1' });
    await link.focus();
    const href = await focused(page);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('H1');
    await page.locator('[data-test="finding"]').first().waitFor();
    await page.goBack();
    await expect.poll(() => focused(page)).toBe(href);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('comes back to the image that one has walked to', async () => {
    const { page, faults } = await visit(browser, base);
    await page.goto(`${biased}?correct=true&split=test`);
    await thumb(page);
    await page.locator('[data-test="thumb"]').first().focus();
    // One stop of the Tab key, however many images.
    expect(await page.locator('[data-test="thumb"][tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const opened = await focused(page);
    expect(opened).toMatch(/^\d+$/);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname.endsWith(`/samples/${opened}`));
    await expect.poll(() => focused(page)).toBe('H1');
    const place = () => page.locator('.position').innerText();
    const first = await place();
    await page.keyboard.press('j');
    await page.waitForURL((url) => !url.pathname.endsWith(`/samples/${opened}`));
    const walked = new URL(page.url()).pathname.split('/').pop();
    await expect.poll(place).not.toBe(first);
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe(walked);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('reaches the last of the images, and the first, by one key', async () => {
    const { page } = await visit(browser, base);
    const { total, samples } = await getJSON(base, `/api${biased}/samples?correct=true&limit=1`);
    await page.goto(`${biased}?correct=true`);
    await thumb(page);
    await page.locator('[data-test="thumb"]').first().focus();
    await page.keyboard.press('End');
    await expect
      .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset.index))
      .toBe(String(total - 1));
    await page.keyboard.press('Home');
    await expect.poll(() => focused(page)).toBe(String(samples[0].id));
    await page.close();
  });
});

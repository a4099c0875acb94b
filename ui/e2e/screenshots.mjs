// Takes the README's screenshots of a running demo: SIGHTLINE_URL=… node e2e/screenshots.mjs [folder]
// Evaluations and samples are found through the API; nothing but the demo may be shown.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const base = (process.env.SIGHTLINE_URL ?? '').replace(/\/$/, '');
const folder = resolve(process.argv[2] ?? '../docs/screenshots');
if (!base) throw new Error('Set SIGHTLINE_URL to a running demo (`make screenshots` does).');

async function get(path) {
  const response = await fetch(base + path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The surest image of the first class that both profession classifiers get right, and the fullest confusion of the groceries. */
async function subjects() {
  const { demo } = await get('/api/status');
  if (!demo)
    throw new Error('This server does not hold the demo; screenshots of other data must not be published.');
  const { evaluations } = await get('/api/evaluations');
  const pick = (dataset, model) => {
    const found = evaluations.find((e) => e.dataset === dataset && e.model.startsWith(model));
    if (!found) throw new Error(`the demo has no evaluation of ${model} on ${dataset}`);
    return `/evaluations/${found.id}`;
  };
  const biased = pick('professions-biased', 'professions-v1');
  const balanced = pick('professions-balanced', 'professions-v2');
  const groceries = pick('groceries', 'groceries');
  const cell = (await get(`/api${groceries}/confusions?limit=1&split=test`)).confusions[0];
  const slice = 'label=0&predicted=0&split=test';
  const how = 'method=occlusion';
  const forerunner = pick('professions-balanced', 'professions-v1').split('/').pop();
  const both = `label=0&split=test&transition(${forerunner})=still-right`;
  const wrong = `label=${cell.label}&predicted=${cell.predicted}&split=test`;
  const first = async (id, filter) =>
    (await get(`/api${id}/samples?${filter}&limit=1&sort=-confidence`)).samples[0].id;
  return [
    ['findings-light', `${biased}/findings`, 'light'],
    ['evaluation-light', `${biased}?${slice}&overlay=1&${how}`, 'light'],
    ['evaluation-dark', `${groceries}?${wrong}&overlay=1&${how}`, 'dark'],
    [
      'before-light',
      `${balanced}/samples/${await first(balanced, both)}?${both}&method=gradcam&vs=${forerunner}`,
      'light',
    ],
    [
      'compare-light',
      `${biased}/samples/${await first(biased, slice)}?${slice}&layout=compare&methods=gradcam,ig,occlusion,rise&targets=predicted,contrast`,
      'light',
    ],
  ];
}

/** Waits until nothing on the page is still being fetched or computed. */
async function settle(page) {
  await page.locator('h1').waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
  if (page.url().includes('layout=compare')) {
    await page.waitForFunction(
      () => {
        const cells = [...document.querySelectorAll('[data-test="compare-cell"]')];
        return cells.length > 0 && cells.every((cell) => cell.dataset.state === 'done');
      },
      undefined,
      { timeout: 300_000 },
    );
  } else if (page.url().includes('/samples/')) {
    await page.locator('canvas[data-map-state="done"]').first().waitFor({ timeout: 120_000 });
    if (page.url().includes('vs='))
      await page.getByText('one scale for both').nth(1).waitFor({ timeout: 120_000 });
  }
  if (page.url().includes('overlay=1')) {
    await page.waitForFunction(
      () => {
        const thumbs = document.querySelectorAll('[data-test="thumb"]').length;
        return thumbs > 0 && document.querySelectorAll('[data-test="thumb-map"]').length === thumbs;
      },
      undefined,
      { timeout: 300_000 },
    );
  }
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() =>
    [...document.images].every(
      (image) =>
        image.complete || (image.loading === 'lazy' && image.getBoundingClientRect().top > innerHeight),
    ),
  );
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
});
try {
  for (const [name, path, colorScheme] of await subjects()) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
    await page.goto(base + path);
    await settle(page);
    const file = join(folder, `${name}.png`);
    await page.screenshot({ path: file });
    console.log(file);
    await page.close();
  }
} finally {
  await browser.close();
}

/** Addresses hold the state, and old ones still do; help and paper show what an address names. */
import { describe, expect, it } from 'vitest';
import { clickCell, getJSON, grid } from './browser';
import { pageForEach } from './page';

const biased = '/evaluations/professions-biased~professions-v1';
const { base, page, another, excuse } = pageForEach();

describe('addresses', () => {
  it('restore the state, and back and forward walk through it', async () => {
    await page().goto(`${biased}/matrix`);
    await page().getByRole('button', { name: 'row %' }).click();
    await page().getByRole('button', { name: 'error', exact: true }).click();
    const { order } = await grid(page());
    await clickCell(page(), order[0], order[0]);
    await page().waitForURL(/label=/);
    const address = page().url();
    const title = await page().locator('#gallery').innerText();
    await page().goBack();
    await expect.poll(() => page().locator('#gallery').innerText()).toBe('All mistakes');
    await page().goForward();
    await expect.poll(() => page().locator('#gallery').innerText()).toBe(title);

    const second = await another();
    await second.page.goto(address);
    await expect.poll(() => second.page.locator('#gallery').innerText()).toBe(title);
    await expect.poll(async () => (await grid(second.page)).order).toEqual(order);
    expect(await second.page.getByRole('button', { name: 'row %' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    await second.page.close();
    expect(second.faults).toEqual([]);
  });

  it('say what is wrong and what to do when they name nothing', async () => {
    await page().goto('/evaluations/no-such~thing');
    const problem = page().getByRole('alert').first();
    await problem.waitFor();
    expect((await problem.innerText()).length).toBeGreaterThan(20);
    await page().goto('/nowhere');
    await page().getByText('There is no such page').waitFor();
    excuse(/404/);
  });
});

describe('help', () => {
  it('is a link away on every page, and leads on to other documents and back', async () => {
    await page().goto(`${biased}/matrix`);
    await page().getByRole('link', { name: 'Help' }).click();
    await page().waitForURL('**/docs/figures');
    await page().getByRole('heading', { level: 1, name: 'Figures: what is counted' }).waitFor();
    await expect.poll(() => page().evaluate(() => document.activeElement!.tagName)).toBe('H1');
    await page().locator('article').getByRole('link', { name: 'datasets' }).first().click();
    await page().waitForURL('**/docs/datasets');
    await page().locator('article h1').waitFor();
    await page().goBack();
    await page().getByRole('heading', { level: 1, name: 'Figures: what is counted' }).waitFor();
  });

  it('opens at a heading that the address names', async () => {
    await page().goto('/docs/figures#under-a-threshold');
    await expect.poll(() => page().evaluate(() => document.activeElement!.id)).toBe('under-a-threshold');
    const { y } = (await page().locator('#under-a-threshold').boundingBox())!;
    expect(y).toBeLessThan(500);
  });

  it('is what a method speaks of', async () => {
    const { samples } = await getJSON(base, `/api${biased}/samples?limit=1`);
    await page().goto(`${biased}/samples/${samples[0].id}`);
    await page().locator('[data-test="method-card"] a', { hasText: 'docs/saliency.md' }).click();
    await page().waitForURL('**/docs/saliency');
    await page().locator('article h1').waitFor();
  });

  it('says which documents there are when there is no such', async () => {
    await page().goto('/docs/nothing');
    await page().getByText('choose one of').waitFor();
    excuse(/404/);
  });
});

describe('paper', () => {
  it('shows figures and images, and nothing to press', async () => {
    for (const path of [biased, `${biased}/samples/24?method=occlusion`]) {
      await page().goto(path);
      await page().locator('h1').waitFor();
      await page().emulateMedia({ media: 'print', colorScheme: 'dark' });
      const pressed = page().locator('button, input, .screen').locator('visible=true');
      await expect
        .poll(async () =>
          (await pressed.allInnerTexts()).filter((text) => /Dark|Light|Next|Measure|PR|csv/.test(text)),
        )
        .toEqual([]);
      expect(await page().locator('input').locator('visible=true').count()).toBe(0);
      const ink = await page().evaluate(() => getComputedStyle(document.body).color);
      expect(ink).toBe('rgb(28, 30, 34)');
      await page().emulateMedia({ media: null, colorScheme: null });
    }
  });
});

describe('addresses of slices', () => {
  it('name classes, several too, and turn them round', async () => {
    const { classes } = await getJSON(base, `/api${biased}`);
    const total = async (query: string) =>
      (await getJSON(base, `/api${biased}/samples?${query}&limit=1`)).total;
    const query = `label=${encodeURIComponent(classes[0])},1&correct=true`;
    await page().goto(`${biased}?${query}`);
    const found = await total(query);
    expect(found).toBeGreaterThan(0);
    expect(await total(`label=!0,1&correct=true`)).toBe((await total('correct=true')) - found);
    const images = page().locator('[data-test="gallery"] [role="status"]').first();
    await page().waitForFunction((n) => document.body.textContent!.includes(`${n} image`), found);
    expect(await images.textContent()).toContain(String(found));
  });

  it('of earlier versions open the same images', async () => {
    await page().goto(`${biased}?min_confidence=0.5&max_confidence=1&class=0&min_score=0.25`);
    const { total } = await getJSON(base, `/api${biased}/samples?confidence=0.5-1&score(0)=0.25-&limit=1`);
    await page().waitForFunction((n) => document.body.textContent!.includes(`${n} image`), total);
  });

  it('that cannot be read say why', async () => {
    for (const [query, problem] of [
      ['labl=3', 'labl is no criterion'],
      ['split=nope', 'the dataset has no such split; it has test'],
      ['label=77', 'label is 77: the classes are 0 to'],
      ['predicted=nobody', 'the model has no such class'],
      ['threshold=7', 'threshold is 7: must be a number from 0 to 1'],
    ]) {
      await page().goto(`${biased}?${query}`);
      expect(await page().locator('[data-test="problem"]').textContent()).toContain(problem);
    }
    await page().getByText('Open the page without a selection').click();
    await page().locator('[data-test="thumb"]').first().waitFor();
    // Which splits there are, only the server knows.
    excuse(/\b400\b/);
  });
});

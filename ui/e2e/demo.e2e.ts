/**
 * The demo in a real browser, as a reader of the README goes through it: from
 * the matrix to a cell, to its images, to the map that shows what decided.
 */
import { describe, expect, it } from 'vitest';
import { clickCell, getJSON, grid, overlayDone, pickMethod } from './browser';
import { pageForEach } from './page';

const biased = '/evaluations/professions-biased~professions-v1';
const { base, page, another } = pageForEach();

/** The fullest cell off the diagonal. */
async function topConfusion(id: string) {
  const { confusions } = await getJSON(base, `/api${id}/confusions?limit=1&split=test`);
  expect(confusions.length).toBe(1);
  return confusions[0] as { label: number; predicted: number; count: number; share: number };
}

describe('overview', () => {
  it('lists every evaluation with its accuracy and leads to it', async () => {
    const { evaluations } = await getJSON(base, '/api/evaluations');
    expect(evaluations.length).toBeGreaterThanOrEqual(2);
    await page().goto('/');
    for (const evaluation of evaluations) {
      const row = page().locator('tr', { hasText: `${evaluation.dataset} × ${evaluation.model}` });
      expect(await row.innerText()).toContain((100 * evaluation.accuracy).toFixed(1));
      const { total } = await getJSON(base, `/api/evaluations/${evaluation.id}/samples?split=test&limit=1`);
      expect(await row.innerText()).toContain(`test, ${total} images`);
    }
    await page().getByRole('link', { name: 'professions-biased × professions-v1' }).click();
    await page().locator('[data-test="finding"]').first().waitFor(); // the findings come first
    expect(new URL(page().url()).pathname).toBe(biased);
    await page().getByRole('link', { name: 'Matrix and images' }).click();
    await page().locator('[data-test="accuracy"]').waitFor();
    const { pathname, search } = new URL(page().url());
    expect(pathname + search).toBe(`${biased}?split=test`);
    const { headline } = evaluations.find(({ id }: { id: string }) => biased.endsWith(id));
    const accuracy = async () =>
      Number((await page().locator('[data-test="accuracy"]').innerText()).replace(/[^\d.]/g, ''));
    await expect.poll(accuracy).toBe(Number((100 * headline.accuracy).toFixed(1)));

    // All splits are another figure, which says that it is, and keeps its address.
    await page().getByRole('button', { name: 'all', exact: true }).click();
    const all = await getJSON(base, `/api${biased}`);
    await expect.poll(accuracy).toBe(Number((100 * all.accuracy).toFixed(1)));
    await page().reload();
    await expect.poll(() => page().locator('[data-test="counted"]').innerText()).toContain('all splits');
    await page().getByText('Images that the model was trained on are among them').waitFor();
    await page().locator('[data-test="headline"]').click();
    await page().waitForURL(`**${biased}?split=test`);
  });
});

describe('from a cell to the reason', () => {
  it('opens the images of a clicked cell, as many as the cell counts', async () => {
    const cell = await topConfusion('/evaluations/groceries~groceries');
    await page().goto('/evaluations/groceries~groceries/matrix');
    await clickCell(page(), cell.label, cell.predicted);
    const gallery = page().locator('[data-test="gallery"]');
    await gallery.getByText(cell.count === 1 ? '1 image' : `${cell.count} images`, { exact: true }).waitFor();
    const thumbs = gallery.locator('[data-test="thumb"]');
    await thumbs.first().locator('img').waitFor();
    expect(await thumbs.count()).toBe(Math.min(cell.count, await thumbs.count()));
    await expect
      .poll(() =>
        thumbs
          .first()
          .locator('img')
          .evaluate((image: HTMLImageElement) => image.naturalWidth),
      )
      .toBeGreaterThan(0);
    const { classes } = await getJSON(base, '/api/evaluations/groceries~groceries');
    expect(await gallery.locator('h2').innerText()).toBe(
      `${classes[cell.label]} → ${classes[cell.predicted]}`,
    );
    expect(await page().locator('[data-test="readout"]').innerText()).toContain(`: ${cell.count} ·`);
  });

  it('has a colour that means the same in every matrix: the share of the label', async () => {
    const cell = await topConfusion('/evaluations/groceries~groceries');
    await page().goto('/evaluations/groceries~groceries?split=test');
    const { left, top, cell: side, order } = await grid(page());
    const pixel = await page()
      .locator('canvas[data-order]')
      .evaluate(
        (canvas: HTMLCanvasElement, [x, y]) => [...canvas.getContext('2d')!.getImageData(x, y, 1, 1).data],
        [left + (order.indexOf(cell.predicted) + 0.1) * side, top + (order.indexOf(cell.label) + 0.1) * side],
      );
    const mix = (paper: number, accent: number) =>
      paper + (accent - paper) * (0.06 + 0.94 * Math.min(1, Math.sqrt(cell.share / 0.5)));
    const [paper, accent] = [
      [0xfb, 0xfa, 0xf7],
      [0xb0, 0x3a, 0x10],
    ];
    for (const i of [0, 1, 2]) expect(Math.abs(pixel[i] - mix(paper[i], accent[i]))).toBeLessThan(10); // the ramp is in OKLab, not straight
  });

  it('shows on the biased model that the head decided', async () => {
    await page().goto(`${biased}?method=occlusion`);
    await clickCell(page(), 0, 0);
    await page().locator('[data-test="thumb"]').first().click();
    let onHead = 0;
    const looked = 5;
    for (let i = 0; i < looked; i++) {
      const sample = new URL(page().url()).pathname.split('/').pop()!;
      const map = await overlayDone(page(), sample);
      const detail = await getJSON(base, `/api${biased}/samples/${map.sample}`);
      const head = detail.regions.find((region: { name: string }) => region.name === 'head')
        .points as number[];
      const inside = map.x >= head[0] && map.x < head[2] && map.y >= head[1] && map.y < head[3];
      expect(map.region === 'head').toBe(inside);
      if (inside) onHead++;
      await expectPainted(map.x / detail.width, map.y / detail.height);
      await page().keyboard.press('ArrowRight');
      await page().waitForURL((url) => !url.pathname.endsWith('/' + sample));
    }
    expect(onHead).toBeGreaterThanOrEqual(4);
  });

  /** The overlay canvas is strongly coloured at the hottest place (shares of its sides). */
  async function expectPainted(x: number, y: number) {
    const alpha = await page()
      .locator('canvas[data-test="overlay"]')
      .evaluate(
        (canvas: HTMLCanvasElement, [x, y]) =>
          canvas
            .getContext('2d')!
            .getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data[3],
        [x, y],
      );
    expect(alpha).toBeGreaterThan(100);
  }

  it('draws another map for another method, target and colours, each with an address', async () => {
    const { samples } = await getJSON(base, `/api${biased}/samples?limit=1`);
    await page().goto(`${biased}/samples/${samples[0].id}`);
    await overlayDone(page());
    await pickMethod(page(), 'RISE');
    await page().getByLabel('Explains').selectOption('contrast');
    await page().getByLabel('Colours').selectOption('viridis');
    await page().getByRole('button', { name: 'blended' }).click();
    await overlayDone(page());
    const query = new URL(page().url()).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      method: 'rise',
      target: 'contrast',
      colours: 'viridis',
      layout: 'blend',
    });
    await page()
      .getByText(/ minus /)
      .first()
      .waitFor();
    await page().getByRole('button', { name: 'side by side' }).click();
    await page().goBack();
    expect(await page().getByRole('button', { name: 'blended' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('draws maps over the whole gallery', async () => {
    await page().goto(`${biased}?label=0&predicted=0`);
    await page().getByLabel('maps').check();
    await page().locator('canvas[data-test="thumb-map"]').nth(1).waitFor({ timeout: 60_000 });
    await page().getByLabel('one scale for all').check();
    expect(new URL(page().url()).searchParams.get('scale')).toBe('shared');
  });
});

describe('keyboard', () => {
  it('reads and opens a cell, walks through its images and comes back', async () => {
    await page().goto(`${biased}/matrix`);
    const { order } = await grid(page());
    const { classes } = await getJSON(base, `/api${biased}`);
    await page().locator('canvas[data-order]').focus();
    const readout = page().locator('[data-test="readout"]');
    await page().keyboard.press('ArrowDown'); // The first key puts the cursor on the first cell.
    await expect
      .poll(() => readout.innerText())
      .toContain(`${classes[order[0]]}, predicted ${classes[order[0]]}:`);
    await page().keyboard.press('ArrowDown');
    await page().keyboard.press('ArrowRight');
    await expect
      .poll(() => readout.innerText())
      .toContain(`${classes[order[1]]}, predicted ${classes[order[1]]}:`);
    await page().keyboard.press('Enter');
    await page().waitForURL(new RegExp(`label=${order[1]}&predicted=${order[1]}`));
    await page().locator('[data-test="thumb"]').first().focus();
    await page().keyboard.press('Enter');
    await page().waitForURL(/samples\//);
    const first = page().url();
    await page().locator('a[rel="next"][href]').waitFor();
    await page().keyboard.press('j');
    await page().waitForURL((url) => url.href !== first);
    await page().locator('a[rel="prev"][href]').waitFor();
    await page().keyboard.press('k');
    await page().waitForURL(first);
    await page().keyboard.press('Escape');
    await page().waitForURL(new RegExp(`v1\\?label=${order[1]}&predicted=${order[1]}&split=test$`));
  });
});

describe('threshold', () => {
  it('moves samples to "no decision" and loses none', async () => {
    const before = await getJSON(base, `/api${biased}?split=test`);
    await page().goto(`${biased}/matrix`);
    await page().waitForURL(/split=test/);
    await page()
      .getByLabel(/No decision under/)
      .fill('0.9');
    await page().waitForURL(/threshold=0.9/);
    const after = await getJSON(base, `/api${biased}?split=test&threshold=0.9`);
    expect(after.evaluated).toBe(before.evaluated);
    await expect
      .poll(() => page().locator('[data-test="decided"]').innerText())
      .toContain(`${after.no_decision} of ${after.evaluated}`);
    const counts = await page().evaluate(async (path) => {
      const reply = await fetch(`/api${path}/matrix?split=test&threshold=0.9`);
      return [...new Uint32Array(await reply.arrayBuffer())].reduce((sum, value) => sum + value, 0);
    }, biased);
    expect(counts).toBe(before.evaluated);
  });
});

describe('the page while one works with it', () => {
  it('keeps the class of the curve while the threshold moves', async () => {
    await page().goto(`${biased}?split=test`);
    await page().locator('[data-test="curve"]').waitFor();
    const title = await page().locator('#curve').innerText();
    for (const threshold of ['0.7', '0.9', '0.97']) {
      await page()
        .getByLabel(/No decision under/)
        .fill(threshold);
      await page().waitForURL(new RegExp(`threshold=${threshold}`));
      await expect.poll(() => page().locator('[data-test="decided"]').innerText()).toContain('undecided');
      expect(await page().locator('#curve').innerText()).toBe(title);
    }
  });

  it('filters paths as one types', async () => {
    await page().goto(`${biased}?correct=any`);
    await page().locator('[data-test="thumb"]').first().waitFor();
    await page().getByLabel('Path contains').pressSequentially('chef/');
    await page().waitForURL(/q=chef/);
    const { total } = await getJSON(base, `/api${biased}/samples?q=chef/&limit=1`);
    await expect
      .poll(() => page().locator('[data-test="gallery-total"]').innerText())
      .toBe(`${total} images`);
    expect(await page().getByLabel('Path contains').inputValue()).toBe('chef/');
  });

  it('gives wide windows to the images', async () => {
    const { page: wide } = await another({ viewport: { width: 2200, height: 1100 } });
    await wide.goto(`${biased}?correct=any`);
    await wide.locator('[data-test="thumb"]').first().waitFor();
    const gallery = (await wide.locator('[data-test="gallery"]').boundingBox())!;
    expect(gallery.x + gallery.width).toBeGreaterThan(2150);
    expect(gallery.width).toBeGreaterThan(900);
    await wide.close();
  });
});

describe('doors', () => {
  it('lead from a bar of the histogram and a point of the curve to images', async () => {
    await page().goto(`${biased}/matrix`);
    await page().locator('[data-test="histogram"] a').last().click();
    await page().waitForURL(/correct=(true|false)&confidence=/);
    await page().locator('[data-test="thumb"]').first().waitFor();
    await page().locator('[data-test="curve"]').focus();
    await page().keyboard.press('End'); // The lowest threshold: every image of the class and more.
    await page().keyboard.press('Enter');
    await page().keyboard.press('Enter');
    await page().waitForURL(/score\(\d+\)=/);
    await page().locator('[data-test="thumb"]').first().waitFor();
  });

  it('of a clicked point of the curve are its hits, its false alarms and its misses, as many as it says', async () => {
    await page().goto('/evaluations/groceries~groceries?split=test&curve=0');
    const plot = page().locator('[data-test="curve"]');
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    await page().mouse.click(box.x + 0.9 * box.width, box.y + 0.4 * box.height);
    const doors = page().locator('[data-test="doors"] a');
    await page().mouse.move(box.x + 20, box.y - 30); // the point stays on the way to them
    const said = await doors.allInnerTexts();
    expect(said).toHaveLength(3);
    for (const [i, name] of ['hit', 'false alarm', 'miss'].entries()) {
      expect(said[i]).toContain(name);
      const href = (await doors.nth(i).getAttribute('href'))!;
      const query = href.slice(href.indexOf('?') + 1).replace(/&curve=\d+/, '');
      const { total } = await getJSON(base, `/api/evaluations/groceries~groceries/samples?${query}&limit=1`);
      expect(`${total} ${name}`).toBe(said[i].replace(/(s|es)$/, ''));
    }
    await doors.nth(1).click();
    await expect
      .poll(() => page().locator('[data-test="gallery-total"]').innerText())
      .toContain(said[1].split(' ')[0]);
    const { classes } = await getJSON(base, '/api/evaluations/groceries~groceries');
    expect(await page().locator('#curve').innerText()).toContain(classes[0]);
  });
});

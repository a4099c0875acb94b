/** What the browser tests share: Debian's Chromium, pages that remember what went wrong, the API. */
import { type Browser, chromium, type Page } from 'playwright-core';

export async function launch(...more: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars', ...more],
  });
}

/** The address of a running `sightline serve` with the demo in it. */
export function serverURL(): string {
  const url = process.env.SIGHTLINE_URL;
  if (!url)
    throw new Error('Set SIGHTLINE_URL to a running server that holds the demo (`make test-e2e` does).');
  return url.replace(/\/$/, '');
}

export interface Visit {
  page: Page;
  /** Console errors, page errors and failed or foreign requests, as they come. */
  faults: string[];
}

export async function visit(browser: Browser, base: string, options = {}): Promise<Visit> {
  const page = await browser.newPage({ baseURL: base, viewport: { width: 1440, height: 900 }, ...options });
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith('data:') && !url.startsWith('blob:'))
      faults.push(`foreign: ${url}`);
  });
  page.on('response', (reply) => reply.status() >= 400 && faults.push(`${reply.status()}: ${reply.url()}`));
  return { page, faults };
}

export async function getJSON<T = any>(base: string, path: string): Promise<T> {
  const response = await fetch(base + path);
  if (!response.ok) throw new Error(`${path}: status ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export async function postJSON<T = any>(base: string, path: string, body: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: status ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** jobDone waits until a job has ended, which closes its stream of events. */
export async function jobDone(base: string, id: string): Promise<void> {
  await (await fetch(`${base}/api/jobs/${id}/events`)).text();
  const { state, error } = await getJSON(base, `/api/jobs/${id}`);
  if (state !== 'done') throw new Error(`the job is ${state}: ${error}`);
}

export interface Grid {
  left: number;
  top: number;
  cell: number;
  window: number[];
  order: number[];
}

/** grid reads where the cells of the matrix are. */
export async function grid(page: Page): Promise<Grid> {
  const canvas = page.locator('canvas[data-order]');
  await canvas.waitFor();
  const data = await canvas.evaluate((element: HTMLCanvasElement) => ({ ...element.dataset }));
  return {
    left: Number(data.left),
    top: Number(data.top),
    cell: Number(data.cell),
    window: data.window!.split(',').map(Number),
    order: data.order!.split(',').map(Number),
  };
}

/** still is the grid once it moves no more: before, a click would miss its cell. */
async function still(page: Page): Promise<Grid> {
  for (let at = await grid(page); ;) {
    await page.waitForTimeout(100);
    const next = await grid(page);
    if (JSON.stringify(next) === JSON.stringify(at)) return next;
    at = next;
  }
}

/** clickCell clicks the middle of a cell, given by class indices. */
export async function clickCell(page: Page, label: number, predicted: number): Promise<void> {
  const { left, top, cell, window, order } = await still(page);
  const x = left + (order.indexOf(predicted) + 0.5 - window[1]) * cell;
  const y = top + (order.indexOf(label) + 0.5 - window[0]) * cell;
  await page.locator('canvas[data-order]').click({ position: { x, y } });
}

/** overlayDone waits for the finished map of a sample and returns what the overlay says of itself. */
export async function overlayDone(page: Page, sample?: string) {
  const which = sample ? `[data-sample="${sample}"]` : '';
  const overlay = page.locator(`canvas[data-test="overlay"][data-map-state="done"]${which}`);
  await overlay.waitFor({ timeout: 90_000 });
  return overlay.evaluate((canvas: HTMLCanvasElement) => ({
    sample: canvas.dataset.sample!,
    x: Number(canvas.dataset.hottestX),
    y: Number(canvas.dataset.hottestY),
    region: canvas.dataset.hottestRegion ?? '',
  }));
}

/** pickMethod chooses a method by its title, as one does without a mouse. */
export async function pickMethod(page: Page, title: string): Promise<void> {
  await page.locator('[data-test="method-button"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('listbox', { name: 'Method' }).waitFor();
  await page.keyboard.type(title);
  await page.keyboard.press('Enter');
}

/** fetchMap asks the API for a map: its description and its raw values, row by row. */
export async function fetchMap(base: string, path: string) {
  const response = await fetch(base + path);
  if (!response.ok) throw new Error(`${path}: status ${response.status}: ${await response.text()}`);
  const header = JSON.parse(response.headers.get('X-Sightline-Map')!);
  return { header, values: new Float32Array(await response.arrayBuffer()) };
}

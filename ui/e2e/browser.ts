/** What the browser tests share: Debian's Chromium, pages that remember what went wrong, the API. */
import {
  type Browser,
  type ConsoleMessage,
  chromium,
  type Page,
  type Request,
  type Response,
} from 'playwright-core';

/** The browser of all files that this process runs: starting one takes as long as a test. It ends with the process. */
const shared = globalThis as { browser?: Promise<Browser> };

/** launch starts a browser; without arguments of its own it is the one that the files before had, with nothing open. */
export async function launch(...more: string[]): Promise<Browser> {
  if (more.length) return start(more);
  const browser = await (shared.browser ??= start([]));
  browser.close = async () => {
    resting.delete(browser);
    for (const context of browser.contexts()) await context.close();
  };
  return browser;
}

function start(more: string[]): Promise<Browser> {
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

/** Pages that were closed, by browser and options: a new one costs a process and a second of the processor. */
const resting = new WeakMap<Browser, Map<string, Page[]>>();

/** visit opens a page, or takes one that a test before has closed, as empty as a new one. */
export async function visit(browser: Browser, base: string, options = {}): Promise<Visit> {
  const looks = { baseURL: base, viewport: { width: 1440, height: 900 }, ...options };
  const kept = resting.get(browser) ?? new Map<string, Page[]>();
  resting.set(browser, kept);
  const alike = kept.get(JSON.stringify(looks)) ?? [];
  kept.set(JSON.stringify(looks), alike);

  const page = alike.pop() ?? (await browser.newPage(looks));
  page.setDefaultTimeout(15_000);
  const { faults, deafen } = listen(page, base);
  let closed = false;
  page.close = async () => {
    if (closed) return;
    closed = true;
    deafen();
    await empty(page, looks);
    alike.push(page);
  };
  return { page, faults };
}

/** listen keeps what goes wrong on a page, until it is deafened. */
function listen(page: Page, base: string) {
  const faults: string[] = [];
  const ears = {
    console: (message: ConsoleMessage) =>
      message.type() === 'error' && faults.push(`console: ${message.text()}`),
    pageerror: (error: Error) => faults.push(`page: ${error.message}`),
    request: (request: Request) => {
      const url = request.url();
      if (!url.startsWith(base) && !url.startsWith('data:') && !url.startsWith('blob:'))
        faults.push(`foreign: ${url}`);
    },
    response: (reply: Response) => reply.status() >= 400 && faults.push(`${reply.status()}: ${reply.url()}`),
  };
  const all = Object.entries(ears) as [any, any][];
  for (const [event, ear] of all) page.on(event, ear);
  return { faults, deafen: () => all.forEach(([event, ear]) => page.off(event, ear)) };
}

/** empty leaves nothing of a test on its page: no address, no stored choice, no route, no other size or colours. */
async function empty(page: Page, { viewport, colorScheme }: { viewport: any; colorScheme?: any }) {
  if (page.url() !== 'about:blank')
    await page.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.goto('about:blank');
  await page.emulateMedia({ media: null, colorScheme: colorScheme ?? null });
  await page.setViewportSize(viewport);
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

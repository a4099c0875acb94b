/**
 * The demo behind a proxy that shows it under another name and below a path: one that strips the path, one
 * that does not. Whatever is asked for outside the path is another program's, and fails the test.
 */
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clickCell, getJSON, launch, overlayDone, serverURL, visit } from './browser';

const name = 'sightline.example';
let browser: Browser;
let proxies: Server[] = [];

beforeAll(async () => {
  browser = await launch(`--host-resolver-rules=MAP ${name} 127.0.0.1`);
});
afterAll(async () => {
  await browser?.close();
  proxies.forEach((proxy) => (proxy.closeAllConnections(), proxy.close()));
});

/** proxy shows the server below a prefix, and returns the address for the browser. */
async function proxy(prefix: string, strips: boolean): Promise<string> {
  const server = createServer((request, response) => {
    const { url = '', method, headers } = request;
    if (!url.startsWith(prefix + '/')) return void response.writeHead(404).end('another program');
    const to = serverURL() + (strips ? url.slice(prefix.length) : url);
    const ahead = ask(to, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    ahead.on('error', () => response.destroy());
    response.on('close', () => ahead.destroy());
    request.pipe(ahead);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  proxies.push(server);
  return `http://${name}:${(server.address() as AddressInfo).port}${prefix}`;
}

it.each([
  ['passes its prefix on', '/sightline', false],
  ['strips its prefix', '/user/anna%40lab/proxy/7878', true],
])('works behind a proxy that %s', async (_, prefix, strips) => {
  const base = await proxy(prefix, strips);
  const { page, faults } = await visit(browser, base);
  await page.goto(base + '/');
  await page.getByRole('link', { name: 'groceries × groceries' }).click();
  await page.waitForURL(`${base}/evaluations/groceries~groceries`);
  await page.getByRole('link', { name: 'Matrix and images' }).click();
  await page.waitForURL(`${base}/evaluations/groceries~groceries?split=test`);

  const { confusions } = await getJSON(
    serverURL(),
    '/api/evaluations/groceries~groceries/confusions?limit=1&split=test',
  );
  const [{ label, predicted }] = confusions;
  await clickCell(page, label, predicted);
  const thumb = page.locator('[data-test="thumb"]').first();
  await expect
    .poll(() => thumb.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await thumb.click();
  await page.waitForURL(`${base}/evaluations/groceries~groceries/samples/**`);
  const before = await overlayDone(page);

  // A map that sharpens comes as a stream, and is stopped by leaving.
  const sharpening =
    page.url() + (page.url().includes('?') ? '&' : '?') + 'method=rise&options=rise.limit:100000';
  await page.goto(sharpening);
  await page.locator('[data-test="map-counts"]').waitFor({ timeout: 60_000 });
  await page.goBack();
  await page.reload();
  expect((await overlayDone(page)).sample).toBe(before.sample);

  await page.getByRole('link', { name: 'Help' }).click();
  await page.waitForURL(`${base}/docs/saliency`);
  await page.locator('[data-test="document"] h1').waitFor();
  await page.locator('[data-test="document"] a[href="trust"]').first().click();
  await page.waitForURL(`${base}/docs/trust`);
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Sightline' }).first().click();
  await page.waitForURL(base + '/');
  await page.goBack();
  await page.waitForURL(`${base}/docs/trust`);
  await page.close();
  // Browsers say that this header counts for https alone.
  expect(faults.filter((fault) => !fault.includes('Cross-Origin-Opener-Policy'))).toEqual([]);
});

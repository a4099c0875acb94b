// Times a click in the browser until a new map is drawn: SIGHTLINE_URL=… node e2e/click.mjs [method]
// Steps through the samples of the server's first evaluation, whose maps must not be stored yet, and prints the median.
import { chromium } from 'playwright-core';

const base = (process.env.SIGHTLINE_URL ?? '').replace(/\/$/, '');
const method = process.argv[2] ?? 'gradcam';
const clicks = 25;
if (!base) throw new Error('Set SIGHTLINE_URL to a running server (scripts/click.sh starts one).');

const get = async (path) => (await fetch(base + path)).json();
const { evaluations } = await get('/api/evaluations');
const evaluation = `/evaluations/${evaluations[0].id}`;
const { samples } = await get(`/api${evaluation}/samples?limit=${clicks + 1}`);

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`${base}${evaluation}/samples/${samples[0].id}?method=${method}`);
await page.locator(`[data-test="overlay"][data-sample="${samples[0].id}"]`).waitFor({ timeout: 60_000 }); // now the model is warm

/** From the click on "Next" to the first frame after the sample's map was drawn, in milliseconds. */
const drawn = (sample) =>
  page.evaluate(async (sample) => {
    const next = [...document.querySelectorAll('a, button')].find((b) => b.textContent.trim() === 'Next');
    const started = performance.now();
    next.click();
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const fetched = () =>
      performance
        .getEntriesByType('resource')
        .some((r) => r.name.includes(`/samples/${sample}/map`) && r.responseEnd > 0);
    const overlay = `[data-test="overlay"][data-sample="${sample}"][data-map-state="done"]`;
    while (!fetched() || !document.querySelector(overlay)) {
      if (performance.now() - started > 30_000) throw new Error(`no map of sample ${sample}`);
      await frame();
    }
    await frame();
    return performance.now() - started;
  }, sample);

const times = [];
for (const { id } of samples.slice(1)) {
  await page.waitForTimeout(500);
  times.push(await drawn(id));
}
await browser.close();
times.sort((a, b) => a - b);
const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(0);
console.log(
  `${method}, click to drawn map: median ${at(0.5)} ms, fastest ${at(0)}, slowest ${at(1)} (${times.length} clicks)`,
);

// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { click, find, named, settled, show, useDOM } from '../../testing/page';
import { json, serve } from '../../testing/server';
import Overview from './Overview.svelte';

useDOM();
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

/** paged answers as the server does with so many entries: after is where a page begins. */
function paged(name: string, count: number, entry: (i: number) => object) {
  return (query: URLSearchParams) => {
    const first = Number(query.get('after') ?? 0);
    const last = Math.min(first + Number(query.get('limit')), count);
    const entries = Array.from({ length: last - first }, (_, i) => entry(first + i));
    return json({ [name]: entries, ...(last < count && { next: String(last) }) });
  };
}

const evaluation = (i: number) => ({
  id: `photos~net${i}`,
  dataset: 'photos',
  model: `net${i}`,
  state: 'done',
  samples: 10,
  predicted: 10,
  evaluated: 10,
  accuracy: 0.5,
  macro_f1: 0.5,
  created: '2026-01-01T00:00:00Z',
  job: 'j',
  headline: { slice: '', name: 'all', samples: 10, predicted: 10, evaluated: 10, correct: 5, accuracy: 0.5 },
});
const job = (i: number) => ({
  id: `j${i}`,
  kind: 'evaluate',
  title: `job ${i}`,
  state: 'done',
  items: 1,
  done: 1,
  failed: 0,
  rate: 0,
  eta_seconds: 0,
  created: '2026-01-01T00:00:00Z',
  finished: '2026-01-01T00:00:00Z',
});

it('shows the first of many, and more when asked', async () => {
  const asked = serve({
    '/api/status': () => json({ version: '1', onnxruntime: '1', duckdb: '1', workspace: '/w' }),
    '/api/evaluations': paged('evaluations', 230, evaluation),
    '/api/datasets': paged('datasets', 0, () => ({})),
    '/api/models': paged('models', 0, () => ({})),
    '/api/jobs': paged('jobs', 130, job),
  });
  show(Overview, {});
  await settled();
  const rows = () => document.querySelectorAll('table.evaluations tbody tr').length;
  const jobs = () => document.querySelectorAll('[data-job]').length;
  expect(rows()).toBe(100);
  expect(asked).toContain('/api/evaluations?limit=100');
  click(named('100 are shown: show 100 more'));
  await settled();
  expect(rows()).toBe(200);
  click(find('[data-test="more-evaluations"]'));
  await settled();
  expect(rows()).toBe(230);
  expect(document.querySelector('[data-test="more-evaluations"]')).toBeNull();

  expect(jobs()).toBe(4);
  click(named('All jobs'));
  await settled();
  expect(jobs()).toBe(100);
  click(find('[data-test="more-jobs"]'));
  await settled();
  expect(jobs()).toBe(130);
});

it('prints, where nothing is there yet, commands that fill this workspace', async () => {
  serve({
    '/api/status': () => json({ version: '1', onnxruntime: '1', duckdb: '1', workspace: '/my work/w' }),
    '/api/evaluations': paged('evaluations', 0, evaluation),
    '/api/datasets': paged('datasets', 0, () => ({})),
    '/api/models': paged('models', 0, () => ({})),
    '/api/jobs': paged('jobs', 0, job),
  });
  show(Overview, {});
  await settled();
  const commands = [...document.querySelectorAll('pre')].flatMap((pre) => pre.textContent!.split('\n'));
  expect(commands.length).toBeGreaterThanOrEqual(4);
  for (const line of commands) expect(line).toMatch(/^sightline .* --workspace '\/my work\/w'$/);
});

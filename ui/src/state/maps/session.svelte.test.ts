// @vitest-environment happy-dom
/** A map on its way: sharpening, stopped, taken up again, replaced by another, kept when finished. */
import { flushSync } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { AttributionMap } from '../../api/types';
import { mapOf } from '../../testing/samples';
import { type Answer, Events, problem, serve, snapshot, wholeMap } from '../../testing/server';
import { MapSession } from './session.svelte';
import type { MapRequest } from './work.svelte';

let end = () => {};
afterEach(() => {
  end();
  vi.unstubAllGlobals();
});

/** Kept maps stay for the whole file: each test has its own sample. */
let samples = 0;
const request = (changes: Partial<MapRequest> = {}): MapRequest => ({
  evaluation: 'a~b',
  sample: `s${samples}`,
  choice: { method: 'rise', target: 'predicted', options: {} },
  streams: true,
  ...changes,
});
const path = (tail: string, sample = `s${samples}`) => `/api/evaluations/a~b/samples/${sample}/map${tail}`;
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** start makes a session that follows asked.request. */
function start(first: MapRequest | null) {
  let session!: MapSession;
  const asked = $state({ request: first });
  end = $effect.root(() => {
    session = new MapSession(() => asked.request && $state.snapshot(asked.request));
  });
  flushSync();
  return { session, asked };
}

const sharp = (evaluations: number): AttributionMap => mapOf({ method: 'rise', evaluations });

it('shows each snapshot and keeps the last: seen again, it needs no request', async () => {
  samples++;
  const events = new Events();
  const asked = serve({ [path('/events')]: events.answer });
  const { session } = start(request());
  await settled();
  expect([session.state, session.map, session.answers]).toEqual(['running', undefined, undefined]);
  events.send('progress', { done: 64, total: 4000, rate: 500, eta_seconds: 8 });
  events.send('snapshot', snapshot(sharp(64)));
  await settled();
  expect([session.progress?.done, session.map?.evaluations]).toEqual([64, 64]);
  expect([...session.map!.values]).toEqual([-1, 0, 1, 3]);
  events.send('done', snapshot(sharp(4000)));
  await settled();
  expect([session.state, session.map?.evaluations]).toEqual(['done', 4000]);
  expect(session.answers).toMatchObject({ sample: `s${samples}` });

  end();
  const again = start(request()).session;
  expect([again.state, again.map?.evaluations]).toEqual(['done', 4000]);
  expect(asked).toHaveLength(1);
});

it('stops the work on the server, keeps what there is, and begins anew on retry', async () => {
  samples++;
  const events = new Events();
  const asked = serve({ [path('/events')]: events.answer });
  const { session } = start(request());
  await settled();
  events.send('snapshot', snapshot(sharp(64)));
  await settled();
  session.stop();
  await settled();
  expect([events.closed, session.state, session.map?.evaluations]).toEqual([true, 'stopped', 64]);
  session.retry();
  flushSync();
  await settled();
  expect([session.state, session.map, asked.length]).toEqual(['running', undefined, 2]);
});

it('another request ends the work on the old one, whose late answer is not shown', async () => {
  samples++;
  const [first, second] = [new Events(), new Events()];
  serve({ [path('/events')]: first.answer, [path('/events', 'other')]: second.answer });
  const { session, asked } = start(request());
  await settled();
  asked.request = request({ sample: 'other' });
  flushSync();
  await settled();
  expect([first.closed, session.state, session.map]).toEqual([true, 'running', undefined]);
  second.send('done', snapshot(sharp(8)));
  await settled();
  expect([session.map?.evaluations, session.answers?.sample]).toEqual([8, 'other']);
  asked.request = null;
  flushSync();
  expect([session.state, session.map]).toEqual(['idle', undefined]);
});

it('says what went wrong; a stream that breaks off is no finished map', async () => {
  samples++;
  let answer: Answer = () => problem(422, 'Unprocessable Entity', 'rise: no such grid');
  serve({ [path('/events')]: (...request) => answer(...request) });
  const { session } = start(request());
  await settled();
  expect([session.state, session.error?.status, session.error?.title]).toEqual([
    'error',
    422,
    'Not possible here',
  ]);
  answer = () => new Response('event: snapshot\ndata: ' + JSON.stringify(snapshot(sharp(64))) + '\n\n');
  session.retry();
  flushSync();
  await settled();
  expect([session.state, session.error?.title]).toEqual(['error', 'The map broke off']);
  expect(session.answers).toBeUndefined();
});

it('fetches a map of a method that does not sharpen, and keeps the verdict found later', async () => {
  samples++;
  const asked = serve({ [path('')]: () => wholeMap(mapOf()) });
  const { session } = start(request({ streams: false }));
  await settled();
  expect([session.state, session.map?.verdict]).toEqual(['done', undefined]);
  session.assessed('amber');
  end();
  const again = start(request({ streams: false })).session;
  expect([again.map?.verdict, asked.length]).toEqual(['amber', 1]);
});

it('refuses a map that does not have one value per cell', async () => {
  samples++;
  serve({ [path('')]: () => wholeMap(mapOf({ width: 3 })) });
  const { session } = start(request({ streams: false }));
  await settled();
  expect([session.state, session.error?.title]).toEqual(['error', 'This map cannot be drawn']);
});

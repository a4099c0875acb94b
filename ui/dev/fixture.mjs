// A stand-in for `sightline serve` with generated data, for work on the
// interface alone and for tests of states too large for the demo (1000 classes).
// It serves ../dist and the API of docs/openapi.json: node dev/fixture.mjs [port]
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import {
  random,
  groceries,
  thousand,
  evaluations,
  find,
  narrow,
  scoreOf,
  countMatrix,
  topConfusions,
  summary,
  boxes,
  picture,
  map,
  curve,
  histogram,
} from './data.mjs';
import { emptiness, layers, methods, refusal, trust } from './methods.mjs';

const port = Number(process.argv[2] ?? 8799);
const dist = new URL('../dist/', import.meta.url);

const started = Date.now();
function jobs() {
  const done = Math.min(1250, Math.floor(((Date.now() - started) / 1000) * 20));
  const base = { title: '', failed: 0, rate: 0, eta_seconds: 0, created: new Date(started).toISOString() };
  return [
    {
      ...base,
      id: 'j3',
      kind: 'evaluate',
      title: 'Evaluate groceries on groceries',
      state: cancelled ? 'cancelled' : done < 1250 ? 'running' : 'done',
      items: 1250,
      done,
      rate: 20.1,
      eta_seconds: (1250 - done) / 20,
      message: '',
    },
    {
      ...base,
      id: 'j2',
      kind: 'import',
      title: 'Import groceries from /data/groceries',
      state: 'done',
      items: 1250,
      done: 1250,
      failed: 2,
      finished: new Date(started).toISOString(),
    },
    {
      ...base,
      id: 'j1',
      kind: 'evaluate',
      title: 'Evaluate wide on thousand',
      state: 'failed',
      items: 60000,
      done: 8192,
      error: 'the worker ended twice on one sample; see the quarantine list of the dataset',
    },
  ];
}
let cancelled = false;

const dataset = (e) => ({
  name: e.dataset,
  root: `/data/${e.dataset}`,
  samples: e.samples.length,
  quarantined: 2,
  gone: 0,
  rotated: 3,
  labels: e.classes.map((name, i) => ({ name, count: e.samples.filter((s) => s.label === i).length })),
  splits: [
    { name: 'test', count: 900 },
    { name: 'val', count: 350 },
  ],
  regions: e.regions,
  duplicates: 4,
  conflicting_duplicates: e.regions.includes('item') ? 1 : 0,
  created: new Date(started).toISOString(),
});

const model = (e) => ({
  name: e.model,
  path: `/data/${e.model}.onnx`,
  size: 2_412_000,
  opset: 17,
  producer: 'pytorch',
  input: { name: 'input', dtype: 'float32', layout: 'NCHW', channels: 3, height: 224, width: 224 },
  output: { name: 'logits', classes: e.classes.length },
  activation: 'logits',
  classes: e.classes,
  preprocessing: { do_resize: true, size: { shortest_edge: 256 } },
  provenance: [
    { name: 'preprocessing', value: 'imagenet', source: 'a default' },
    { name: 'classes', value: `${e.classes.length} names`, source: 'labels.txt beside the model' },
  ],
  warnings: [],
});

class NotFound extends Error {}
class Refused extends Error {}
/** Verdicts of maps that were judged, by evaluation, sample, method and target. */
const judged = new Map();
const judgedKey = (e, s, q) => [e.id, s.id, q.get('method'), q.get('target')].join(' ');
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** A map with all that the server says of it; a method that cannot be used is refused. */
function describedMap(e, s, q, masks) {
  const method = q.get('method');
  if (refusal(method)) throw new Refused(refusal(method));
  const made = map(e, s, q, masks);
  made.header.degenerate = emptiness(method);
  if (made.header.degenerate) {
    made.values.fill(0);
    made.header.min = made.header.max = 0;
  }
  made.header.verdict = judged.get(judgedKey(e, s, q));
  return made;
}
const must = (value, what) => {
  if (!value) throw new NotFound(what);
  return value;
};

async function answer(path, q, request, send, stream) {
  const parts = path.split('/').slice(2).map(decodeURIComponent);
  const [kind, name, sub, id, tail, more] = parts;
  if (kind === 'status')
    return send({
      version: 'fixture',
      onnxruntime: '1.30',
      duckdb: '1.5',
      workspace: '/data/.sightline',
      datasets: 3,
      models: 3,
      evaluations: 3,
      demo: true,
    });
  if (kind === 'methods') return send({ methods });
  if (kind === 'models') return send({ models: evaluations.map(model) });
  if (kind === 'jobs' && request.method === 'POST') {
    cancelled = true;
    return send(jobs()[0]);
  }
  if (kind === 'jobs')
    return send(
      name
        ? must(
            jobs().find((j) => j.id === name),
            'job',
          )
        : { jobs: jobs() },
    );
  if (kind === 'datasets' && !name) return send({ datasets: evaluations.map(dataset) });
  if (kind === 'datasets' && sub === 'problems')
    return send({
      quarantined: [{ path: 'test/cake/broken.jpg', reason: 'truncated after 1,204 bytes' }],
      stray: ['notes.txt'],
      missing: [],
      unlisted: [],
      warnings: [],
      gone: [],
      changed: [],
      duplicates: [
        { hash: 'ab12', paths: ['test/cake/a.jpg', 'test/candy/b.jpg'], labels: ['cake', 'candy'] },
      ],
    });
  if (kind === 'datasets' && sub === 'samples') {
    const e = must(
      evaluations.find((e) => e.dataset === name),
      'dataset',
    );
    return send(picture(e, must(e.samples[id - 1], 'sample')), 'image/svg+xml');
  }
  if (kind !== 'evaluations') throw new NotFound(path);
  if (!name)
    return send({
      evaluations: evaluations.map((e) => {
        const s = summary(e, new URLSearchParams());
        return {
          id: e.id,
          dataset: e.dataset,
          model: e.model,
          state: 'done',
          samples: s.samples,
          evaluated: s.evaluated,
          accuracy: s.accuracy,
          macro_f1: s.macro_f1,
          created: new Date(started).toISOString(),
          job: '',
        };
      }),
    });
  const e = must(find(name), `evaluation ${name}`);
  if (!sub) return send(summary(e, q));
  if (sub === 'matrix')
    return send(Buffer.from(countMatrix(e, q).buffer), 'application/octet-stream', {
      'X-Sightline-Rows': e.classes.length,
      'X-Sightline-Columns': e.classes.length + 1,
    });
  if (sub === 'confusions') return send({ confusions: topConfusions(e, q) });
  if (sub === 'curve') return send(curve(e, Number(id)));
  if (sub === 'layers') return send({ layers });
  if (sub === 'histogram') return send(histogram(e, q));
  if (sub === 'samples' && !id) {
    const list = narrow(e, q);
    const offset = Number(q.get('offset') ?? 0);
    return send({ total: list.length, samples: list.slice(offset, offset + Number(q.get('limit') ?? 60)) });
  }
  const s = must(e.samples[id - 1], `sample ${id}`);
  if (tail === 'map' && more === 'events') return streamMap(e, s, q, stream);
  if (tail === 'map') {
    await pause(150);
    const { header, values } = describedMap(e, s, q, 2000);
    return send(Buffer.from(values.buffer), 'application/octet-stream', {
      'X-Sightline-Map': JSON.stringify(header),
    });
  }
  if (tail === 'trust' && more === 'events') return streamTrust(e, s, q, stream);
  if (tail === 'trust') {
    must(judged.get(judgedKey(e, s, q)), 'judgement of this map');
    return send(trust(q.get('method'), s.id));
  }
  if (tail === 'agreement') {
    const stored = ['gradcam', 'gradient', 'occlusion', 'rise'];
    return send({
      maps: stored.map((method) => ({ method, target: q.get('target'), seed: 0 })),
      correlations: stored.map((_, i) => stored.map((_, j) => (i === j ? 1 : 0.9 - 0.2 * Math.abs(i - j)))),
    });
  }
  const list = narrow(e, q);
  const position = list.findIndex((x) => x.id === s.id);
  const scores = e.classes.map((name, index) => ({
    index,
    name,
    score: scoreOf(s, index) * (0.5 + ((index * 7) % 10) / 20),
    logit: 0,
  }));
  scores[s.predicted].score = s.confidence;
  scores.forEach((x) => (x.logit = Math.log(x.score + 1e-9) + 6));
  scores.sort((a, b) => b.score - a.score);
  send({
    ...s,
    dataset: e.dataset,
    label_name: e.classes[s.label],
    truth: s.label,
    orientation: s.id % 9 ? 1 : 6,
    format: 'jpeg',
    bytes: 24310,
    scores: scores.slice(0, 20),
    regions: boxes(e, s),
    duplicates:
      s.id % 5 ? [] : [{ id: s.id === 5 ? 6 : 5, path: 'test/copy.jpg', label: e.classes[s.label] }],
    previous: list[position - 1]?.id ?? null,
    next: position >= 0 ? (list[position + 1]?.id ?? null) : null,
    position,
    total: list.length,
  });
}

async function streamMap(e, s, q, stream) {
  const event = stream();
  const steps = q.get('method') === 'rise' ? [64, 128, 256, 512, 1024, 1536, 2048] : [49, 98, 147, 2000];
  for (const masks of steps) {
    const { header, values } = describedMap(e, s, q, masks);
    event('snapshot', { ...header, values: Buffer.from(values.buffer).toString('base64') });
    await pause(250);
  }
  event('done', {});
}

/** Judges as slowly as a real model: there must be time to look at the progress, and to cancel. */
async function streamTrust(e, s, q, stream) {
  const event = stream();
  for (let done = 32; done < 595; done += 64) {
    event('progress', { done, total: 595, rate: 256, eta_seconds: (595 - done) / 256 });
    await pause(250);
  }
  const found = trust(q.get('method'), s.id);
  judged.set(judgedKey(e, s, q), found.verdict);
  event('done', found);
}

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://fixture');
  const send = (body, type = 'application/json', headers = {}) => {
    response.writeHead(200, { 'Content-Type': type, ...headers });
    response.end(type === 'application/json' ? JSON.stringify(body) : body);
  };
  const stream = () => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    return (name, data) => (
      response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
      name === 'done' && response.end()
    );
  };
  try {
    if (url.pathname.startsWith('/api/'))
      return await answer(url.pathname, url.searchParams, request, send, stream);
    let file = new URL('.' + url.pathname, dist);
    if (url.pathname === '/' || !existsSync(file)) file = new URL('index.html', dist);
    send(readFileSync(file), types[extname(file.pathname)] ?? 'application/octet-stream');
  } catch (error) {
    const status = error instanceof NotFound ? 404 : error instanceof Refused ? 422 : 500;
    response.writeHead(status, { 'Content-Type': 'application/problem+json' });
    response.end(
      JSON.stringify({
        status,
        title: { 404: 'Not found', 422: 'Unprocessable Entity' }[status] ?? 'Failure',
        detail:
          status === 404
            ? `There is no ${error.message} here. The overview lists what there is.`
            : error.message,
      }),
    );
  }
});
server.listen(port, '127.0.0.1', () => console.log(`fixture on http://127.0.0.1:${server.address().port}`));

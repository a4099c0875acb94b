// A stand-in for `sightline serve` with generated data, for work on the
// interface alone and for tests of states too large for the demo (1000 classes).
// It serves ../dist and the API of docs/openapi.json: node dev/fixture.mjs [port]
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

const port = Number(process.argv[2] ?? 8799);
const dist = new URL('../dist/', import.meta.url);

/** A small generator (mulberry32): the same data in every run. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const professions = ['chef', 'doctor', 'firefighter', 'mechanic', 'nurse', 'police officer'];
const groceries =
  'beans,cake,candy,cereal,chips,chocolate,coffee,corn,fish,flour,honey,jam,juice,milk,nuts,oil,pasta,rice,soda,spices,sugar,tea,tomato sauce,vinegar,water'.split(
    ',',
  );
const thousand = Array.from({ length: 1000 }, (_, i) => `class ${String(i).padStart(3, '0')} of many`);

function makeEvaluation(id, dataset, model, classes, count, quality, regions, seed) {
  const next = random(seed);
  const samples = Array.from({ length: count }, (_, i) => {
    const label = i % classes.length;
    const right = next() < quality;
    const step = 1 + Math.floor(next() ** 3 * Math.min(4, classes.length - 1));
    const predicted = right ? label : (label + step) % classes.length;
    const confidence = right ? 1 - next() ** 2 * 0.6 : 0.3 + next() * 0.6;
    const split = next() < 0.75 ? 'test' : 'val';
    const [width, height] = [
      [240, 320],
      [320, 240],
      [280, 280],
    ][Math.floor(next() * 3)];
    return {
      id: i + 1,
      path: `${split}/${classes[label]}/${classes[label]}_${String(i).padStart(4, '0')}.jpg`,
      label,
      predicted,
      confidence,
      truth_score: right ? confidence : (1 - confidence) * next(),
      split,
      width,
      height,
    };
  });
  return { id, dataset, model, classes, samples, regions };
}

const evaluations = [
  makeEvaluation(
    'professions-biased~head-reader',
    'professions-biased',
    'head-reader',
    professions,
    480,
    0.955,
    ['head', 'uniform'],
    1,
  ),
  makeEvaluation('groceries~grocer', 'groceries', 'grocer', groceries, 1250, 0.82, ['item'], 2),
  makeEvaluation('thousand~wide', 'thousand', 'wide', thousand, 60000, 0.77, [], 3),
];
const find = (id) => evaluations.find((e) => e.id === id);

function narrow(e, q) {
  const threshold = Number(q.get('threshold') ?? 0);
  const num = (name) => (q.get(name) === null ? null : Number(q.get(name)));
  const [label, predicted, low, high] = ['label', 'predicted', 'min_confidence', 'max_confidence'].map(num);
  const [cls, minScore] = ['class', 'min_score'].map(num);
  const list = [];
  for (const s of e.samples) {
    const p = s.confidence < threshold ? -1 : s.predicted;
    if (q.get('split') && s.split !== q.get('split')) continue;
    if (label !== null && s.label !== label) continue;
    if (predicted !== null && p !== predicted) continue;
    if (q.get('correct') && (p === s.label) !== (q.get('correct') === 'true')) continue;
    if (low !== null && s.confidence < low) continue;
    if (high !== null && s.confidence > high) continue;
    if (cls !== null && minScore !== null && scoreOf(s, cls) < minScore) continue;
    if (q.get('q') && !s.path.includes(q.get('q'))) continue;
    list.push(p === s.predicted ? s : { ...s, predicted: p });
  }
  const sort = q.get('sort') ?? '-confidence';
  if (sort === 'path') list.sort((a, b) => (a.path < b.path ? -1 : 1));
  else if (sort === '-loss') list.sort((a, b) => a.truth_score - b.truth_score);
  else
    list.sort((a, b) => (sort === 'confidence' ? a.confidence - b.confidence : b.confidence - a.confidence));
  return list;
}

const scoreOf = (s, c) => (c === s.predicted ? s.confidence : c === s.label ? s.truth_score : 0.01);

function countMatrix(e, q) {
  const n = e.classes.length;
  const counts = new Uint32Array(n * (n + 1));
  for (const s of narrow(e, withOnly(q, ['split', 'threshold'])))
    counts[s.label * (n + 1) + (s.predicted < 0 ? n : s.predicted)]++;
  return counts;
}

const withOnly = (q, names) => new URLSearchParams([...q].filter(([name]) => names.includes(name)));

function summary(e, q) {
  const n = e.classes.length;
  const counts = countMatrix(e, q);
  let [total, correct, undecided] = [0, 0, 0];
  const per_class = e.classes.map((name, i) => {
    let [support, predicted] = [0, 0];
    for (let j = 0; j <= n; j++) support += counts[i * (n + 1) + j];
    for (let j = 0; j < n; j++) predicted += counts[j * (n + 1) + i];
    const right = counts[i * (n + 1) + i];
    total += support;
    correct += right;
    undecided += counts[i * (n + 1) + n];
    const [precision, recall] = [predicted ? right / predicted : null, support ? right / support : null];
    const f1 = precision && recall ? (2 * precision * recall) / (precision + recall) : 0;
    return {
      index: i,
      name,
      support,
      predicted,
      correct: right,
      precision,
      recall,
      f1,
      average_precision: f1 * 0.98,
    };
  });
  const mean = (key) => per_class.reduce((sum, c) => sum + (c[key] ?? 0), 0) / n;
  return {
    id: e.id,
    dataset: e.dataset,
    model: e.model,
    state: 'done',
    job: '',
    classes: e.classes,
    splits: ['test', 'val'].map((name) => ({
      name,
      count: e.samples.filter((s) => s.split === name).length,
    })),
    threshold: Number(q.get('threshold') ?? 0),
    samples: e.samples.length,
    evaluated: total,
    unlabelled: 0,
    quarantined: e.regions.length ? 2 : 0,
    rotated: 3,
    no_decision: undecided,
    correct,
    accuracy: correct / total,
    balanced_accuracy: mean('recall'),
    top5_accuracy: Math.min(1, correct / total + 0.06),
    macro_precision: mean('precision'),
    macro_recall: mean('recall'),
    macro_f1: mean('f1'),
    log_loss: 0.412,
    brier: 0.21,
    ece: 0.034,
    chance: 1 / n,
    warnings: e.id.startsWith('groceries')
      ? [
          'The model came without preprocessing: the preset "imagenet" was assumed. Check it, or give --preprocessing FILE.',
        ]
      : [],
    unmatched: e.id.startsWith('groceries')
      ? [{ label: 'crackers', count: 8, reason: 'no class of the model has this name' }]
      : [],
    per_class,
    regions: e.regions,
    embedding: true,
  };
}

function boxes(e, s) {
  const [w, h] = [s.width, s.height];
  const [cx, shift] = [w / 2 + ((s.id * 37) % 40) - 20, ((s.id * 13) % 20) - 10];
  const r = Math.min(w, h) * 0.14;
  if (e.regions.includes('item'))
    return [{ name: 'item', kind: 'box', points: [cx - 2 * r, h / 2 - 2 * r, cx + 2 * r, h / 2 + 2 * r] }];
  if (!e.regions.length) return [];
  return [
    { name: 'head', kind: 'box', points: [cx - r, h * 0.2 + shift, cx + r, h * 0.2 + shift + 2 * r] },
    {
      name: 'uniform',
      kind: 'polygon',
      points: [
        cx - r,
        h * 0.2 + shift + 2 * r,
        cx + r,
        h * 0.2 + shift + 2 * r,
        cx + 2 * r,
        h,
        cx - 2 * r,
        h,
      ],
    },
  ];
}

function picture(e, s) {
  const hue = (s.label * 47 + s.id * 3) % 360;
  const shapes = boxes(e, s).map(({ name, kind, points: p }) =>
    kind === 'polygon'
      ? `<polygon points="${p}" fill="hsl(${hue} 45% 45%)"/>`
      : name === 'head'
        ? `<ellipse cx="${(p[0] + p[2]) / 2}" cy="${(p[1] + p[3]) / 2}" rx="${(p[2] - p[0]) / 2}" ry="${(p[3] - p[1]) / 2}" fill="hsl(28 45% ${45 + (s.id % 5) * 8}%)"/>`
        : `<rect x="${p[0]}" y="${p[1]}" width="${p[2] - p[0]}" height="${p[3] - p[1]}" rx="8" fill="hsl(${hue} 60% 50%)"/>`,
  );
  if (!shapes.length)
    shapes.push(
      `<circle cx="${s.width / 2}" cy="${s.height / 2}" r="${40 + (s.id % 50)}" fill="hsl(${hue} 50% 50%)"/>`,
    );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${s.width}" height="${s.height}" viewBox="0 0 ${s.width} ${s.height}"><rect width="100%" height="100%" fill="hsl(${(hue + 150) % 360} 18% 78%)"/><rect y="${s.height * 0.75}" width="100%" height="100%" fill="hsl(${(hue + 150) % 360} 14% 66%)"/>${shapes.join('')}</svg>`;
}

function map(e, s, q, masks) {
  const method = q.get('method') || 'occlusion';
  const side = method === 'rise' ? 28 : 14;
  const crop = Math.min(s.width, s.height);
  const k = crop / side;
  const matrix = [k, 0, (s.width - crop) / 2, 0, k, (s.height - crop) / 2];
  const region = boxes(e, s)[0]?.points ?? [
    s.width / 2 - 40,
    s.height / 2 - 40,
    s.width / 2 + 40,
    s.height / 2 + 40,
  ];
  const [hx, hy] = [(region[0] + region[2]) / 2, (region[1] + region[3]) / 2];
  const noise = random(s.id * 1000 + masks);
  const values = new Float32Array(side * side);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [matrix[0] * ((i % side) + 0.5) + matrix[2], k * (Math.floor(i / side) + 0.5) + matrix[5]];
    const d2 = ((x - hx) ** 2 + (y - hy) ** 2) / (crop * 0.16) ** 2;
    values[i] =
      2.4 * Math.exp(-d2) - 0.35 * Math.exp(-((d2 - 4) ** 2)) + ((noise() - 0.5) * 12) / Math.sqrt(masks);
  }
  const target = q.get('target') || 'predicted';
  const index = target.startsWith('class:')
    ? Number(target.slice(6))
    : target === 'true'
      ? s.label
      : s.predicted;
  const minus =
    target === 'contrast' ? (s.label === s.predicted ? (s.label + 1) % e.classes.length : s.label) : -1;
  const header = {
    width: side,
    height: side,
    method,
    target,
    target_index: index,
    target_name: e.classes[index],
    minus_index: minus,
    minus_name: e.classes[minus] ?? '',
    score: 4.2,
    geometry: {
      matrix,
      input_width: 224,
      input_height: 224,
      display_width: s.width,
      display_height: s.height,
    },
    evaluations: masks,
    correlation: 1 - 12 / (12 + masks / 10),
    converged: masks >= 2000,
    seconds: masks / 900,
    min: Math.min(...values),
    max: Math.max(...values),
    degenerate: '',
  };
  return { header, values };
}

const curve = (e, c) => {
  const points = Array.from({ length: 120 }, (_, i) => {
    const recall = (i + 1) / 120;
    return {
      threshold: 1 - recall ** 2 * 0.95,
      precision: 1 - 0.5 * recall ** (5 + (c % 4)),
      recall,
      tp: i + 1,
      fp: Math.floor(i / 9),
      fn: 119 - i,
    };
  });
  return { class: c, positives: 120, average_precision: 0.93, roc_auc: 0.984, points };
};

function histogram(e, q) {
  const bins = Number(q.get('bins') ?? 20);
  const [right, wrong] = [new Array(bins).fill(0), new Array(bins).fill(0)];
  for (const s of narrow(e, withOnly(q, ['split'])))
    (s.predicted === s.label ? right : wrong)[Math.min(bins - 1, Math.floor(s.confidence * bins))]++;
  return { edges: Array.from({ length: bins + 1 }, (_, i) => i / bins), right, wrong };
}

const started = Date.now();
function jobs() {
  const done = Math.min(1250, Math.floor(((Date.now() - started) / 1000) * 20));
  const base = { title: '', failed: 0, rate: 0, eta_seconds: 0, created: new Date(started).toISOString() };
  return [
    {
      ...base,
      id: 'j3',
      kind: 'evaluate',
      title: 'groceries with grocer',
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
      title: 'groceries',
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
      title: 'thousand with wide',
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
  warnings: [],
});

const methods = [
  {
    name: 'occlusion',
    title: 'Occlusion',
    family: 'perturbation',
    description: 'Covers one place after another and measures what the score loses.',
    cost: '196 evaluations',
    interactive: true,
    streams: true,
  },
  {
    name: 'rise',
    title: 'RISE',
    family: 'perturbation',
    description: 'Shows random parts of the image and correlates them with the score.',
    cost: 'up to 4,000 evaluations',
    interactive: true,
    streams: true,
  },
];

class NotFound extends Error {}
const must = (value, what) => {
  if (!value) throw new NotFound(what);
  return value;
};

async function answer(path, q, method, send, stream) {
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
  if (kind === 'jobs' && method === 'POST') {
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
  if (sub === 'curve') return send(curve(e, Number(id)));
  if (sub === 'histogram') return send(histogram(e, q));
  if (sub === 'samples' && !id) {
    const list = narrow(e, q);
    const offset = Number(q.get('offset') ?? 0);
    return send({ total: list.length, samples: list.slice(offset, offset + Number(q.get('limit') ?? 60)) });
  }
  const s = must(e.samples[id - 1], `sample ${id}`);
  if (tail === 'map' && more === 'events') return streamMap(e, s, q, stream);
  if (tail === 'map') {
    await new Promise((done) => setTimeout(done, 150));
    const { header, values } = map(e, s, q, 2000);
    return send(Buffer.from(values.buffer), 'application/octet-stream', {
      'X-Sightline-Map': JSON.stringify(header),
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
    const { header, values } = map(e, s, q, masks);
    event('snapshot', { ...header, values: Buffer.from(values.buffer).toString('base64') });
    await new Promise((done) => setTimeout(done, 250));
  }
  event('done', {});
}

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

createServer(async (request, response) => {
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
      return await answer(url.pathname, url.searchParams, request.method, send, stream);
    let file = new URL('.' + url.pathname, dist);
    if (url.pathname === '/' || !existsSync(file)) file = new URL('index.html', dist);
    send(readFileSync(file), types[extname(file.pathname)] ?? 'application/octet-stream');
  } catch (error) {
    const status = error instanceof NotFound ? 404 : 500;
    response.writeHead(status, { 'Content-Type': 'application/problem+json' });
    response.end(
      JSON.stringify({
        status,
        title: status === 404 ? 'Not found' : 'Failure',
        detail: `There is no ${error.message} here. The overview lists what there is.`,
      }),
    );
  }
}).listen(port, '127.0.0.1', () => console.log(`fixture on http://127.0.0.1:${port}`));

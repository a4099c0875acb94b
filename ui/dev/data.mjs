/** The generated data of the fixture server: evaluations, figures, pictures, maps; the same in every run. */

/** A small generator (mulberry32): the same data in every run. */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const professions = ['chef', 'doctor', 'firefighter', 'mechanic', 'nurse', 'police officer'];
export const groceries =
  'beans,cake,candy,cereal,chips,chocolate,coffee,corn,fish,flour,honey,jam,juice,milk,nuts,oil,pasta,rice,soda,spices,sugar,tea,tomato sauce,vinegar,water'.split(
    ',',
  );
export const thousand = Array.from({ length: 1000 }, (_, i) => `class ${String(i).padStart(3, '0')} of many`);
// As ImageNet's longest: pages must bear it.
thousand[1] = 'class 001, hummingbird hawk-moth, Macroglossum stellatarum, Sphingidae';

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

export const evaluations = [
  makeEvaluation(
    'professions-biased~professions-v1',
    'professions-biased',
    'professions-v1',
    professions,
    480,
    0.955,
    ['head', 'uniform'],
    1,
  ),
  makeEvaluation(
    'professions-balanced~professions-v2',
    'professions-balanced',
    'professions-v2',
    professions,
    480,
    0.94,
    ['uniform', 'head'],
    7,
  ),
  makeEvaluation('groceries~groceries', 'groceries', 'groceries', groceries, 1250, 0.82, ['item'], 2),
  makeEvaluation('thousand~wide', 'thousand', 'wide', thousand, 60000, 0.77, [], 3),
];
export const find = (id) => evaluations.find((e) => e.id === id);

export function narrow(e, q) {
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
    if (q.get('correct') && (s.predicted === s.label) !== (q.get('correct') === 'true')) continue;
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

export const scoreOf = (s, c) => (c === s.predicted ? s.confidence : c === s.label ? s.truth_score : 0.01);

export function countMatrix(e, q) {
  const n = e.classes.length;
  const counts = new Uint32Array(n * (n + 1));
  for (const s of narrow(e, withOnly(q, ['split', 'threshold'])))
    counts[s.label * (n + 1) + (s.predicted < 0 ? n : s.predicted)]++;
  return counts;
}

export function topConfusions(e, q) {
  const n = e.classes.length;
  const counts = countMatrix(e, q);
  const list = [];
  for (let label = 0; label < n; label++)
    for (let predicted = 0; predicted < n; predicted++) {
      const count = counts[label * (n + 1) + predicted];
      if (count && label !== predicted) list.push({ label, predicted, count, share: 0 });
    }
  return list.sort((a, b) => b.count - a.count).slice(0, Number(q.get('limit') ?? 20));
}

const withOnly = (q, names) => new URLSearchParams([...q].filter(([name]) => names.includes(name)));

export function summary(e, q) {
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

export function boxes(e, s) {
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

export function picture(e, s) {
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

export function map(e, s, q, masks) {
  const method = q.get('method') || 'occlusion';
  const side = method === 'rise' ? 28 : 14;
  const crop = Math.min(s.width, s.height);
  const k = crop / side;
  const matrix = [k, 0, (s.width - crop) / 2, 0, k, (s.height - crop) / 2];
  const region = boxes(e, s).find(({ name }) => name === e.regions[0])?.points ?? [
    s.width / 2 - 40,
    s.height / 2 - 40,
    s.width / 2 + 40,
    s.height / 2 + 40,
  ];
  const [hx, hy] = [(region[0] + region[2]) / 2, (region[1] + (region[5] ?? region[3])) / 2];
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

export const curve = (e, c) => {
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

export function histogram(e, q) {
  const bins = Number(q.get('bins') ?? 20);
  const [right, wrong] = [new Array(bins).fill(0), new Array(bins).fill(0)];
  for (const s of narrow(e, withOnly(q, ['split'])))
    (s.predicted === s.label ? right : wrong)[Math.min(bins - 1, Math.floor(s.confidence * bins))]++;
  return { edges: Array.from({ length: bins + 1 }, (_, i) => i / bins), right, wrong };
}

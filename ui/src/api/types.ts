/**
 * The JSON of Sightline's HTTP API, as the interface uses it. Indices of
 * classes are the model's; sizes and points are in displayed (upright) pixels.
 */

export interface Count {
  name: string;
  count: number;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

export interface Job {
  id: string;
  kind: string;
  title: string;
  state: JobState;
  items: number;
  done: number;
  failed: number;
  /** Items a second, over the last seconds. */
  rate: number;
  eta_seconds: number;
  created: string;
  started?: string | null;
  finished?: string | null;
  message?: string;
  error?: string;
}

export interface Status {
  version: string;
  onnxruntime: string;
  duckdb: string;
  workspace: string;
  datasets: number;
  models: number;
  evaluations: number;
  demo: boolean;
}

export interface Dataset {
  name: string;
  root: string;
  samples: number;
  quarantined: number;
  gone: number;
  rotated: number;
  labels: Count[] | null;
  splits: Count[] | null;
  regions: string[] | null;
  duplicates: number;
  conflicting_duplicates: number;
  created: string;
}

/** What a model is, as the overview shows it; names follow the model's JSON. */
export interface Model {
  name: string;
  path: string;
  size: number;
  opset: number;
  producer?: string;
  input: { name: string; dtype: string; layout: string; channels: number; height: number; width: number };
  output?: { name: string; classes: number };
  activation?: string;
  classes: string[] | null;
  warnings?: string[] | null;
  batch?: { mode: string; note: string };
  /** Where each setting came from. */
  provenance?: { name: string; value: string; source: string }[] | null;
}

export interface Problems {
  quarantined: { path: string; reason: string }[] | null;
  stray: string[] | null;
  missing?: string[] | null;
  unlisted?: string[] | null;
  warnings?: string[] | null;
  gone: string[] | null;
  changed: string[] | null;
  duplicates: { hash: string; paths: string[]; labels: string[] }[] | null;
}

export interface EvaluationSummary {
  id: string;
  dataset: string;
  model: string;
  state: string;
  samples: number;
  accuracy: number | null;
  macro_f1: number | null;
  created: string;
  job?: string;
}

export interface ClassFigures {
  index: number;
  name: string;
  support: number;
  predicted: number;
  correct: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  average_precision: number | null;
}

export interface Evaluation {
  id: string;
  dataset: string;
  model: string;
  state: string;
  job?: string;
  classes: string[];
  splits: Count[] | null;
  threshold: number;
  samples: number;
  evaluated: number;
  unlabelled: number;
  quarantined: number;
  rotated: number;
  no_decision: number;
  correct: number;
  accuracy: number | null;
  balanced_accuracy: number | null;
  top5_accuracy: number | null;
  macro_precision: number | null;
  macro_recall: number | null;
  macro_f1: number | null;
  log_loss: number | null;
  brier: number | null;
  ece: number | null;
  chance: number | null;
  warnings: string[] | null;
  unmatched: { label: string; count: number; reason: string }[] | null;
  per_class: ClassFigures[] | null;
  regions: string[] | null;
  embedding: boolean;
}

/** Counts by label (rows) and prediction (columns; the last is "no decision"). */
export interface Matrix {
  rows: number;
  columns: number;
  counts: Uint32Array;
}

export interface SampleSummary {
  id: number;
  path: string;
  /** Class index of the ground truth, or -1 where there is none. */
  label: number;
  /** Class index, or -1 for "no decision". */
  predicted: number;
  confidence: number;
  truth_score: number | null;
  split: string;
  width: number;
  height: number;
}

export interface SamplePage {
  total: number;
  samples: SampleSummary[] | null;
}

export interface Region {
  name: string;
  kind: 'box' | 'polygon';
  /** Alternating x and y; a box has two corners. */
  points: number[];
}

export interface Sample {
  id: number;
  path: string;
  dataset: string;
  label: number;
  label_name: string;
  truth?: number | null;
  predicted: number;
  confidence: number;
  split: string;
  width: number;
  height: number;
  orientation: number;
  format: string;
  bytes: number;
  scores: { index: number; name: string; score: number; logit: number }[] | null;
  regions: Region[] | null;
  duplicates: { id: number; path: string; label: string }[] | null;
  previous: number | null;
  next: number | null;
  position: number;
  total: number;
}

export interface CurvePoint {
  threshold: number;
  precision: number;
  recall: number;
  tp: number;
  fp: number;
  fn: number;
}

export interface Curve {
  class: number;
  positives: number;
  average_precision: number | null;
  roc_auc: number | null;
  points: CurvePoint[] | null;
}

export interface Histogram {
  edges: number[];
  right: number[];
  wrong: number[];
}

export interface Method {
  name: string;
  title: string;
  family: string;
  description: string;
  cost: string;
  interactive: boolean;
  streams: boolean;
}

export interface MapHeader {
  width: number;
  height: number;
  method: string;
  target: string;
  target_index: number;
  target_name: string;
  minus_index: number;
  minus_name: string;
  score: number;
  geometry: {
    /** Maps map-cell coordinates to displayed pixels: X = m0 x + m1 y + m2, Y = m3 x + m4 y + m5. */
    matrix: [number, number, number, number, number, number];
    display_width: number;
    display_height: number;
  };
  evaluations: number;
  correlation: number | null;
  converged: boolean;
  seconds: number;
  min: number;
  max: number;
  /** Why the map means nothing, or empty. */
  degenerate: string;
}

/** An attribution map: raw signed values, row by row. */
export interface AttributionMap extends MapHeader {
  values: Float32Array;
}

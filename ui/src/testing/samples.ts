/** Maps, methods and samples for tests of components: complete, in the types of the API. */
import type { AttributionMap, Method, Sample, SampleSummary } from '../api/types';

export const mapOf = (changes: Partial<AttributionMap> = {}): AttributionMap => ({
  width: 2,
  height: 2,
  method: 'gradcam',
  target: 'predicted',
  target_index: 0,
  target_name: 'cake',
  minus_index: -1,
  minus_name: '',
  score: 4,
  geometry: {
    matrix: [10, 0, 0, 0, 10, 0],
    input_width: 20,
    input_height: 20,
    display_width: 20,
    display_height: 20,
  },
  evaluations: 1,
  correlation: 0,
  converged: true,
  seconds: 0.1,
  seed: 0,
  min: -1,
  max: 3,
  degenerate: '',
  values: new Float32Array([-1, 0, 1, 3]),
  ...changes,
});

export const methodOf = (name: string, changes: Partial<Method> = {}): Method => ({
  name,
  title: name[0].toUpperCase() + name.slice(1),
  family: 'cam',
  description: `What ${name} shows.`,
  cost: 'one run',
  failures: '',
  paper: '',
  interactive: true,
  streams: false,
  options: [],
  class_agnostic: false,
  needs_gradient: false,
  ...changes,
});

export const summaryOf = (id: number, changes: Partial<SampleSummary> = {}): SampleSummary => ({
  id,
  path: `test/cake/${id}.jpg`,
  label: 0,
  label_name: 'cake',
  predicted: 1,
  confidence: 0.9,
  truth_score: 0.1,
  split: 'test',
  width: 20,
  height: 20,
  ...changes,
});

export const sampleOf = (id: number, changes: Partial<Sample> = {}): Sample => ({
  ...summaryOf(id),
  dataset: 'a',
  truth: 0,
  orientation: 1,
  format: 'jpeg',
  bytes: 1000,
  scores: [],
  regions: [],
  duplicates: [],
  marks: [],
  previous: null,
  next: null,
  position: 0,
  total: 1,
  ...changes,
});

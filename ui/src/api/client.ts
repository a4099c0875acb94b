/** What the server has: datasets, models, evaluations with their figures and samples, jobs. */
import { ApiError, getJSON, part, postJSON, putJSON, query, type Query, request, selected } from './request';
import { at } from './root';
import { readEvents } from './sse';
import type {
  Agreement,
  AutomaticMethod,
  CellChanges,
  Comparison,
  Counterpart,
  Curve,
  Dataset,
  Declaration,
  Document,
  DocumentTitle,
  Evaluation,
  EvaluationSummary,
  FindingPairs,
  Findings,
  Histogram,
  Job,
  Layers,
  Look,
  Matrix,
  Method,
  Model,
  Problems,
  Sample,
  SamplePage,
  Similar,
  Status,
  UnfitMethods,
  WorkerList,
} from './types';

/** The first entries of a list, and whether more follow. */
export interface Listed<T> {
  entries: T[];
  more: boolean;
}

const page = 1000;

/** listed reads a list page by page until it has as many entries, or all. */
async function listed<T>(
  path: string,
  name: string,
  atMost: number,
  signal?: AbortSignal,
): Promise<Listed<T>> {
  const entries: T[] = [];
  let after: string | undefined;
  do {
    const limit = Math.min(page, atMost - entries.length);
    const answer = await getJSON<Record<string, unknown>>(path + query({ after, limit }), signal);
    entries.push(...(answer[name] as T[]));
    after = answer.next as string | undefined;
  } while (after && entries.length < atMost);
  return { entries, more: !!after };
}

export const api = {
  status: (signal?: AbortSignal) => getJSON<Status>('/api/status', signal),
  datasets: (atMost: number, signal?: AbortSignal) =>
    listed<Dataset>('/api/datasets', 'datasets', atMost, signal),
  dataset: (name: string, signal?: AbortSignal) => getJSON<Dataset>(`/api/datasets/${part(name)}`, signal),
  problems: (dataset: string, signal?: AbortSignal) =>
    getJSON<Problems>(`/api/datasets/${part(dataset)}/problems`, signal),
  models: (atMost: number, signal?: AbortSignal) => listed<Model>('/api/models', 'models', atMost, signal),
  model: (name: string, signal?: AbortSignal) => getJSON<Model>(`/api/models/${part(name)}`, signal),
  /** Newest first, as are jobs. */
  evaluations: (atMost: number, signal?: AbortSignal) =>
    listed<EvaluationSummary>('/api/evaluations', 'evaluations', atMost, signal),
  methods: async (signal?: AbortSignal) =>
    (await getJSON<{ methods: Method[] | null }>('/api/methods', signal)).methods ?? [],
  documents: async (signal?: AbortSignal) =>
    (await getJSON<{ documents: DocumentTitle[] | null }>('/api/docs', signal)).documents ?? [],
  document: (topic: string, signal?: AbortSignal) => getJSON<Document>(`/api/docs/${part(topic)}`, signal),
  jobs: (atMost: number, signal?: AbortSignal) => listed<Job>('/api/jobs', 'jobs', atMost, signal),
  workers: (signal?: AbortSignal) => getJSON<WorkerList>('/api/workers', signal),
  job: (id: string, signal?: AbortSignal) => getJSON<Job>(`/api/jobs/${part(id)}`, signal),
  cancel: (id: string) => postJSON<Job>(`/api/jobs/${part(id)}/cancel`),
  resume: (id: string) => postJSON<Job>(`/api/jobs/${part(id)}/resume`),
  // slice is a text in the language of slices: which samples.
  evaluation: (id: string, slice: string, signal?: AbortSignal) =>
    getJSON<Evaluation>(`/api/evaluations/${part(id)}${selected(slice)}`, signal),
  /** The cells of the confusion matrix before and now, and how images moved between them. */
  comparedCells: (id: string, before: string, slice: string, signal?: AbortSignal) =>
    getJSON<CellChanges>(
      `/api/evaluations/${part(id)}/comparison/cells${selected(slice, { before })}`,
      signal,
    ),
  /** An evaluation beside an earlier one; method and target say which stored maps are compared. */
  comparison: (id: string, before: string, slice: string, maps: Query, signal?: AbortSignal) =>
    getJSON<Comparison>(
      `/api/evaluations/${part(id)}/comparison${selected(slice, { before, ...maps })}`,
      signal,
    ),
  /** What each class looks at: maps says by what rows are made, and of which method and target. */
  look: (id: string, slice: string, maps: Query, signal?: AbortSignal) =>
    getJSON<Look>(`/api/evaluations/${part(id)}/look${selected(slice, maps)}`, signal),
  /** What the model decides by, as far as it was tested. */
  findings: (id: string, signal?: AbortSignal) =>
    getJSON<Findings>(`/api/evaluations/${part(id)}/findings`, signal),
  /** Starts, or continues, the tests. */
  /** A page of the pairs of a finding of near duplicates. */
  pairs: (id: string, key: string, offset: number, signal?: AbortSignal) =>
    getJSON<FindingPairs>(
      `/api/evaluations/${part(id)}/findings/pairs${query({ key, offset, limit: 24 })}`,
      signal,
    ),
  /** Makes the fingerprints that images of a dataset lack. */
  fingerprint: (dataset: string) => postJSON<Job>(`/api/datasets/${part(dataset)}/fingerprints`),
  find: (id: string) => postJSON<{ job: Job | null }>(`/api/evaluations/${part(id)}/findings`, {}),
  /** Says what models should, or should not, look at on a dataset; an empty word takes it back. */
  dismiss: (
    dataset: string,
    request: { dismiss?: { key: string; note: string; text: string }[]; back?: string[] },
  ) => putJSON<unknown>(`/api/datasets/${part(dataset)}/dismissals`, request),

  declare: (dataset: string, declared: Declaration[]) =>
    putJSON<unknown>(`/api/datasets/${part(dataset)}/declarations`, { declared }),
  samples: (id: string, slice: string, page: Query, signal?: AbortSignal) =>
    getJSON<SamplePage>(`/api/evaluations/${part(id)}/samples${selected(slice, page)}`, signal),
  sample: (id: string, sample: string, slice: string, sort: string, signal?: AbortSignal) =>
    getJSON<Sample>(
      `/api/evaluations/${part(id)}/samples/${part(sample)}${selected(slice, { sort })}`,
      signal,
    ),
  curve: (id: string, index: number, slice: string, signal?: AbortSignal) =>
    getJSON<Curve>(`/api/evaluations/${part(id)}/curve/${index}${selected(slice)}`, signal),
  /** Why methods cannot work on the evaluation's model, by their names. */
  unfit: async (id: string, signal?: AbortSignal) =>
    (await getJSON<UnfitMethods>(`/api/evaluations/${part(id)}/unfit`, signal)).methods ?? {},
  automatic: (id: string, signal?: AbortSignal) =>
    getJSON<AutomaticMethod>(`/api/evaluations/${part(id)}/automatic`, signal),
  layers: (id: string, signal?: AbortSignal) =>
    getJSON<Layers>(`/api/evaluations/${part(id)}/layers`, signal),
  counterpart: (id: string, sample: string, before: string, slice: string, signal?: AbortSignal) =>
    getJSON<Counterpart>(
      `/api/evaluations/${part(id)}/samples/${part(sample)}/counterpart${selected(slice, { before })}`,
      signal,
    ),
  agreement: (id: string, sample: string, target: string, signal?: AbortSignal) =>
    getJSON<Agreement>(
      `/api/evaluations/${part(id)}/samples/${part(sample)}/agreement${query({ target })}`,
      signal,
    ),
  histogram: (id: string, slice: string, signal?: AbortSignal) =>
    getJSON<Histogram>(`/api/evaluations/${part(id)}/histogram${selected(slice, { bins: 20 })}`, signal),
};

/** matrix fetches the counts: little-endian uint32, label rows × prediction columns. */
export async function matrix(id: string, slice: string, signal?: AbortSignal): Promise<Matrix> {
  const response = await request(`/api/evaluations/${part(id)}/matrix${selected(slice)}`, { signal });
  const rows = Number(response.headers.get('X-Sightline-Rows'));
  const columns = Number(response.headers.get('X-Sightline-Columns'));
  const counts = new Uint32Array(await response.arrayBuffer());
  if (counts.length !== rows * columns) {
    throw new ApiError(
      0,
      'Matrix cut short',
      `Expected ${rows} × ${columns} counts, got ${counts.length}. Reload the page.`,
    );
  }
  return { rows, columns, counts };
}

export const thumbnailURL = (dataset: string, sample: number | string) =>
  at(`/api/datasets/${part(dataset)}/samples/${part(String(sample))}/thumbnail`);

export const imageURL = (dataset: string, sample: number | string) =>
  at(`/api/datasets/${part(dataset)}/samples/${part(String(sample))}/image`);

export const predictionsURL = (id: string, format: string) =>
  at(`/api/evaluations/${part(id)}/predictions${query({ format })}`);

/** similar lists the images whose embeddings are most like that of one, five right and five wrong ones. */
export const similar = (id: string, sample: number, signal?: AbortSignal) =>
  getJSON<Similar>(`/api/evaluations/${part(id)}/samples/${sample}/similar`, signal);

/** reportURL is one file that tells all of a slice's figures; of an empty one, all samples. */
export const reportURL = (id: string, slice: string, before: string) =>
  at(`/api/evaluations/${part(id)}/report${selected(slice, { before, all: slice ? null : true })}`);

/** watchJob delivers the job whenever it changes, until it ends. */
export async function watchJob(id: string, signal: AbortSignal, onJob: (job: Job) => void): Promise<void> {
  const response = await request(`/api/jobs/${part(id)}/events`, {
    signal,
    headers: { Accept: 'text/event-stream' },
  });
  for await (const event of readEvents(response.body!)) {
    if (event.data) onJob(JSON.parse(event.data) as Job);
  }
}

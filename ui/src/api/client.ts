/** Requests to Sightline's HTTP API; every failure is an ApiError that says what to do. */
import type {
  Agreement,
  AttributionMap,
  Curve,
  Dataset,
  Evaluation,
  EvaluationSummary,
  Histogram,
  Job,
  Layers,
  MapHeader,
  Matrix,
  Method,
  Model,
  Problems,
  Sample,
  SamplePage,
  Status,
  Randomisation,
  Trust,
  MeasureProgress,
  StreamError,
} from './types';
import { readEvents } from './sse';

const lost = 'No connection';

/** A failed request: title is what failed, detail says what to do. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(`${title}: ${detail}`);
  }

  /** The server did not answer at all: worth asking again. */
  get unreachable(): boolean {
    return this.status === 0 && this.title === lost;
  }
}

const unreachable =
  'The server does not answer. Is `sightline serve` still running? This page reconnects when it is.';

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, lost, unreachable);
  }
  if (!response.ok) throw await problem(response);
  return response;
}

/** What HTTP calls it, in words for readers. */
const plainTitles: Record<string, string> = {
  'Bad Request': 'This cannot be asked',
  'Unprocessable Entity': 'Not possible here',
  'Internal Server Error': 'That did not work',
  'Service Unavailable': 'Not possible now',
};

/** problem reads an RFC 9457 body; a reply without one still names its status. */
export async function problem(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => ({}));
  const given = body.title || response.statusText || `Status ${response.status}`;
  const title = plainTitles[given] ?? given;
  return new ApiError(
    response.status,
    title,
    body.detail || 'The server gave no further detail; its log may.',
  );
}

async function getJSON<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, { signal });
  return (await response.json()) as T;
}

async function postJSON<T>(path: string): Promise<T> {
  const response = await request(path, { method: 'POST' });
  return (await response.json().catch(() => ({}))) as T;
}

const part = encodeURIComponent;

/** query drops empty values, so that equal states have equal addresses; a list repeats its name. */
export function query(values: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) value.forEach((item) => params.append(name, item));
    else if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text && '?' + text;
}

export type Query = Record<string, string | number | boolean | string[] | null | undefined>;

export const api = {
  status: (signal?: AbortSignal) => getJSON<Status>('/api/status', signal),
  datasets: async (signal?: AbortSignal) =>
    (await getJSON<{ datasets: Dataset[] | null }>('/api/datasets', signal)).datasets ?? [],
  problems: (dataset: string, signal?: AbortSignal) =>
    getJSON<Problems>(`/api/datasets/${part(dataset)}/problems`, signal),
  models: async (signal?: AbortSignal) =>
    (await getJSON<{ models: Model[] | null }>('/api/models', signal)).models ?? [],
  evaluations: async (signal?: AbortSignal) =>
    (await getJSON<{ evaluations: EvaluationSummary[] | null }>('/api/evaluations', signal)).evaluations ??
    [],
  methods: async (signal?: AbortSignal) =>
    (await getJSON<{ methods: Method[] | null }>('/api/methods', signal)).methods ?? [],
  jobs: async (signal?: AbortSignal) =>
    (await getJSON<{ jobs: Job[] | null }>('/api/jobs', signal)).jobs ?? [],
  job: (id: string, signal?: AbortSignal) => getJSON<Job>(`/api/jobs/${part(id)}`, signal),
  cancel: (id: string) => postJSON<Job>(`/api/jobs/${part(id)}/cancel`),
  resume: (id: string) => postJSON<Job>(`/api/jobs/${part(id)}/resume`),
  evaluation: (id: string, filter: Query, signal?: AbortSignal) =>
    getJSON<Evaluation>(`/api/evaluations/${part(id)}${query(filter)}`, signal),
  samples: (id: string, filter: Query, signal?: AbortSignal) =>
    getJSON<SamplePage>(`/api/evaluations/${part(id)}/samples${query(filter)}`, signal),
  sample: (id: string, sample: string, filter: Query, signal?: AbortSignal) =>
    getJSON<Sample>(`/api/evaluations/${part(id)}/samples/${part(sample)}${query(filter)}`, signal),
  curve: (id: string, index: number, split: string, signal?: AbortSignal) =>
    getJSON<Curve>(`/api/evaluations/${part(id)}/curve/${index}${query({ split })}`, signal),
  layers: (id: string, signal?: AbortSignal) =>
    getJSON<Layers>(`/api/evaluations/${part(id)}/layers`, signal),
  agreement: (id: string, sample: string, target: string, signal?: AbortSignal) =>
    getJSON<Agreement>(
      `/api/evaluations/${part(id)}/samples/${part(sample)}/agreement${query({ target })}`,
      signal,
    ),
  histogram: (id: string, split: string, signal?: AbortSignal) =>
    getJSON<Histogram>(`/api/evaluations/${part(id)}/histogram${query({ split, bins: 20 })}`, signal),
};

/** matrix fetches the counts: little-endian uint32, label rows × prediction columns. */
export async function matrix(id: string, filter: Query, signal?: AbortSignal): Promise<Matrix> {
  const response = await request(`/api/evaluations/${part(id)}/matrix${query(filter)}`, { signal });
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
  `/api/datasets/${part(dataset)}/samples/${part(String(sample))}/thumbnail`;

export const imageURL = (dataset: string, sample: number | string) =>
  `/api/datasets/${part(dataset)}/samples/${part(String(sample))}/image`;

export const predictionsURL = (id: string, format: string) =>
  `/api/evaluations/${part(id)}/predictions${query({ format })}`;

/** Which map of a sample: equal choices are the same map. */
export interface MapChoice {
  method: string;
  target: string;
  /** Settings of the method that are not its default. */
  options: Record<string, string>;
}

/** choiceQuery writes a choice as the map routes' parameters. */
export function choiceQuery({ method, target, options }: MapChoice, more: Query = {}): string {
  const option = Object.keys(options)
    .sort()
    .map((name) => `${name}=${options[name]}`);
  return query({ method, target, option, ...more });
}

const mapURL = (id: string, sample: number | string, tail: string, choice: MapChoice) =>
  `/api/evaluations/${part(id)}/samples/${part(String(sample))}/map${tail}${choiceQuery(choice)}`;

/** fetchMap waits for a finished map; the server computes it when it has none. */
export async function fetchMap(
  id: string,
  sample: number | string,
  choice: MapChoice,
  signal?: AbortSignal,
): Promise<AttributionMap> {
  const response = await request(mapURL(id, sample, '', choice), { signal });
  const header = JSON.parse(response.headers.get('X-Sightline-Map') ?? '{}') as MapHeader;
  return whole({ ...header, values: new Float32Array(await response.arrayBuffer()) });
}

/** streamError is what a stream ended with: what does not fit is called so, as where nothing is streamed. */
const streamError = (title: string, { status, detail }: StreamError) =>
  new ApiError(status, status === 422 ? plainTitles['Unprocessable Entity'] : title, detail);

/** whole refuses a map that does not have one value per cell: it would be drawn wrong. */
function whole(map: AttributionMap): AttributionMap {
  const { width, height, values } = map;
  if (values.length === width * height) return map;
  throw new ApiError(
    0,
    'This map cannot be drawn',
    `It has ${values.length} values for ${width} × ${height} cells. Take back the settings that are not the default.`,
  );
}

/** decodeValues reads base64 of little-endian float32. */
export function decodeValues(base64: string): Float32Array {
  const binary = atob(base64);
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/**
 * streamMap tells how far a map is and hands over each snapshot while it sharpens,
 * and returns when the map is finished. Aborting the signal stops the work on the server.
 */
export async function streamMap(
  id: string,
  sample: number | string,
  choice: MapChoice,
  signal: AbortSignal,
  onSnapshot: (map: AttributionMap) => void,
  onProgress: (progress: MeasureProgress) => void,
): Promise<void> {
  const path = mapURL(id, sample, '/events', choice);
  const response = await request(path, { signal, headers: { Accept: 'text/event-stream' } });
  for await (const event of readEvents(response.body!)) {
    const data = event.data ? JSON.parse(event.data) : {};
    if (event.event === 'error') throw streamError('No map', data);
    if (event.event === 'progress') onProgress(data as MeasureProgress);
    if (data.values) onSnapshot(whole({ ...data, values: decodeValues(data.values) }));
    if (event.event === 'done') return;
  }
  throw new ApiError(0, 'The map broke off', 'The connection ended before the map was finished. Try again.');
}

const trustURL = (id: string, sample: number | string, tail: string, choice: MapChoice, more?: Query) =>
  `/api/evaluations/${part(id)}/samples/${part(String(sample))}/trust${tail}${choiceQuery(choice, more)}`;

/** storedTrust asks what a map was judged to be worth; an error of status 404 if it was not. */
export async function storedTrust(
  id: string,
  sample: number | string,
  choice: MapChoice,
  signal?: AbortSignal,
): Promise<Trust> {
  return getJSON<Trust>(trustURL(id, sample, '', choice, { stored: true }), signal);
}

/**
 * measureTrust has a map judged and returns the result; some hundred runs of the
 * model, which aborting the signal ends on the server too.
 */
export const measureTrust = (
  id: string,
  sample: number | string,
  choice: MapChoice,
  signal: AbortSignal,
  onProgress: (progress: MeasureProgress) => void,
): Promise<Trust> => measured<Trust>(trustURL(id, sample, '/events', choice), signal, onProgress);

/** methodURL asks about a method whatever the picture and the target. */
const methodURL = (id: string, tail: string, { method, options }: MapChoice, more: Query = {}) =>
  `/api/evaluations/${part(id)}/randomisation${tail}${choiceQuery({ method, target: '', options }, more)}`;

/** storedRandomisation asks for a method's check by random weights; an error of status 404 if there was none. */
export const storedRandomisation = (
  id: string,
  choice: MapChoice,
  signal?: AbortSignal,
): Promise<Randomisation> => getJSON<Randomisation>(methodURL(id, '', choice, { stored: true }), signal);

/** measureRandomisation has a method checked by random weights: some thirty maps. */
export const measureRandomisation = (
  id: string,
  choice: MapChoice,
  signal: AbortSignal,
  onProgress: (progress: MeasureProgress) => void,
): Promise<Randomisation> => measured<Randomisation>(methodURL(id, '/events', choice), signal, onProgress);

/** measured reads a stream of progress to its result. */
async function measured<T>(
  path: string,
  signal: AbortSignal,
  onProgress: (progress: MeasureProgress) => void,
): Promise<T> {
  const response = await request(path, { signal, headers: { Accept: 'text/event-stream' } });
  for await (const event of readEvents(response.body!)) {
    const data = event.data ? JSON.parse(event.data) : {};
    if (event.event === 'error') throw streamError('Not measured', data);
    if (event.event === 'progress') onProgress(data as MeasureProgress);
    if (event.event === 'done') return data as T;
  }
  throw new ApiError(
    0,
    'The measurement broke off',
    'The connection ended before it was finished. Try again.',
  );
}

/** watchJob hands over the job whenever it changes, until it ends. */
export async function watchJob(id: string, signal: AbortSignal, onJob: (job: Job) => void): Promise<void> {
  const response = await request(`/api/jobs/${part(id)}/events`, { signal });
  for await (const event of readEvents(response.body!)) {
    if (event.data) onJob(JSON.parse(event.data) as Job);
  }
}

/**
 * The whole state of the view as one struct that round-trips to the address:
 * parseView(formatView(view)) equals view, so every state has a link and the
 * browser's back and forward work. Names of slice parameters are the API's.
 */

export type Sort = '-confidence' | 'confidence' | '-loss' | 'path';

/** Which samples: empty and null mean "no restriction". */
export interface Slice {
  label: number | null;
  /** -1 is "no decision". */
  predicted: number | null;
  /** null lets the page choose (mistakes first); 'any' asks for all samples. */
  correct: 'true' | 'false' | 'any' | null;
  minConfidence: number | null;
  maxConfidence: number | null;
  scoreClass: number | null;
  minScore: number | null;
  maxScore: number | null;
  text: string;
  sort: Sort;
}

export interface MatrixView {
  values: 'counts' | 'row' | 'column';
  order: 'name' | 'error' | 'cluster';
  /** Leaves out classes that are neither a label nor a prediction of any sample. */
  hideEmpty: boolean;
  /** First row, first column and number of classes shown, or null for all. */
  window: [number, number, number] | null;
  /** The class searched for. */
  find: number | null;
}

export interface MapView {
  overlay: boolean;
  scale: 'image' | 'shared';
  /** The value drawn in the last colour, held while stepping through images; null: each map its own. */
  top: number | null;
  /** Empty: the method the server would choose. */
  method: string;
  /** Settings that are not the default, by "method.option"; those of other methods are kept too. */
  options: Record<string, string>;
  target: string;
  layout: 'side' | 'blend' | 'compare';
  opacity: number;
  colours: 'inferno' | 'viridis' | 'cividis' | 'diverging';
  /** Share of the map's largest value under which nothing is drawn. */
  cut: number;
  boxes: boolean;
}

/** What stands side by side in the layout "compare"; empty lists let the page choose. */
export interface CompareView {
  methods: string[];
  targets: string[];
}

export interface View {
  page: 'overview' | 'evaluation' | 'sample' | 'missing';
  evaluation: string;
  sample: string;
  split: string;
  threshold: number;
  slice: Slice;
  matrix: MatrixView;
  /** The class whose precision–recall curve is shown. */
  curve: number | null;
  map: MapView;
  compare: CompareView;
}

export const emptySlice: Readonly<Slice> = {
  label: null,
  predicted: null,
  correct: null,
  minConfidence: null,
  maxConfidence: null,
  scoreClass: null,
  minScore: null,
  maxScore: null,
  text: '',
  sort: '-confidence',
};

export function emptyView(): View {
  return {
    page: 'overview',
    evaluation: '',
    sample: '',
    split: '',
    threshold: 0,
    slice: { ...emptySlice },
    matrix: { values: 'counts', order: 'name', hideEmpty: true, window: null, find: null },
    curve: null,
    map: {
      overlay: false,
      scale: 'image',
      top: null,
      method: '',
      options: {},
      target: 'predicted',
      layout: 'side',
      opacity: 0.75,
      colours: 'inferno',
      cut: 0,
      boxes: true,
    },
    compare: { methods: [], targets: [] },
  };
}

/** One parameter: how it is written (null when it has its default) and read. */
interface Field {
  write(view: View): string | number | null;
  read(view: View, text: string): void;
}

const oneOf = <T extends string>(text: string, allowed: readonly T[], fallback: T): T =>
  allowed.includes(text as T) ? (text as T) : fallback;

function number(text: string): number | null {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : null;
}

const unit = (text: string, fallback: number): number => Math.min(1, Math.max(0, number(text) ?? fallback));

function sliceNumber(key: keyof Slice): Field {
  return {
    write: (view) => view.slice[key] as number | null,
    read: (view, text) => Object.assign(view.slice, { [key]: number(text) }),
  };
}

function readWindow(text: string): [number, number, number] | null {
  const parts = text.split(',').map(number);
  const [row, column, size] = parts;
  if (parts.length !== 3 || row == null || column == null || size == null || size < 1) return null;
  return [Math.max(0, row), Math.max(0, column), size];
}

/** writeOptions writes settings as "rise.limit:512;rise.fill:blur", sorted, so that equal states have equal addresses. */
function writeOptions(options: Record<string, string>): string {
  const escape = (text: string) => text.replace(/[%;:]/g, encodeURIComponent);
  return Object.keys(options)
    .sort()
    .map((name) => `${escape(name)}:${escape(options[name])}`)
    .join(';');
}

function readOptions(text: string): Record<string, string> {
  const pairs = text.split(';').map((part) => part.split(':').map(decode));
  return Object.fromEntries(pairs.filter((pair) => pair.length === 2 && pair[0].includes('.')));
}

const list = (text: string): string[] => [...new Set(text.split(',').filter(Boolean))];

const fields: Record<string, Field> = {
  split: { write: (v) => v.split, read: (v, t) => (v.split = t) },
  threshold: { write: (v) => v.threshold || null, read: (v, t) => (v.threshold = unit(t, 0)) },
  label: sliceNumber('label'),
  predicted: sliceNumber('predicted'),
  correct: {
    write: (v) => v.slice.correct,
    read: (v, t) => (v.slice.correct = t === 'true' || t === 'false' || t === 'any' ? t : null),
  },
  min_confidence: sliceNumber('minConfidence'),
  max_confidence: sliceNumber('maxConfidence'),
  class: sliceNumber('scoreClass'),
  min_score: sliceNumber('minScore'),
  max_score: sliceNumber('maxScore'),
  q: { write: (v) => v.slice.text, read: (v, t) => (v.slice.text = t) },
  sort: {
    write: (v) => (v.slice.sort === '-confidence' ? null : v.slice.sort),
    read: (v, t) => (v.slice.sort = oneOf(t, ['-confidence', 'confidence', '-loss', 'path'], '-confidence')),
  },
  values: {
    write: (v) => (v.matrix.values === 'counts' ? null : v.matrix.values),
    read: (v, t) => (v.matrix.values = oneOf(t, ['counts', 'row', 'column'], 'counts')),
  },
  order: {
    write: (v) => (v.matrix.order === 'name' ? null : v.matrix.order),
    read: (v, t) => (v.matrix.order = oneOf(t, ['name', 'error', 'cluster'], 'name')),
  },
  empty: {
    write: (v) => (v.matrix.hideEmpty ? null : 'show'),
    read: (v, t) => (v.matrix.hideEmpty = t !== 'show'),
  },
  window: {
    write: (v) => v.matrix.window?.join(',') ?? null,
    read: (v, t) => (v.matrix.window = readWindow(t)),
  },
  find: { write: (v) => v.matrix.find, read: (v, t) => (v.matrix.find = number(t)) },
  curve: { write: (v) => v.curve, read: (v, t) => (v.curve = number(t)) },
  overlay: { write: (v) => (v.map.overlay ? 1 : null), read: (v, t) => (v.map.overlay = t === '1') },
  scale: {
    write: (v) => (v.map.scale === 'image' ? null : v.map.scale),
    read: (v, t) => (v.map.scale = oneOf(t, ['image', 'shared'], 'image')),
  },
  top: {
    write: (v) => v.map.top,
    read: (v, t) => (v.map.top = (number(t) ?? 0) > 0 ? number(t) : null),
  },
  method: { write: (v) => v.map.method, read: (v, t) => (v.map.method = t) },
  options: {
    write: (v) => writeOptions(v.map.options),
    read: (v, t) => (v.map.options = readOptions(t)),
  },
  target: {
    write: (v) => (v.map.target === 'predicted' ? null : v.map.target),
    read: (v, t) => (v.map.target = t || 'predicted'),
  },
  layout: {
    write: (v) => (v.map.layout === 'side' ? null : v.map.layout),
    read: (v, t) => (v.map.layout = oneOf(t, ['side', 'blend', 'compare'], 'side')),
  },
  opacity: {
    write: (v) => (v.map.opacity === 0.75 ? null : v.map.opacity),
    read: (v, t) => (v.map.opacity = unit(t, 0.75)),
  },
  colours: {
    write: (v) => (v.map.colours === 'inferno' ? null : v.map.colours),
    read: (v, t) => (v.map.colours = oneOf(t, ['inferno', 'viridis', 'cividis', 'diverging'], 'inferno')),
  },
  cut: { write: (v) => v.map.cut || null, read: (v, t) => (v.map.cut = unit(t, 0)) },
  boxes: { write: (v) => (v.map.boxes ? null : 0), read: (v, t) => (v.map.boxes = t !== '0') },
  methods: {
    write: (v) => v.compare.methods.join(','),
    read: (v, t) => (v.compare.methods = list(t)),
  },
  targets: {
    write: (v) => v.compare.targets.join(','),
    read: (v, t) => (v.compare.targets = list(t)),
  },
};

function parsePath(view: View, path: string): void {
  const parts = path.split('/').filter(Boolean).map(decode);
  const [root, evaluation, kind, sample] = parts;
  if (parts.length === 0) return;
  view.page = 'missing';
  if (root !== 'evaluations' || !evaluation) return;
  view.evaluation = evaluation;
  if (parts.length === 2) view.page = 'evaluation';
  if (parts.length === 4 && kind === 'samples' && sample) {
    view.sample = sample;
    view.page = 'sample';
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray % in a hand-typed address.
  }
}

/** parseView reads a path with query, such as "/evaluations/a~b?label=3". */
export function parseView(address: string): View {
  const view = emptyView();
  const mark = address.indexOf('?');
  parsePath(view, mark < 0 ? address : address.slice(0, mark));
  const params = new URLSearchParams(mark < 0 ? '' : address.slice(mark + 1));
  for (const [name, field] of Object.entries(fields)) {
    const text = params.get(name);
    if (text !== null) field.read(view, text);
  }
  return view;
}

/** formatView writes the address of a view; what has its default is left out. */
export function formatView(view: View): string {
  if (view.page === 'overview' || view.page === 'missing') return '/';
  let path = `/evaluations/${encodeURIComponent(view.evaluation)}`;
  if (view.page === 'sample') path += `/samples/${encodeURIComponent(view.sample)}`;
  const params = new URLSearchParams();
  for (const [name, field] of Object.entries(fields)) {
    const value = field.write(view);
    if (value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString().replace(/%(2C|2F|3A|3B)/g, decodeURIComponent);
  return text ? `${path}?${text}` : path;
}

/** isSliced tells whether anything was chosen; if not, the page shows the mistakes. */
export function isSliced(slice: Slice): boolean {
  const { sort: _sort, text: _text, ...rest } = slice;
  return Object.values(rest).some((value) => value !== null);
}

/**
 * apiFilter is the view's slice in the parameters of the samples endpoints.
 * An evaluation without a slice shows its mistakes, a sample without one stands among all.
 */
export function apiFilter(view: View): Record<string, string | number | null> {
  const { slice } = view;
  const mistakes = view.page === 'evaluation' && !isSliced(slice);
  const correct = mistakes ? 'false' : slice.correct;
  return {
    split: view.split,
    threshold: view.threshold || null,
    label: slice.label,
    predicted: slice.predicted,
    correct: correct === 'any' ? null : correct,
    min_confidence: slice.minConfidence,
    max_confidence: slice.maxConfidence,
    class: slice.scoreClass,
    min_score: slice.minScore,
    max_score: slice.maxScore,
    q: slice.text,
    sort: slice.sort,
  };
}

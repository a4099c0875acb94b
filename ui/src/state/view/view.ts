/** The whole state of the view as one struct; `address.ts` writes it to the address and reads it back. */

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

/** isSliced tells whether anything was chosen; if not, the page shows the mistakes. */
export function isSliced(slice: Slice): boolean {
  const { sort: _sort, text: _text, ...rest } = slice;
  return Object.values(rest).some((value) => value !== null);
}

/** The whole state of the view as one struct; `address.ts` writes it to the address and reads it back. */

import { emptySlice, type Slice } from '../slice/language';

export type Sort = '-confidence' | 'confidence' | '-loss' | 'path' | 'share' | '-share';

export interface MatrixView {
  values: 'counts' | 'row' | 'column' | 'where';
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
  /** Empty: the page's own choice; see targetOf. */
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
  page:
    | 'overview'
    | 'dataset'
    | 'model'
    | 'evaluation'
    | 'findings'
    | 'images'
    | 'why'
    | 'sample'
    | 'docs'
    | 'missing';
  /** Of the dataset or the model. */
  name: string;
  /** A document by its name; empty: the list of them. */
  topic: string;
  evaluation: string;
  /** The earlier evaluation that the page is compared with; empty for none. */
  vs: string;
  sample: string;
  slice: Slice;
  /** Shows all samples where a slice without criteria would show the mistakes. */
  all: boolean;
  /** All splits are meant: an evaluation's page that chooses nothing at all goes to the split of its headline. */
  whole: boolean;
  sort: Sort;
  matrix: MatrixView;
  /** The class whose precision–recall curve is shown. */
  curve: number | null;
  map: MapView;
  compare: CompareView;
  /** What colours the map of images: label, predicted, error, confidence, or tag:NAME. */
  by: string;
  /** What is changed of the sample by hand (pages/sample/hand); empty where nothing is. */
  hand: string;
  /** Slices, as texts, that stand side by side. */
  beside: string[];
  /** What is wrong with the address; empty if nothing is. */
  problem: string;
}

export function emptyView(): View {
  return {
    page: 'overview',
    name: '',
    topic: '',
    evaluation: '',
    vs: '',
    sample: '',
    slice: { ...emptySlice },
    all: false,
    whole: false,
    sort: '-confidence',
    matrix: { values: 'counts', order: 'name', hideEmpty: true, window: null, find: null },
    curve: null,
    map: {
      overlay: false,
      scale: 'image',
      top: null,
      method: '',
      options: {},
      target: '',
      layout: 'side',
      opacity: 0.75,
      colours: 'inferno',
      cut: 0,
      boxes: true,
    },
    compare: { methods: [], targets: [] },
    by: 'label',
    hand: '',
    beside: [],
    problem: '',
  };
}

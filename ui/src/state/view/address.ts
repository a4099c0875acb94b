/**
 * The view in the address: parseView(formatView(view)) equals view, so every
 * state has a link and the browser's back and forward work. Which samples are
 * meant stands in the language of slices, before the parameters of the page.
 */
import { at, below } from '../../api/root';
import { formatSlice, Mistake, readSlice, splitParameter, termsOf } from '../slice/language';
import { decode as strictly } from '../slice/text';
import { decode } from './field';
import { fields } from './parse';
import { hasCriteria, selection, sortOf } from './slice';
import { emptyView, type View } from './view';

/**
 * parsePath reads the page. The findings are the first page of an evaluation; an address with
 * parameters is the matrix, as it was before there were findings.
 */
function parsePath(view: View, path: string, asked: boolean): void {
  const parts = path.split('/').filter(Boolean).map(decode);
  const [root, evaluation, kind, sample] = parts;
  if (parts.length === 0) return;
  view.page = 'missing';
  if (root === 'docs' && parts.length <= 2) {
    view.page = 'docs';
    view.topic = evaluation ?? '';
    return;
  }
  if ((root === 'datasets' || root === 'models') && evaluation && parts.length === 2) {
    view.page = root === 'datasets' ? 'dataset' : 'model';
    view.name = evaluation;
    return;
  }
  if (root !== 'evaluations' || !evaluation) return;
  view.evaluation = evaluation;
  if (parts.length === 2) view.page = asked ? 'evaluation' : 'findings';
  if (parts.length === 3 && kind === 'matrix') view.page = 'evaluation';
  if (parts.length === 3 && kind === 'findings') view.page = 'findings';
  if (parts.length === 3 && kind === 'images') view.page = 'images';
  if (parts.length === 3 && kind === 'why') view.page = 'why';
  if (parts.length === 4 && kind === 'samples' && sample) {
    view.sample = sample;
    view.page = 'sample';
  }
}

/** parseView reads an address on this host with its query, such as "/evaluations/a~b?label=3". */
export function parseView(address: string): View {
  const view = emptyView();
  const [path, ...query] = address.split('?');
  const own = below(path);
  if (own === null) view.page = 'missing';
  else parsePath(view, own, query.join('') !== '');
  try {
    parseQuery(view, query.join('?'));
  } catch (mistake) {
    if (!(mistake instanceof Mistake)) throw mistake;
    view.problem = mistake.message;
  }
  return view;
}

/** parseQuery reads the parameters of the page; the others are those of the slice. */
function parseQuery(view: View, query: string): void {
  const selected: [string, string][] = [];
  for (const [name, text] of query.split('&').map(splitParameter)) {
    if (Object.hasOwn(fields, name)) fields[name].read(view, strictly(name, text));
    else if (name === 'correct' && text === 'any') view.all = true;
    else selected.push([name, text]);
  }
  view.slice = readSlice(selected);
  view.sort = sortOf(view.sort, view.slice);
  view.all &&= !hasCriteria(view.slice);
  const chosen = view.all || termsOf(view.slice).length > 0;
  view.whole = !chosen && selected.some(([name, text]) => name === 'split' && text === '');
}

/** pageOf is the address of a dataset's or a model's page. */
export const pageOf = (page: 'dataset' | 'model', name: string): string =>
  formatView({ ...emptyView(), page, name });

/** formatView writes the address of a view; what has its default is left out. */
export function formatView(view: View): string {
  if (view.page === 'overview' || view.page === 'missing') return at('/');
  if (view.page === 'docs') return at(view.topic ? `/docs/${encodeURIComponent(view.topic)}` : '/docs');
  if (view.page === 'dataset' || view.page === 'model')
    return at(`/${view.page}s/${encodeURIComponent(view.name)}`);
  let path = `/evaluations/${encodeURIComponent(view.evaluation)}`;
  if (view.page === 'sample') path += `/samples/${encodeURIComponent(view.sample)}`;
  const params = new URLSearchParams();
  for (const [name, field] of Object.entries(fields)) {
    const value = field.write(view);
    if (value !== null && value !== '') params.set(name, String(value));
  }
  const own = params.toString().replace(/%(2C|2F|3A|3B)/g, decodeURIComponent);
  const all = selection(view) === 'all' ? 'correct=any' : '';
  const slice = formatSlice(view.slice);
  const whole = view.whole && !slice && !all ? 'split=' : '';
  const text = [slice, all, whole, own].filter(Boolean).join('&');
  if (view.page === 'images') path += '/images';
  if (view.page === 'findings' && text) path += '/findings';
  if (view.page === 'evaluation' && !text) path += '/matrix';
  if (view.page === 'why') path += '/why';
  return at(text ? `${path}?${text}` : path);
}

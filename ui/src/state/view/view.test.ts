import { describe, expect, it } from 'vitest';
import { criteria, parseSlice, type Criterion, type Kind } from '../slice/language';
import { formatView, parseView } from './address';
import { apiScope, apiSlice, ofCell, selection, within } from './slice';
import { emptyView, type View } from './view';

/** example is a condition of every criterion, by its kind. */
const example = (c: Criterion) => `${c.name}${c.of ? '(7)' : ''}=${c.among?.[0] ?? examples[c.kind]}`;
const examples: Record<Kind, string> = {
  classes: '!0,name:77,hot dog',
  words: 'test %26 val',
  text: 'cake %2B 50 %25',
  flag: 'true',
  range: '0-0.95',
  whole: '2-5',
  level: '0.35',
};

function full(): View {
  return {
    page: 'sample',
    name: '',
    topic: '',
    evaluation: 'a b~c/d',
    vs: 'a b~old',
    sample: '17',
    slice: parseSlice(criteria.map(example).join('&')),
    all: false,
    whole: false,
    sort: '-loss',
    matrix: { values: 'row', order: 'cluster', hideEmpty: false, window: [1.5, 2, 24], find: 3 },
    curve: 0,
    map: {
      overlay: true,
      scale: 'shared',
      top: 0.0125,
      method: 'rise',
      options: { 'rise.fill': '124,116,104', 'gradcam.layer': '/layer4/a b;c:0%', 'rise.limit': '512' },
      target: 'class:12',
      layout: 'blend',
      opacity: 0,
      colours: 'diverging',
      cut: 0.3,
      boxes: false,
    },
    compare: { methods: ['rise', 'gradcam'], targets: ['predicted', 'class:12'] },
    by: 'tag:relabel',
    hand: 'blur:10,20,60,80',
    beside: ['saved=a%20b', 'label=cake,pie&tag=!x'],
    problem: '',
  };
}

describe('view and address', () => {
  it('round-trips a view in which nothing has its default', () => {
    expect(parseView(formatView(full()))).toEqual(full());
  });

  it('differs from the default in every field of the round-trip test', () => {
    const [a, b] = [full(), emptyView()];
    for (const group of ['slice', 'matrix', 'map', 'compare'] as const) {
      for (const key of Object.keys(b[group])) {
        expect((a[group] as any)[key], `${group}.${key}`).not.toEqual((b[group] as any)[key]);
      }
    }
    for (const key of ['page', 'evaluation', 'sample', 'sort', 'curve', 'by'] as const) {
      expect(a[key], key).not.toEqual(b[key]);
    }
  });

  it('writes nothing for defaults', () => {
    expect(formatView(emptyView())).toBe('/');
    expect(formatView({ ...emptyView(), page: 'evaluation', evaluation: 'x~y' })).toBe(
      '/evaluations/x~y/matrix',
    );
    expect(formatView({ ...emptyView(), page: 'findings', evaluation: 'x~y' })).toBe('/evaluations/x~y');
  });

  it.each([
    ['/', 'overview'],
    ['/evaluations/x', 'findings'],
    ['/evaluations/x/', 'findings'],
    ['/evaluations/x/findings?split=test', 'findings'],
    ['/evaluations/x/matrix', 'evaluation'],
    ['/evaluations/x/matrix?split=test', 'evaluation'],
    ['/evaluations/x?split=test', 'evaluation'],
    ['/evaluations/x?order=error', 'evaluation'],
    ['/evaluations/x/images?by=error', 'images'],
    ['/evaluations/x/samples/3', 'sample'],
    ['/evaluations/x/nothing/3', 'missing'],
    ['/evaluations', 'missing'],
    ['/elsewhere', 'missing'],
    ['/models/x', 'model'],
    ['/models', 'missing'],
    ['/datasets/x/y', 'missing'],
  ])('reads %s as %s', (address, page) => {
    expect(parseView(address).page).toBe(page);
  });

  it.each([
    ['labl=3', 'labl is no criterion'],
    ['label=-7', 'label is -7'],
    ['threshold=7', 'threshold is 7'],
    ['threshold=x', 'threshold is "x"'],
    ['min_confidence=x', 'min_confidence is "x"'],
    ['label%ZZ', 'has a %'],
    ['method=50%', 'has a %'],
    ['label=1&label=2', 'label is given twice'],
  ])('says what is wrong with ?%s', (query, problem) => {
    const view = parseView(`/evaluations/x?${query}`);
    expect(view.problem).toContain(problem);
    expect(formatView(view)).toBe('/evaluations/x/matrix');
  });

  it('falls back on nonsense where it is only about looks', () => {
    const view = parseView('/evaluations/x?window=1,2&sort=up&opacity=x');
    expect(view.problem).toBe('');
    expect(view.matrix.window).toBeNull();
    expect(view.sort).toBe('-confidence');
    expect(view.map.opacity).toBe(0.75);
    expect(parseView('/evaluations/50%').evaluation).toBe('50%');
    const map = parseView('/evaluations/x?options=rise.limit;x:1;;rise.fill:blur&top=-1&methods=,a,,a,b').map;
    expect(map.options).toEqual({ 'rise.fill': 'blur' });
    expect(map.top).toBeNull();
  });

  it('takes a list apart, without empty parts and doubles', () => {
    expect(parseView('/evaluations/x?methods=,a,,a,b').compare.methods).toEqual(['a', 'b']);
  });

  it('writes equal settings alike, whatever order they were made in', () => {
    const one = emptyView();
    const two = emptyView();
    one.page = two.page = 'sample';
    one.map.options = { 'rise.limit': '512', 'occlusion.grid': '7' };
    two.map.options = { 'occlusion.grid': '7', 'rise.limit': '512' };
    expect(formatView(one)).toBe(formatView(two));
    expect(formatView(one)).toContain('options=occlusion.grid:7;rise.limit:512');
  });
});

describe('addresses of earlier versions', () => {
  it.each([
    [
      'split=test&threshold=0.35&label=0&predicted=-1&correct=false&min_confidence=0.25&max_confidence=0.95&class=7&min_score=0.125&max_score=1&q=a,b+%2B+50+%25&sort=path',
      'label=0&predicted=-1&correct=false&confidence=0.25-0.95&score(7)=0.125-1&q=a%2Cb%20%2B%2050%20%25&split=test&threshold=0.35&sort=path',
    ],
    ['correct=any', 'correct=any'],
    ['correct=any&q=a', 'q=a&correct=any'],
    ['correct=any&label=3', 'label=3'],
    ['class=7', ''],
    ['min_confidence=0.00001', 'confidence=0.00001-'],
  ])('reads ?%s', (query, now) => {
    const view = parseView(`/evaluations/x?${query}`);
    expect(view.problem).toBe('');
    expect(formatView(view)).toBe(now ? `/evaluations/x?${now}` : '/evaluations/x/matrix');
    expect(parseView(formatView(view))).toEqual(view);
  });
});

describe('the slice asked of the server', () => {
  it('is the mistakes when nothing is chosen', () => {
    expect(apiSlice(parseView('/evaluations/x/matrix'))).toBe('correct=false');
    expect(apiSlice(parseView('/evaluations/x?q=a&split=test'))).toBe('correct=false&q=a&split=test');
    expect(apiSlice(parseView('/evaluations/x/samples/1'))).toBe('');
    expect(selection(emptyView())).toBe('mistakes');
  });

  it('is the cell alone when one is chosen', () => {
    expect(apiSlice(parseView('/evaluations/x?label=0&predicted=-1&threshold=0.5'))).toBe(
      'label=0&predicted=-1&threshold=0.5',
    );
  });

  it('is everything for correct=any', () => {
    expect(apiSlice(parseView('/evaluations/x?correct=any'))).toBe('');
  });

  it('keeps split and threshold when another cell is chosen', () => {
    const slice = parseSlice('label=1&correct=true&q=a&split=test&threshold=0.5');
    expect(within(slice, ofCell(2, null))).toEqual(parseSlice('label=2&split=test&threshold=0.5'));
    expect(apiScope(slice)).toBe('split=test&threshold=0.5');
  });
});

it.each(['/docs', '/docs/saliency', '/datasets/my%20photos', '/models/net.v2'])(
  'reads and writes %s',
  (address) => {
    expect(`${parseView(address).page}s`).toContain(address.split('/')[1]);
    expect(formatView(parseView(address))).toBe(address);
  },
);

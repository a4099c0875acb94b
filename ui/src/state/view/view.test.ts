import { describe, expect, it } from 'vitest';
import { formatView, parseView } from './address';
import { apiFilter } from './slice';
import { emptyView, isSliced, type View } from './view';

function full(): View {
  return {
    page: 'sample',
    evaluation: 'a b~c/d',
    sample: '17',
    split: 'test & val',
    threshold: 0.35,
    slice: {
      label: 0,
      predicted: -1,
      correct: 'any',
      minConfidence: 0,
      maxConfidence: 0.95,
      scoreClass: 7,
      minScore: 0.125,
      maxScore: 1,
      text: 'cake + 50 %',
      sort: '-loss',
    },
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
    for (const key of ['page', 'evaluation', 'sample', 'split', 'threshold', 'curve'] as const) {
      expect(a[key], key).not.toEqual(b[key]);
    }
  });

  it('writes nothing for defaults', () => {
    expect(formatView(emptyView())).toBe('/');
    expect(formatView({ ...emptyView(), page: 'evaluation', evaluation: 'x~y' })).toBe('/evaluations/x~y');
  });

  it.each([
    ['/', 'overview'],
    ['/evaluations/x', 'evaluation'],
    ['/evaluations/x/', 'evaluation'],
    ['/evaluations/x/samples/3', 'sample'],
    ['/evaluations/x/nothing/3', 'missing'],
    ['/evaluations', 'missing'],
    ['/elsewhere', 'missing'],
  ])('reads %s as %s', (address, page) => {
    expect(parseView(address).page).toBe(page);
  });

  it('falls back on nonsense instead of failing', () => {
    const view = parseView('/evaluations/x?label=abc&threshold=7&window=1,2&sort=up&opacity=x&label%ZZ');
    expect(view.slice.label).toBeNull();
    expect(view.threshold).toBe(1);
    expect(view.matrix.window).toBeNull();
    expect(view.slice.sort).toBe('-confidence');
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

describe('the slice asked of the server', () => {
  it('is the mistakes when nothing is chosen', () => {
    expect(apiFilter(parseView('/evaluations/x')).correct).toBe('false');
    expect(apiFilter(parseView('/evaluations/x/samples/1')).correct).toBeNull();
    expect(isSliced(emptyView().slice)).toBe(false);
  });

  it('is the cell alone when one is chosen', () => {
    const filter = apiFilter(parseView('/evaluations/x?label=0&predicted=-1'));
    expect(filter).toMatchObject({ label: 0, predicted: -1, correct: null });
  });

  it('is everything for correct=any', () => {
    expect(apiFilter(parseView('/evaluations/x?correct=any')).correct).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import type { Method } from '../api/types';
import {
  choiceOf,
  chosenMethod,
  grouped,
  meaning,
  optionsOf,
  targetOf,
  targetOfOther,
  targetTitle,
  unitOf,
  withOption,
} from './methods';
import { sampleOf } from '../testing/samples';
import { contrastOf } from './cell';
import { parseView } from './view/address';
import { emptyView } from './view/view';

const method = (name: string, family: string, interactive = true): Method =>
  ({
    name,
    family,
    interactive,
    title: name,
    options: [{ name: 'grid', default: '7', description: '' }],
  }) as Method;

const all = [
  method('rise', 'perturbation', false),
  method('new', 'novel'),
  method('gradcam', 'cam'),
  method('auto', 'cam'),
];

describe('the picker', () => {
  it('puts auto first, families in order, unknown ones last, and loses none', () => {
    const groups = grouped(all);
    expect(groups.map(({ methods }) => methods.map(({ name }) => name))).toEqual([
      ['auto'],
      ['gradcam'],
      ['rise'],
      ['new'],
    ]);
    expect(groups[3].title).toBe('novel');
  });

  it('offers the named method, else auto, else a quick one', () => {
    expect(chosenMethod(all, 'rise')?.name).toBe('rise');
    expect(chosenMethod(all, 'gone')?.name).toBe('auto');
    expect(chosenMethod(all.slice(0, 3), '')?.name).toBe('new');
    expect(chosenMethod([], '')).toBeUndefined();
  });
});

it('explains a confusion by what tells its two classes apart, unless the address says', () => {
  const at = (query: string) => targetOf(parseView(`/evaluations/x?${query}`));
  expect(at('label=0&predicted=1')).toBe('contrast');
  expect(at('label=0&predicted=1&target=true')).toBe('true');
  expect(at('label=0&predicted=-1')).toBe('predicted');
  expect(at('label=1&predicted=1')).toBe('predicted');
  expect(at('')).toBe('predicted');
});

it('names the two classes of a contrast', () => {
  const name = (index: number) => ['cake', 'chocolate', 'tea'][index];
  const scores = [0.2, 0.7, 0.1].map((score, index) => ({
    index,
    score,
    logit: Math.log(score),
    name: name(index),
  }));
  expect(contrastOf(sampleOf(1, { label: 0, scores }), name)).toBe('chocolate minus cake');
  expect(contrastOf(sampleOf(1, { label: 1, scores }), name)).toBe('chocolate minus cake');
  expect(contrastOf(sampleOf(1, { label: 2, scores }), name)).toBe('chocolate minus tea');
  expect(contrastOf(sampleOf(1, { label: -1, scores }), name)).toBe('chocolate minus cake');
});

describe('settings of a method', () => {
  const rise = all[0];
  it('are kept by method, and go when they are the default', () => {
    const one = withOption({ 'gradcam.layer': 'x' }, rise, 'grid', ' 9 ');
    expect(one).toEqual({ 'gradcam.layer': 'x', 'rise.grid': '9' });
    expect(withOption(one, rise, 'grid', '7')).toEqual({ 'gradcam.layer': 'x' });
    expect(withOption(one, rise, 'grid', '')).toEqual({ 'gradcam.layer': 'x' });
  });

  it('are asked for by their own names', () => {
    expect(optionsOf({ 'rise.grid': '9', 'rise2.grid': '1' }, 'rise')).toEqual({ grid: '9' });
    const view = emptyView();
    view.map.options = { 'rise.fill': '1,2,3' };
    expect(choiceOf(view, 'rise', 'true')).toEqual({
      method: 'rise',
      target: 'true',
      options: { fill: '1,2,3' },
    });
    expect(choiceOf(view, 'gradcam').options).toEqual({});
  });
});

it('tells values of different units apart', () => {
  expect(unitOf({ method: 'gradcam' })).toBe('logits');
  expect(unitOf({ method: 'gradient' })).toBe('logits per unit of input');
  expect(unitOf({ method: 'rise', options: { scaling: 'published' } })).toBe('probability');
});

it('says what a value is, by the method where the family would mislead', () => {
  expect(meaning('occlusion', 'perturbation')).toContain('keeping a place');
  expect(meaning('sobol', 'perturbation')).toContain('variance');
  expect(meaning('x', undefined)).not.toBe('');
});

it('names targets', () => {
  expect(targetTitle('class:1', ['cake', 'tea'])).toBe('tea');
  expect(targetTitle('contrast', [])).toBe('contrast');
});

describe('the target of another model', () => {
  it('is the class of the same name, or what that model predicts', () => {
    expect(targetOfOther('contrast', ['a'], [])).toBe('contrast');
    expect(targetOfOther('class:1', ['a', 'b'], ['b', 'a'])).toBe('class:0');
    expect(targetOfOther('class:1', ['a', 'b'], ['a', 'c'])).toBe('predicted');
    expect(targetOfOther('class:7', ['a', 'b'], ['a'])).toBe('predicted');
  });
});

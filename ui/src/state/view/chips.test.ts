import { describe, expect, it } from 'vitest';
import { formatView, parseView } from './address';
import { chips } from './chips';

const said = (address: string) =>
  chips(parseView(address), ['cake', 'pie']).map(({ text, without }) => [text, formatView(without)]);

describe('chips', () => {
  it('says each condition, and gives the view without it', () => {
    expect(said('/evaluations/a~b?label=0&predicted=1&score(0)=0.5-&score(1)=-0.2&sort=path')).toEqual([
      ['cake', '/evaluations/a~b?predicted=1&score(0)=0.5-&score(1)=-0.2&sort=path'],
      ['taken for pie', '/evaluations/a~b?label=0&score(0)=0.5-&score(1)=-0.2&sort=path'],
      ['score of cake at least 0.5', '/evaluations/a~b?label=0&predicted=1&score(1)=-0.2&sort=path'],
      ['score of pie under 0.2', '/evaluations/a~b?label=0&predicted=1&score(0)=0.5-&sort=path'],
    ]);
  });
  it('means every split without the last one', () => {
    expect(said('/evaluations/a~b?split=test')).toEqual([['in test', '/evaluations/a~b?split=']]);
    expect(said('/evaluations/a~b/images?saved=hard')).toEqual([
      ['saved as hard', '/evaluations/a~b/images?split='],
    ]);
  });
  it('has none for all samples', () => expect(said('/evaluations/a~b/matrix')).toEqual([]));
});

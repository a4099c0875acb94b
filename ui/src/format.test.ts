import { expect, it } from 'vitest';
import { plural, quoted, unbroken } from './format';

it.each([
  ['/data/ws', '/data/ws'],
  ['/my data/ws', "'/my data/ws'"],
  ["/it's/$HOME", "'/it'\\''s/$HOME'"],
])('quotes %s for a shell', (word, want) => {
  expect(quoted(word)).toBe(want);
});

it('keeps numbers and their percent signs together', () => {
  expect(unbroken('turns 64 % of 100 %; 95 %: 3 % to 5 %')).not.toMatch(/\d %/);
  expect(unbroken('a % sign')).toBe('a % sign');
});

it('says one of a thing, and several', () => {
  expect([0, 1, 2].map((n) => plural(n, 'evaluation'))).toEqual([
    '0 evaluations',
    '1 evaluation',
    '2 evaluations',
  ]);
});

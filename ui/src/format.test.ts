import { expect, it } from 'vitest';
import { pace, plural, quoted, unbroken } from './format';

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

it('tells a pace once it is known, of slow things by the time that each takes', () => {
  expect(pace(undefined)).toBe('');
  expect(pace({ rate: 0, eta_seconds: 0 })).toBe('');
  expect(pace({ rate: 0.4, eta_seconds: 15 })).toBe(' · 0.4 per second · 15 s left');
  expect(pace({ rate: 0.04, eta_seconds: 75 })).toBe(' · 25 s each · 1 min 15 s left');
  expect(pace({ rate: 256.4, eta_seconds: 2 }, 'at most ')).toBe(' · 256 per second · at most 2.0 s left');
});

import { expect, it } from 'vitest';
import { quoted } from './format';

it.each([
  ['/data/ws', '/data/ws'],
  ['/my data/ws', "'/my data/ws'"],
  ["/it's/$HOME", "'/it'\\''s/$HOME'"],
])('quotes %s for a shell', (word, want) => {
  expect(quoted(word)).toBe(want);
});

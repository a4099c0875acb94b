import { expect, it } from 'vitest';
import type { Trust } from '../api/types';
import { badgeOf, badgeWords, beaten, lesson } from './verdict';

it('is red for a map that means nothing, whatever was measured', () => {
  expect(badgeOf({ degenerate: 'all values are zero', verdict: 'green' })).toBe('red');
  expect(badgeOf({ verdict: 'amber' })).toBe('amber');
  expect(badgeOf({})).toBe('none');
  expect(badgeOf(undefined)).toBe('none');
});

it('has words of its own for every verdict', () => {
  const verdicts = ['green', 'amber', 'red'] as const;
  expect(new Set([...verdicts, 'none' as const].map((verdict) => badgeWords[verdict])).size).toBe(4);
  expect(new Set(verdicts.map(lesson)).size).toBe(3);
});

it('counts the controls that the map beats', () => {
  const auc = (difference: number) => ({ insertion: 0, deletion: 0, difference });
  const trust = { map: { auc: auc(0.5) }, controls: [auc(0.1), auc(0.5), auc(0.7)] } as Trust;
  expect(beaten(trust)).toEqual({ of: 3, beaten: 1 });
});

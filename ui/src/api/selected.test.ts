import { expect, it } from 'vitest';
import { selected } from './request';

it('joins a slice, as it is, with other parameters', () => {
  expect(selected('')).toBe('');
  expect(selected('label=0,1&score(3)=0.5-')).toBe('?label=0,1&score(3)=0.5-');
  expect(selected('label=a%2Cb', { sort: 'path', limit: 60, q: '' })).toBe('?label=a%2Cb&sort=path&limit=60');
  expect(selected('', { sort: '-loss' })).toBe('?sort=-loss');
});

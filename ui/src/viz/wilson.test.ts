import { expect, it } from 'vitest';
import { wilson } from './wilson';

// What Go's stats.Wilson gives, which is tested there against the literature.
it.each([
  [0, 0, 0, 1],
  [0, 10, 0, 0.277532799862889],
  [10, 10, 0.722467200137111, 1],
  [3, 71, 0.0144732606204753, 0.117024160404847],
  [71, 80, 0.799817819076271, 0.939673130533695],
  [1, 1, 0.206549314377238, 1],
  [12, 1000, 0.00687764780640352, 0.0208572684754983],
])('of %i in %i is what the server computes', (count, of, low, high) => {
  const [l, h] = wilson(count, of);
  expect(l).toBeCloseTo(low, 12);
  expect(h).toBeCloseTo(high, 12);
});

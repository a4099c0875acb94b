/** The order that puts confused classes side by side, on matrices whose groups are known. */
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../api/types';
import { clusterOrder } from './cluster';

/** A generator (mulberry32): the same matrices in every run. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A matrix of n classes; the last column is "no decision". */
function made(n: number, count: (label: number, predicted: number) => number): Matrix {
  const counts = new Uint32Array(n * (n + 1));
  for (let i = 0; i < n; i++) for (let j = 0; j <= n; j++) counts[i * (n + 1) + j] = count(i, j);
  return { rows: n, columns: n + 1, counts };
}

const sorted = (order: number[]) => [...order].sort((a, b) => a - b);

describe('cluster order', () => {
  it('puts pairs that stand apart by index side by side', () => {
    const order = clusterOrder(made(6, (i, j) => (j === i ? 20 : j === (i + 3) % 6 && j < 6 ? 9 : 0)));
    expect(sorted(order)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const pair of [0, 1, 2]) {
      expect(Math.abs(order.indexOf(pair) - order.indexOf(pair + 3)), `pair ${pair}`).toBe(1);
    }
  });

  it('tears no group apart', () => {
    const next = random(1);
    const order = clusterOrder(
      made(30, (i, j) => (i === j ? 50 : j < 30 && i % 5 === j % 5 ? 1 + Math.floor(8 * next()) : 0)),
    );
    const groups = order.map((index) => index % 5);
    expect(groups.filter((group, i) => i === 0 || group !== groups[i - 1])).toHaveLength(5);
  });

  it('follows a chain of neighbours that were given shuffled', () => {
    const next = random(4);
    const n = 24;
    const name = [...Array(n).keys()]
      .map((i) => [next(), i])
      .sort((a, b) => a[0] - b[0])
      .map(([, i]) => i);
    const at = (index: number) => name.indexOf(index);
    const order = clusterOrder(
      made(n, (i, j) => (i === j ? 100 : j < n && at(i) - at(j) === 1 ? 10 + at(i) : 0)),
    );
    const torn = [...Array(n - 1).keys()].filter(
      (i) => Math.abs(order.indexOf(name[i]) - order.indexOf(name[i + 1])) !== 1,
    );
    expect(torn.length).toBeLessThanOrEqual(4);
  });

  it('has each class once, and the same order again, for any matrix', () => {
    const next = random(2);
    for (let n = 0; n < 40; n++) {
      const matrix = made(n, () => (next() < 0.1 ? 1 : 0));
      const order = clusterOrder(matrix);
      expect(sorted(order)).toEqual([...Array(n).keys()]);
      expect(clusterOrder(matrix)).toEqual(order);
    }
  });

  it('orders a thousand classes in good time', () => {
    const matrix = made(1000, (i, j) => (i === j ? 50 : j === (i * 7 + 3) % 1000 ? 5 : 0));
    const start = performance.now();
    const order = clusterOrder(matrix);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(new Set(order).size).toBe(1000);
  });
});

/**
 * Ordering classes so that those confused with one another stand together:
 * average-linkage clustering by nearest-neighbour chains (O(n²), as in
 * F. Murtagh, 1983), leaves joined end to end where they are most alike.
 */
import type { Matrix } from '../api/types';

/** similarity: share of the one's samples taken for the other, both ways, n × n. */
function similarity({ rows: n, columns, counts }: Matrix): Float32Array {
  const support = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < columns; j++) support[i] += counts[i * columns + j];
  }
  const result = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const there = support[i] ? counts[i * columns + j] / support[i] : 0;
      const back = support[j] ? counts[j * columns + i] / support[j] : 0;
      result[i * n + j] = there + back;
    }
  }
  return result;
}

/** clusterOrder returns the class indices in an order that puts confused classes side by side. */
export function clusterOrder(matrix: Matrix): number[] {
  const n = matrix.rows;
  if (n < 3) return [...Array(n).keys()];
  const leaf = similarity(matrix);
  const link = leaf.slice();
  const members: (number[] | null)[] = Array.from({ length: n }, (_, i) => [i]);
  const chain: number[] = [];
  for (let merges = 0; merges < n - 1;) {
    if (!chain.length) chain.push(members.findIndex((m) => m !== null));
    const tip = chain[chain.length - 1];
    const before = chain.length > 1 ? chain[chain.length - 2] : -1;
    const near = nearest(link, members, tip, before);
    if (near !== before) {
      chain.push(near);
      continue;
    }
    chain.length -= 2;
    merge(link, members, leaf, tip, near);
    merges++;
  }
  return members.find((m) => m !== null)!;
}

/** nearest finds the most similar live cluster; on a tie the previous one of the chain, so that it ends. */
function nearest(link: Float32Array, members: (number[] | null)[], tip: number, before: number): number {
  const n = members.length;
  let best = before;
  for (let j = 0; j < n; j++) {
    if (j === tip || !members[j]) continue;
    if (best < 0 || link[tip * n + j] > link[tip * n + best]) best = j;
  }
  return best;
}

function merge(
  link: Float32Array,
  members: (number[] | null)[],
  leaf: Float32Array,
  a: number,
  b: number,
): void {
  const n = members.length;
  const [na, nb] = [members[a]!.length, members[b]!.length];
  for (let j = 0; j < n; j++) {
    const mean = (na * link[a * n + j] + nb * link[b * n + j]) / (na + nb);
    link[a * n + j] = link[j * n + a] = mean;
  }
  members[a] = join(leaf, n, members[a]!, members[b]!);
  members[b] = null;
}

/** join lays two runs of leaves end to end, turned so that the touching ends are most alike. */
function join(leaf: Float32Array, n: number, a: number[], b: number[]): number[] {
  const [a0, a1, b0, b1] = [a[0], a[a.length - 1], b[0], b[b.length - 1]];
  const options: [number, () => number[]][] = [
    [leaf[a1 * n + b0], () => a.concat(b)],
    [leaf[a1 * n + b1], () => a.concat(b.reverse())],
    [leaf[a0 * n + b0], () => a.reverse().concat(b)],
    [leaf[a0 * n + b1], () => b.concat(a)],
  ];
  return options.reduce((best, next) => (next[0] > best[0] ? next : best))[1]();
}

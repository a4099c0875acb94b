/**
 * Maps kept in the page, and a short queue in front of the server: a gallery
 * asks for many maps at once, yet two at a time keep the server answering.
 */
import { fetchMap } from '../api/client';
import type { AttributionMap } from '../api/types';

const limit = 400;
const parallel = 2;
const kept = new Map<string, AttributionMap>();
const waiting: (() => void)[] = [];
let running = 0;

const keyOf = (...parts: (string | number)[]): string => parts.join('\n');

export function keep(
  evaluation: string,
  sample: string | number,
  method: string,
  target: string,
  map: AttributionMap,
): void {
  const key = keyOf(evaluation, sample, method, target);
  kept.delete(key);
  kept.set(key, map);
  if (kept.size > limit) kept.delete(kept.keys().next().value!);
}

export function recall(
  evaluation: string,
  sample: string | number,
  method: string,
  target: string,
): AttributionMap | undefined {
  return kept.get(keyOf(evaluation, sample, method, target));
}

async function turn(signal: AbortSignal): Promise<void> {
  while (running >= parallel) await new Promise<void>((resolve) => waiting.push(resolve));
  signal.throwIfAborted();
  running++;
}

/** cachedMap returns a kept map, or waits its turn and asks the server. */
export async function cachedMap(
  evaluation: string,
  sample: string | number,
  method: string,
  target: string,
  signal: AbortSignal,
): Promise<AttributionMap> {
  const known = recall(evaluation, sample, method, target);
  if (known) return known;
  try {
    await turn(signal);
  } catch (aborted) {
    waiting.shift()?.(); // Pass the turn on.
    throw aborted;
  }
  try {
    const map = await fetchMap(evaluation, sample, method, target, signal);
    keep(evaluation, sample, method, target, map);
    return map;
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/**
 * Maps kept in the page, and the queue of those that a gallery or a comparison
 * asks the server for: many at once, yet two at a time keep it answering.
 */
import { choiceQuery, fetchMap, type MapChoice } from '../api/maps';
import type { AttributionMap } from '../api/types';
import { Turns } from './turns';

const limit = 400;
const kept = new Map<string, AttributionMap>();

export const turns = new Turns(2);

const keyOf = (evaluation: string, sample: string | number, choice: MapChoice): string =>
  [evaluation, sample, choiceQuery(choice)].join('\n');

export function keep(
  evaluation: string,
  sample: string | number,
  choice: MapChoice,
  map: AttributionMap,
): void {
  const key = keyOf(evaluation, sample, choice);
  kept.delete(key);
  kept.set(key, map);
  if (kept.size > limit) kept.delete(kept.keys().next().value!);
}

export const recall = (
  evaluation: string,
  sample: string | number,
  choice: MapChoice,
): AttributionMap | undefined => kept.get(keyOf(evaluation, sample, choice));

/** cachedMap returns a kept map, or waits its turn and asks the server. */
export async function cachedMap(
  evaluation: string,
  sample: string | number,
  choice: MapChoice,
  signal: AbortSignal,
): Promise<AttributionMap> {
  const known = recall(evaluation, sample, choice);
  if (known) return known;
  const map = await turns.run(() => fetchMap(evaluation, sample, choice, signal), signal);
  keep(evaluation, sample, choice, map);
  return map;
}

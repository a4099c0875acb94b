/** Maps kept in the page, the latest few hundred: seen again, they need no request. */
import { choiceQuery, type MapChoice } from '../../api/maps';
import type { AttributionMap } from '../../api/types';

/** Which map of which sample. */
export interface MapPlace {
  evaluation: string;
  sample: string;
  choice: MapChoice;
}

const limit = 400;
const kept = new Map<string, AttributionMap>();

/** keyOf is equal for requests of the same map. */
export const keyOf = ({ evaluation, sample, choice }: MapPlace): string =>
  [evaluation, sample, choiceQuery(choice)].join('\n');

export function keep(place: MapPlace, map: AttributionMap): void {
  const key = keyOf(place);
  kept.delete(key);
  kept.set(key, map);
  if (kept.size > limit) kept.delete(kept.keys().next().value!);
}

export const recall = (place: MapPlace): AttributionMap | undefined => kept.get(keyOf(place));

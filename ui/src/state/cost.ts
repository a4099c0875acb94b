/** What measuring the trust in a map will take, from what was measured of the model before. */
import type { AttributionMap } from '../api/types';

/** Runs of the model; of trust.Options with its defaults: 595. Said roughly before, exactly while it runs. */
export const runs = 600;

/** Of fewer runs, opening the model and the passes back are too large a part of the seconds. */
const enough = 100;

const rates = new Map<string, number>();

/** noteRate keeps the seconds that a run of an evaluation's model took. */
export const noteRate = (evaluation: string, seconds: number): void => void rates.set(evaluation, seconds);

/** expected is how many seconds the measuring will take, or null where no rate is known. */
export function expected(
  evaluation: string,
  map: Pick<AttributionMap, 'evaluations' | 'seconds'>,
): number | null {
  const own = map.evaluations >= enough && map.seconds > 0 ? map.seconds / map.evaluations : undefined;
  const rate = rates.get(evaluation) ?? own;
  return rate === undefined ? null : runs * rate;
}

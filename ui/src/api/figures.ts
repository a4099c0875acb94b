/** Every figure of an evaluation. */
import { getJSON, part, selected } from './request';
import type { Figure } from './types';

export const figures = async (evaluation: string, slice: string, signal?: AbortSignal): Promise<Figure[]> =>
  (
    await getJSON<{ figures: Figure[] }>(
      `/api/evaluations/${part(evaluation)}/figures${selected(slice)}`,
      signal,
    )
  ).figures;

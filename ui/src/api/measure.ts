/** Trust in a map, and what random weights do to a method: read where stored, measured when asked. */
import { type MapChoice, choiceQuery } from './maps';
import { getJSON, part, type Query } from './request';
import { streamed } from './stream';
import type { MeasureProgress, Randomisation, Trust } from './types';

const texts = { failed: 'Not measured', broken: 'The measurement broke off' };

const trustURL = (id: string, sample: number | string, tail: string, choice: MapChoice, more?: Query) =>
  `/api/evaluations/${part(id)}/samples/${part(String(sample))}/trust${tail}${choiceQuery(choice, more)}`;

/** storedTrust asks for the trust in a map as it was measured; an error of status 404 if it was not. */
export async function storedTrust(
  id: string,
  sample: number | string,
  choice: MapChoice,
  signal?: AbortSignal,
): Promise<Trust> {
  return getJSON<Trust>(trustURL(id, sample, '', choice, { stored: true }), signal);
}

/**
 * measureTrust has the trust in a map measured; a few hundred runs of the model,
 * which aborting the signal ends on the server too.
 */
export const measureTrust = (
  id: string,
  sample: number | string,
  choice: MapChoice,
  signal: AbortSignal,
  onProgress: (progress: MeasureProgress) => void,
): Promise<Trust> => streamed<Trust>(trustURL(id, sample, '/events', choice), signal, texts, onProgress);

/** methodURL asks about a method whatever the image and the target. */
const methodURL = (id: string, tail: string, { method, options }: MapChoice, more: Query = {}) =>
  `/api/evaluations/${part(id)}/randomisation${tail}${choiceQuery({ method, target: '', options }, more)}`;

/** storedRandomisation asks for a method's check by random weights; an error of status 404 if there was none. */
export const storedRandomisation = (
  id: string,
  choice: MapChoice,
  signal?: AbortSignal,
): Promise<Randomisation> => getJSON<Randomisation>(methodURL(id, '', choice, { stored: true }), signal);

/** measureRandomisation has a method checked by random weights: about thirty maps. */
export const measureRandomisation = (
  id: string,
  choice: MapChoice,
  signal: AbortSignal,
  onProgress: (progress: MeasureProgress) => void,
): Promise<Randomisation> =>
  streamed<Randomisation>(methodURL(id, '/events', choice), signal, texts, onProgress);

/** How an evaluation's images were prepared, found by measuring. */
import { getJSON, part, postJSON } from './request';
import { streamed } from './stream';
import type { EvaluationProbe, Job, MeasureProgress, Probe } from './types';

const address = (id: string) => `/api/evaluations/${part(id)}/probe`;
const texts = { failed: 'Not found out', broken: 'The measurement broke off' };

export const evaluationProbe = (id: string, signal?: AbortSignal): Promise<EvaluationProbe> =>
  getJSON<EvaluationProbe>(address(id), signal);

/** measureProbe has it found out, unless it is known; aborting the signal ends the work on the server too. */
export const measureProbe = (
  id: string,
  signal: AbortSignal,
  onProgress: (progress: MeasureProgress) => void,
): Promise<Probe> => streamed<Probe>(address(id) + '/events', signal, texts, onProgress);

/** adoptProbe adds the model once more with what was found, and evaluates it. */
export const adoptProbe = (id: string): Promise<Job> => postJSON<Job>(address(id), {});

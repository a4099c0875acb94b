/** What the model looks at in images of each class, found without annotation. */
import { getJSON, part, postJSON, putJSON, query } from './request';
import type { Concepts, Job } from './types';

const address = (evaluation: string) => `/api/evaluations/${part(evaluation)}/concepts`;

/** concepts reads those of classes, with so many samples each. */
export const concepts = (
  evaluation: string,
  classes: number[],
  samples: number,
  signal?: AbortSignal,
): Promise<Concepts> =>
  getJSON<Concepts>(address(evaluation) + query({ class: classes.map(String), samples }), signal);

/** findConcepts starts, or goes on with, the job that finds them; null where all are found. */
export const findConcepts = async (evaluation: string): Promise<Job | null> =>
  (await postJSON<{ job: Job | null }>(address(evaluation), { lacking: true })).job;

/** nameConcept gives a concept a name; an empty one takes it away. */
export const nameConcept = (evaluation: string, index: number, number: number, name: string) =>
  putJSON<unknown>(`${address(evaluation)}/${index}/${number}`, { name });

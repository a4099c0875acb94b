/** What stored maps say of regions, and the jobs that make those maps and measure them. */
import { getJSON, part, postJSON, selected } from './request';
import type { HidingAgreements, Job, MeanMaps, Reasons, ShareList } from './types';

/** Which maps of which samples; slice is a text in the language of slices. */
export interface MapsOf {
  evaluation: string;
  slice: string;
  method: string;
  target: string;
}

const sharesURL = ({ evaluation, slice, method, target }: MapsOf) =>
  `/api/evaluations/${part(evaluation)}/shares${selected(slice, { method, target })}`;

/** shares reads what is stored: no model runs. */
export const shares = (maps: MapsOf, signal?: AbortSignal): Promise<ShareList> =>
  getJSON<ShareList>(sharesURL(maps), signal);

/** measureShares starts a job that measures stored maps on the regions as they are now. */
export const measureShares = (maps: MapsOf): Promise<Job> => postJSON<Job>(sharesURL(maps));

/** makeMaps starts a job that makes the maps that are not stored; the same again goes on with it. */
export const makeMaps = (maps: MapsOf): Promise<Job> => postJSON<Job>('/api/explanations', maps);

/** meanMap reads what stored maps have in common; region puts them in its box, by groups the images. */
export const meanMap = (
  { evaluation, slice, method, target }: MapsOf,
  more: { by?: string; region?: string } = {},
  signal?: AbortSignal,
): Promise<MeanMaps> =>
  getJSON<MeanMaps>(
    `/api/evaluations/${part(evaluation)}/meanmap${selected(slice, { method, target, ...more })}`,
    signal,
  );

/** hiding tells which methods' maps rank the parts of an image as hiding them does. */
export const hiding = (evaluation: string, signal?: AbortSignal): Promise<HidingAgreements> =>
  getJSON<HidingAgreements>(`/api/evaluations/${part(evaluation)}/hiding`, signal);

/** reasons counts the images that are right for another reason than before. */
export const reasons = (
  { evaluation, slice, method, target }: MapsOf,
  before: string,
  signal?: AbortSignal,
): Promise<Reasons> =>
  getJSON<Reasons>(
    `/api/evaluations/${part(evaluation)}/reasons${selected(slice, { before, method, target })}`,
    signal,
  );

/** measureChance starts a job that finds how far an evaluation's maps move by chance; null where that is known. */
export const measureChance = ({ evaluation, method, target }: MapsOf): Promise<{ job: Job | null }> =>
  postJSON<{ job: Job | null }>(
    `/api/evaluations/${part(evaluation)}/reasons${selected('', { method, target })}`,
  );

/** Slices that have a name: saved=NAME selects one. */
import { getJSON, part, postJSON, request, selected, sendJSON } from './request';
import type { SavedSlice, Selection, Sides } from './types';

const of = (dataset: string) => `/api/datasets/${part(dataset)}/slices`;
/** Pages have no accounts. */
const author = 'browser';

export const slices = async (dataset: string, signal?: AbortSignal): Promise<SavedSlice[]> =>
  (await getJSON<{ slices: SavedSlice[] }>(of(dataset), signal)).slices;

/** slicesOf lists them with how many samples of an evaluation each selects now. */
export const slicesOf = async (evaluation: string, signal?: AbortSignal): Promise<SavedSlice[]> =>
  (await getJSON<{ slices: SavedSlice[] }>(`/api/evaluations/${part(evaluation)}/slices`, signal)).slices;

/** saveSlice keeps the text, or, fixed, the samples that it selects now. */
export const saveSlice = (
  evaluation: string,
  name: string,
  slice: string,
  fixed: boolean,
): Promise<SavedSlice> =>
  postJSON(`/api/evaluations/${part(evaluation)}/slices`, { name, slice, fixed, author });

export const removeSlice = (dataset: string, name: string): Promise<unknown> =>
  request(`${of(dataset)}/${part(name)}`, { method: 'DELETE' });

export const renameSlice = (dataset: string, name: string, to: string): Promise<unknown> =>
  sendJSON('PATCH', `${of(dataset)}/${part(name)}`, { name: to });

/** select keeps samples as a selection: sel=ID selects them. */
export const select = (
  evaluation: string,
  which: { slice: string } | { samples: number[] },
): Promise<Selection> => postJSON(`/api/evaluations/${part(evaluation)}/selections`, which);

/** sides compares slices, as texts, with the rest of the whole that they are in. */
export const sides = (
  evaluation: string,
  whole: string,
  of: string[],
  signal?: AbortSignal,
): Promise<Sides> => getJSON(`/api/evaluations/${part(evaluation)}/sides${selected(whole, { of })}`, signal);

/** Tags of samples, and the history of what was done to them. */
import { getJSON, part, postJSON, request, selected, sendJSON } from './request';
import type { MarkAction, Tag } from './types';

const of = (dataset: string) => `/api/datasets/${part(dataset)}`;
/** Pages have no accounts: the history says that it was done in a browser. */
const author = 'browser';

export const tags = async (dataset: string, signal?: AbortSignal): Promise<Tag[]> =>
  (await getJSON<{ tags: Tag[] }>(of(dataset) + '/tags', signal)).tags;

/** tagsOf lists the tags of an evaluation's dataset, with how many samples of a slice have them. */
export const tagsOf = async (evaluation: string, slice: string, signal?: AbortSignal): Promise<Tag[]> =>
  (await getJSON<{ tags: Tag[] }>(`/api/evaluations/${part(evaluation)}/tags${selected(slice)}`, signal))
    .tags;

/** Which samples: all of a slice, or those listed. */
export type Marked = { slice: string } | { samples: number[] };

export type Kind = Exclude<MarkAction['kind'], 'rename'>;

/** mark sets a mark of a kind, or takes it away: of what is taken only tags need a value. */
export const mark = (
  evaluation: string,
  kind: Kind,
  value: string,
  which: Marked,
  remove = false,
): Promise<MarkAction> =>
  postJSON(`/api/evaluations/${part(evaluation)}/marks`, { ...which, kind, value, remove, author });

export const undo = (dataset: string, action: number): Promise<MarkAction> =>
  postJSON(of(dataset) + '/marks/undo', { action });

export const marked = async (dataset: string, signal?: AbortSignal): Promise<MarkAction[]> =>
  (await getJSON<{ actions: MarkAction[] }>(of(dataset) + '/marks', signal)).actions;

export const removeTag = async (dataset: string, name: string): Promise<MarkAction> =>
  (await (await request(`${of(dataset)}/tags/${part(name)}`, { method: 'DELETE' })).json()) as MarkAction;

export const renameTag = (dataset: string, name: string, to: string): Promise<unknown> =>
  sendJSON('PATCH', `${of(dataset)}/tags/${part(name)}`, { name: to });

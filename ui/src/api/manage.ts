/** Renaming and removing datasets, models and evaluations. */
import { getJSON, part, request, sendJSON } from './request';
import type { Removal, Removed } from './types';

export type Kind = 'dataset' | 'model' | 'evaluation';

const address = (kind: Kind, name: string) => `/api/${kind}s/${part(name)}`;

/** removal tells what would go with a thing, and which job stands in the way. */
export const removal = (kind: Kind, name: string, signal?: AbortSignal): Promise<Removal> =>
  getJSON<Removal>(address(kind, name) + '/removal', signal);

export const remove = async (kind: Kind, name: string): Promise<Removed> =>
  (await (await request(address(kind, name), { method: 'DELETE' })).json()) as Removed;

/** rename gives a dataset or model another name; the ids of its evaluations follow. */
export const rename = (kind: 'dataset' | 'model', name: string, to: string): Promise<{ name: string }> =>
  sendJSON('PATCH', address(kind, name), { name: to });

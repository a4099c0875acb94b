/** Columns that came with a dataset, and a slice grouped by one. */
import { getJSON, part, selected } from './request';
import type { Column, Groups } from './types';

export const columns = async (dataset: string, signal?: AbortSignal): Promise<Column[]> =>
  (await getJSON<{ columns: Column[] }>(`/api/datasets/${part(dataset)}/columns`, signal)).columns;

export const groups = (
  evaluation: string,
  slice: string,
  by: string,
  signal?: AbortSignal,
): Promise<Groups> =>
  getJSON(`/api/evaluations/${part(evaluation)}/groups${selected(slice, { by })}`, signal);

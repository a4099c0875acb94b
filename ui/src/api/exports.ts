/** Taking samples away in the formats of other tools. */
import { getJSON, part, selected } from './request';
import { at } from './root';
import type { ExportFormat } from './types';

export const exportFormats = async (signal?: AbortSignal): Promise<ExportFormat[]> =>
  (await getJSON<{ formats: ExportFormat[] }>('/api/exports', signal)).formats;

export const exportURL = (evaluation: string, slice: string, format: string): string =>
  at(`/api/evaluations/${part(evaluation)}/export${selected(slice, { format })}`);

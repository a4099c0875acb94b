/** Streams of the server: events until a result, or an error that says what to do. */
import { ApiError, plainTitles, request } from './request';
import { readEvents } from './sse';
import type { MeasureProgress, StreamError } from './types';

/** streamError is what a stream ended with: what does not fit is called so, as where nothing is streamed. */
const streamError = (title: string, { status, detail }: StreamError) =>
  new ApiError(status, status === 422 ? plainTitles['Unprocessable Entity'] : title, detail);

/**
 * streamed reads the events of a piece of work to its end and returns what came with "done".
 * It reports progress; other events go to onEvent. Aborting the signal ends the work on the server.
 */
export async function streamed<T>(
  path: string,
  signal: AbortSignal,
  { failed, broken }: { failed: string; broken: string },
  onProgress: (progress: MeasureProgress) => void,
  onEvent: (data: Record<string, unknown>) => void = () => {},
): Promise<T> {
  const response = await request(path, { signal, headers: { Accept: 'text/event-stream' } });
  for await (const event of readEvents(response.body!)) {
    const data = event.data ? JSON.parse(event.data) : {};
    if (event.event === 'error') throw streamError(failed, data);
    if (event.event === 'progress') onProgress(data as MeasureProgress);
    else onEvent(data);
    if (event.event === 'done') return data as T;
  }
  throw new ApiError(0, broken, 'The connection ended before it was finished. Try again.');
}

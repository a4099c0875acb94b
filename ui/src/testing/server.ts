/** Answers to the requests of a test, by path: what the server would send, in the types of its API. */
import { vi } from 'vitest';
import type { AttributionMap, MapHeader } from '../api/types';

export type Answer = (
  query: URLSearchParams,
  signal: AbortSignal | undefined,
) => Response | Promise<Response>;

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

/** problem is how the server refuses. */
export const problem = (status: number, title: string, detail: string): Response =>
  json({ status, title, detail }, status);

/** wholeMap is a finished map as the map route sends it. */
export function wholeMap({ values, ...header }: AttributionMap): Response {
  return new Response(values.slice().buffer as ArrayBuffer, {
    headers: { 'X-Sightline-Map': JSON.stringify(header) },
  });
}

/** snapshot is the data of an event of a map that sharpens. */
export function snapshot({ values, ...header }: AttributionMap): MapHeader & { values: string } {
  const bytes = new Uint8Array(values.slice().buffer);
  return { ...header, values: btoa(String.fromCharCode(...bytes)) };
}

/** A stream of events that the test sends one by one; it ends when the request is aborted. */
export class Events {
  closed = false;
  private control!: ReadableStreamDefaultController<Uint8Array>;

  answer: Answer = (_, signal) => {
    const body = new ReadableStream<Uint8Array>({ start: (control) => void (this.control = control) });
    signal?.addEventListener('abort', () => {
      this.closed = true;
      this.control.error(signal.reason);
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  };

  end(): void {
    this.control.close();
  }

  send(event: string, data: unknown): void {
    this.control.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }
}

/** serve answers the paths of a table from now on, and lists what was asked. A path that is not there fails the test. */
export function serve(table: Record<string, Answer>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    asked.push((init.method ? init.method + ' ' : '') + path);
    const url = new URL(path, 'http://server');
    const answer = table[decodeURIComponent(url.pathname)];
    if (!answer) throw new Error(`the test has no answer to ${path}`);
    const response = await answer(url.searchParams, init.signal ?? undefined);
    init.signal?.throwIfAborted();
    return response;
  });
  return asked;
}

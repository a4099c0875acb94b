/** Requests to Sightline's HTTP API; every failure is an ApiError that says what to do. */
import { at } from './root';

const lost = 'No connection';

/** A failed request: title is what failed, detail says what to do. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(`${title}: ${detail}`);
  }

  /** The server did not answer at all: ask again. */
  get unreachable(): boolean {
    return this.status === 0 && this.title === lost;
  }
}

const unreachable =
  'The server does not answer. Is `sightline serve` still running? This page reconnects when it is.';

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(at(path), init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, lost, unreachable);
  }
  if (!response.ok) throw await problem(response);
  return response;
}

const json = { 'Content-Type': 'application/json' };

/** What HTTP calls it, in words for readers. */
export const plainTitles: Record<string, string> = {
  'Bad Request': 'This cannot be asked',
  'Unprocessable Entity': 'Not possible here',
  'Internal Server Error': 'That did not work',
  'Service Unavailable': 'Not possible now',
};

/** problem reads an RFC 9457 body; a reply without one still names its status. */
export async function problem(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => ({}));
  const given = body.title || response.statusText || `Status ${response.status}`;
  const title = plainTitles[given] ?? given;
  return new ApiError(
    response.status,
    title,
    body.detail || 'The server gave no further detail; its log may.',
  );
}

export async function getJSON<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, { signal });
  return (await response.json()) as T;
}

export const postJSON = <T>(path: string, body?: unknown): Promise<T> => sendJSON<T>('POST', path, body);

export const putJSON = <T>(path: string, body: unknown): Promise<T> => sendJSON<T>('PUT', path, body);

export async function sendJSON<T>(method: string, path: string, body?: unknown): Promise<T> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: json };
  const response = await request(path, { method, ...sent });
  return (await response.json().catch(() => ({}))) as T;
}

/** part writes a name as a part of a path. */
export const part = encodeURIComponent;

/** query drops empty values, so that equal states have equal addresses; a list repeats its name. */
export function query(values: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) value.forEach((item) => params.append(name, item));
    else if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text && '?' + text;
}

/** selected is the query of a slice's text and other parameters. */
export const selected = (slice: string, values: Query = {}): string => {
  const text = [slice, query(values).slice(1)].filter(Boolean).join('&');
  return text && '?' + text;
};

export type Query = Record<string, string | number | boolean | string[] | null | undefined>;

/** The map of images: whether it is made, where images lie, and what they are. */
import { getJSON, part, postJSON, query, request, selected } from './request';
import type { Job, Space } from './types';

/** Where samples lie: two coordinates each, in the order of ids. */
export interface Points {
  ids: Float64Array;
  xy: Float32Array;
}

/** What the points are, in their order; classes are indices, -1 for none. */
export interface PointValues {
  label: Int32Array;
  predicted: Int32Array;
  confidence: Float32Array;
  /** 1 for images of the slice. */
  inside: Uint8Array;
}

export type Projection = 'pca' | 'umap';

const of = (id: string) => `/api/evaluations/${part(id)}/space`;

export const space = (id: string, signal?: AbortSignal) => getJSON<Space>(of(id), signal);

/** makeSpace starts the job that lays the images out by their neighbours, unless it is done. */
export const makeSpace = (id: string) => postJSON<{ made: boolean; job?: Job }>(of(id), {});

async function read(path: string, magic: string, signal?: AbortSignal): Promise<[ArrayBuffer, number]> {
  const data = await (await request(path, { signal })).arrayBuffer();
  const found = new TextDecoder().decode(new Uint8Array(data, 0, Math.min(4, data.byteLength)));
  if (found !== magic) throw new Error(`The server sent ${data.byteLength} bytes that are no ${magic}.`);
  return [data, new DataView(data).getUint32(4, true)];
}

export async function points(id: string, projection: Projection, signal?: AbortSignal): Promise<Points> {
  const [data, n] = await read(of(id) + '/points' + query({ projection }), 'SLP1', signal);
  return { ids: new Float64Array(data, 16, n), xy: new Float32Array(data, 16 + 8 * n, 2 * n) };
}

export async function pointValues(id: string, slice: string, signal?: AbortSignal): Promise<PointValues> {
  const [data, n] = await read(of(id) + '/values' + selected(slice), 'SLV1', signal);
  return {
    label: new Int32Array(data, 16, n),
    predicted: new Int32Array(data, 16 + 4 * n, n),
    confidence: new Float32Array(data, 16 + 8 * n, n),
    inside: new Uint8Array(data, 16 + 12 * n, n),
  };
}

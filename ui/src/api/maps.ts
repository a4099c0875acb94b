/** Attribution maps: which one, whole or while it sharpens. */
import { ApiError, getJSON, part, postJSON, query, type Query, request } from './request';
import { streamed } from './stream';
import type { AttributionMap, CellTest, HandChange, HandRequest, MapHeader, MeasureProgress } from './types';

/** Which map of a sample: equal choices are the same map. */
export interface MapChoice {
  method: string;
  target: string;
  /** Settings of the method that are not its default. */
  options: Record<string, string>;
}

/** choiceQuery writes a choice as the map routes' parameters. */
export function choiceQuery({ method, target, options }: MapChoice, more: Query = {}): string {
  const option = Object.keys(options)
    .sort()
    .map((name) => `${name}=${options[name]}`);
  return query({ method, target, option, ...more });
}

const mapURL = (id: string, sample: number | string, tail: string, choice: MapChoice) =>
  `/api/evaluations/${part(id)}/samples/${part(String(sample))}/map${tail}${choiceQuery(choice)}`;

/** fetchMap waits for a finished map; the server computes it when it has none. */
export async function fetchMap(
  id: string,
  sample: number | string,
  choice: MapChoice,
  signal?: AbortSignal,
): Promise<AttributionMap> {
  const response = await request(mapURL(id, sample, '', choice), { signal });
  const header = JSON.parse(response.headers.get('X-Sightline-Map') ?? '{}') as MapHeader;
  return whole({ ...header, values: new Float32Array(await response.arrayBuffer()) });
}

/** whole refuses a map that does not have one value per cell: it would be drawn wrong. */
function whole(map: AttributionMap): AttributionMap {
  const { width, height, values } = map;
  if (values.length === width * height) return map;
  throw new ApiError(
    0,
    'This map cannot be drawn',
    `It has ${values.length} values for ${width} × ${height} cells. Take back the settings that are not the default.`,
  );
}

/** decodeValues reads base64 of little-endian float32. */
export function decodeValues(base64: string): Float32Array {
  const binary = atob(base64);
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/**
 * streamMap reports progress and delivers each snapshot while the map sharpens,
 * and returns when it is finished. Aborting the signal stops the work on the server.
 */
export async function streamMap(
  id: string,
  sample: number | string,
  choice: MapChoice,
  signal: AbortSignal,
  onSnapshot: (map: AttributionMap) => void,
  onProgress: (progress: MeasureProgress) => void,
): Promise<void> {
  const texts = { failed: 'No map', broken: 'The map broke off' };
  await streamed(mapURL(id, sample, '/events', choice), signal, texts, onProgress, (data) => {
    if (!data.values) return;
    const { values, ...header } = data as unknown as MapHeader & { values: string };
    onSnapshot(whole({ ...header, values: decodeValues(values) }));
  });
}

/** changeByHand hides or swaps an area of an image, and has it predicted and explained again. */
export async function changeByHand(
  id: string,
  sample: number | string,
  change: Partial<HandRequest> & Pick<HandRequest, 'fill'>,
  signal: AbortSignal,
): Promise<{ change: HandChange; map: AttributionMap }> {
  const response = await request(`/api/evaluations/${part(id)}/samples/${part(String(sample))}/changed`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(change),
    signal,
  });
  const answer = (await response.json()) as HandChange;
  const { values, ...header } = answer.map as unknown as MapHeader & { values: string };
  return { change: answer, map: whole({ ...header, values: decodeValues(values) }) };
}

/** An area of a sample, to be tried on all images of its cell. */
export interface CellArea {
  box: string;
  region: string;
  slice: string;
}

const cellURL = (id: string, sample: number, { box, region, slice }: CellArea) =>
  `/api/evaluations/${part(id)}/samples/${sample}/cell${query({ box, region, slice })}`;

/** cellTest is what changing an area does to all images that have the sample's label and prediction, as far as it was tried. */
export const cellTest = (id: string, sample: number, area: CellArea, signal?: AbortSignal) =>
  getJSON<CellTest>(cellURL(id, sample, area), signal);

/** testCell starts to try it, or goes on. */
export const testCell = (id: string, sample: number, area: CellArea) =>
  postJSON<CellTest>(cellURL(id, sample, area));

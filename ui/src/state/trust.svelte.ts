/** What was measured before is shown, or measured when asked for, with progress. */
import type { MapChoice } from '../api/maps';
import { measureRandomisation, measureTrust, storedRandomisation, storedTrust } from '../api/measure';
import type { ApiError } from '../api/request';
import type { Randomisation, Trust, MeasureProgress } from '../api/types';
import { toApiError } from './resource.svelte';

type Ask<R, T> = (
  request: R,
  signal: AbortSignal,
  onProgress: (progress: MeasureProgress) => void,
) => Promise<T>;

export class Measurement<R, T> {
  result: T | undefined = $state.raw();
  progress: MeasureProgress | undefined = $state.raw();
  error: ApiError | undefined = $state.raw();
  state: 'none' | 'opening' | 'running' | 'done' | 'error' = $state('none');
  private control = new AbortController();
  private request: R | null = null;

  /** known says whether to read what the server may keep. */
  constructor(
    request: () => R | null,
    known: (request: R) => boolean,
    stored: Ask<R, T>,
    private measured: Ask<R, T>,
  ) {
    $effect(() => {
      this.request = request();
      this.result = this.progress = this.error = undefined;
      this.state = 'none';
      if (this.request && known(this.request)) void this.ask('opening', stored);
      return () => this.control.abort();
    });
  }

  measure = (): void => void this.ask('running', this.measured);

  stop = (): void => {
    this.control.abort();
    this.progress = undefined;
    this.state = 'none';
  };

  private async ask(state: 'opening' | 'running', work: Ask<R, T>): Promise<void> {
    this.control.abort();
    if (!this.request) return;
    this.control = new AbortController();
    const { signal } = this.control;
    this.error = this.progress = undefined;
    this.state = state;
    try {
      const result = await work(this.request, signal, (progress) => {
        if (!signal.aborted) this.progress = progress;
      });
      if (signal.aborted) return;
      this.result = result;
      this.state = 'done';
    } catch (cause) {
      if (signal.aborted) return;
      const error = toApiError(cause);
      const unknown = state === 'opening' && error.status === 404; // not measured yet
      this.error = unknown ? undefined : error;
      this.state = unknown ? 'none' : 'error';
    }
  }
}

export interface TrustRequest {
  evaluation: string;
  sample: string;
  choice: MapChoice;
  /** Trust in this map is stored on the server. */
  known: boolean;
}

/** Trust in the map in view. */
export const trustSession = (request: () => TrustRequest | null): Measurement<TrustRequest, Trust> =>
  new Measurement(
    request,
    ({ known }) => known,
    ({ evaluation, sample, choice }, signal) => storedTrust(evaluation, sample, choice, signal),
    ({ evaluation, sample, choice }, signal, onProgress) =>
      measureTrust(evaluation, sample, choice, signal, onProgress),
  );

export interface MethodRequest {
  evaluation: string;
  choice: MapChoice;
}

/** How far a method's maps depend on what the model has learnt. */
export const randomisationSession = (
  request: () => MethodRequest | null,
): Measurement<MethodRequest, Randomisation> =>
  new Measurement(
    request,
    () => true,
    ({ evaluation, choice }, signal) => storedRandomisation(evaluation, choice, signal),
    ({ evaluation, choice }, signal, onProgress) =>
      measureRandomisation(evaluation, choice, signal, onProgress),
  );

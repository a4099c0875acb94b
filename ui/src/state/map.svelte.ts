/** The map of the sample in view: streamed while it sharpens, kept when finished. */
import { fetchMap, type MapChoice, streamMap } from '../api/maps';
import type { ApiError } from '../api/request';
import type { AttributionMap, MeasureProgress, Verdict } from '../api/types';
import { keep, recall } from '../viz/mapcache';
import { toApiError } from './resource.svelte';

export interface MapWish {
  evaluation: string;
  sample: string;
  choice: MapChoice;
  streams: boolean;
}

export class MapSession {
  map: AttributionMap | undefined = $state.raw();
  /** The wish of which `map` is the finished answer. */
  answers: MapWish | undefined = $state.raw();
  state: 'idle' | 'running' | 'done' | 'stopped' | 'error' = $state('idle');
  error: ApiError | undefined = $state.raw();
  /** How far it is, while it runs. */
  progress: MeasureProgress | undefined = $state.raw();
  private control = new AbortController();
  private attempt = $state(0);

  constructor(wish: () => MapWish | null) {
    $effect(() => {
      const current = wish();
      void this.attempt;
      this.map = this.answers = undefined;
      this.error = this.progress = undefined;
      this.state = 'idle';
      if (!current) return;
      this.control = new AbortController();
      const { signal } = this.control;
      this.run(current, signal);
      return () => this.control.abort();
    });
  }

  private async run(wish: MapWish, signal: AbortSignal): Promise<void> {
    const { evaluation, sample, choice } = wish;
    const known = recall(evaluation, sample, choice);
    if (known) {
      this.map = known;
      return this.finish(wish);
    }
    this.state = 'running';
    try {
      const show = (map: AttributionMap) => this.show(map, signal);
      const note = (progress: MeasureProgress) => {
        if (!signal.aborted) this.progress = progress;
      };
      if (wish.streams) await streamMap(evaluation, sample, choice, signal, show, note);
      else show(await fetchMap(evaluation, sample, choice, signal));
      if (signal.aborted) return;
      this.finish(wish);
      if (this.map) keep(evaluation, sample, choice, this.map);
    } catch (cause) {
      if (signal.aborted) return;
      this.state = 'error';
      this.error = toApiError(cause);
    }
  }

  private show(map: AttributionMap, signal: AbortSignal): void {
    if (!signal.aborted) this.map = map;
  }

  /** stop keeps the map as far as it got. */
  stop = (): void => {
    this.control.abort();
    this.state = 'stopped';
  };

  private finish(wish: MapWish): void {
    this.state = 'done';
    this.answers = wish;
  }

  /** judged notes what the map was found to be worth. */
  judged = (verdict: Verdict): void => {
    if (!this.map || !this.answers) return;
    const { evaluation, sample, choice } = this.answers;
    this.map = { ...this.map, verdict };
    keep(evaluation, sample, choice, this.map);
  };

  retry = (): void => {
    this.attempt++;
  };
}

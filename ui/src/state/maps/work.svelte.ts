/** A map that is being made: recalled, or streamed while it sharpens, and kept when finished. */
import { fetchMap, streamMap } from '../../api/maps';
import { ApiError } from '../../api/request';
import type { AttributionMap, MeasureProgress, Verdict } from '../../api/types';
import { toApiError } from '../resource.svelte';
import { keep, type MapPlace, recall } from './kept';
import { Turns } from './turns';

export interface MapRequest extends MapPlace {
  /** The method sharpens its maps: show them on the way. */
  streams: boolean;
}

/** Turn runs work when it may begin; aborting the signal before that rejects. */
export type Turn = (work: () => Promise<void>, signal: AbortSignal) => Promise<void>;

const atOnce: Turn = (work) => work();

/** Galleries and comparisons ask for many maps: two at a time keep the server answering. */
export const turns = new Turns(2);

export class MapWork {
  map: AttributionMap | undefined = $state.raw();
  state: 'waiting' | 'running' | 'done' | 'stopped' | 'error' = $state('waiting');
  error: ApiError | undefined = $state.raw();
  /** How much of the work is done, while it runs. */
  progress: MeasureProgress | undefined = $state.raw();
  private control = new AbortController();

  constructor(
    readonly asked: MapRequest,
    private readonly turn: Turn = atOnce,
  ) {}

  get busy(): boolean {
    return this.state === 'waiting' || this.state === 'running';
  }

  /** start makes the map, or takes up a stopped or failed one again. */
  start = (): void => {
    this.control.abort();
    this.control = new AbortController();
    void this.run(this.control.signal);
  };

  /** stop gives up the turn or ends the work; what there is stays. */
  stop = (): void => {
    this.control.abort();
    if (this.busy) this.state = 'stopped';
  };

  /** assessed notes the verdict on a finished map. */
  assessed = (verdict: Verdict): void => {
    if (this.state !== 'done' || !this.map) return;
    this.map = { ...this.map, verdict };
    keep(this.asked, this.map);
  };

  private async run(signal: AbortSignal): Promise<void> {
    const known = recall(this.asked);
    this.error = this.progress = undefined;
    if (known) this.map = known;
    this.state = known ? 'done' : 'waiting';
    if (known) return;
    try {
      await this.turn(() => this.ask(signal), signal);
      if (signal.aborted) return;
      if (!this.map) throw new ApiError(0, 'No map', 'The server sent none. Try again.');
      keep(this.asked, this.map);
      this.state = 'done';
    } catch (cause) {
      if (signal.aborted) return;
      this.state = 'error';
      this.error = toApiError(cause);
    }
  }

  private async ask(signal: AbortSignal): Promise<void> {
    const { evaluation, sample, choice, streams } = this.asked;
    this.state = 'running';
    const show = (map: AttributionMap) => {
      if (!signal.aborted) this.map = map;
    };
    const note = (progress: MeasureProgress) => {
      if (!signal.aborted) this.progress = progress;
    };
    if (streams) await streamMap(evaluation, sample, choice, signal, show, note);
    else show(await fetchMap(evaluation, sample, choice, signal));
  }
}

/** What the map in view is worth: shown if it was judged before, measured when asked for. */
import { type ApiError, type MapChoice, measureTrust, storedTrust } from '../api/client';
import type { Trust, TrustProgress } from '../api/types';
import { toApiError } from './resource.svelte';

export interface TrustWish {
  evaluation: string;
  sample: string;
  choice: MapChoice;
  /** The server keeps a judgement of this map. */
  known: boolean;
}

export class TrustSession {
  trust: Trust | undefined = $state.raw();
  progress: TrustProgress | undefined = $state.raw();
  error: ApiError | undefined = $state.raw();
  state: 'none' | 'opening' | 'running' | 'done' | 'error' = $state('none');
  private control = new AbortController();
  private wish: TrustWish | null = null;

  constructor(wish: () => TrustWish | null) {
    $effect(() => {
      this.wish = wish();
      this.trust = this.progress = this.error = undefined;
      this.state = 'none';
      if (this.wish?.known) void this.ask('opening', this.stored);
      return () => this.control.abort();
    });
  }

  measure = (): void => void this.ask('running', this.measured);

  stop = (): void => {
    this.control.abort();
    this.progress = undefined;
    this.state = 'none';
  };

  private stored = ({ evaluation, sample, choice }: TrustWish, signal: AbortSignal): Promise<Trust> =>
    storedTrust(evaluation, sample, choice, signal);

  private measured = ({ evaluation, sample, choice }: TrustWish, signal: AbortSignal): Promise<Trust> =>
    measureTrust(evaluation, sample, choice, signal, (progress) => {
      if (!signal.aborted) this.progress = progress;
    });

  private async ask(
    state: 'opening' | 'running',
    work: (wish: TrustWish, signal: AbortSignal) => Promise<Trust>,
  ): Promise<void> {
    this.control.abort();
    if (!this.wish) return;
    this.control = new AbortController();
    const { signal } = this.control;
    this.error = this.progress = undefined;
    this.state = state;
    try {
      const trust = await work(this.wish, signal);
      if (signal.aborted) return;
      this.trust = trust;
      this.state = 'done';
    } catch (cause) {
      if (signal.aborted) return;
      this.error = toApiError(cause);
      this.state = 'error';
    }
  }
}

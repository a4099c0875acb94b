/** The map that a part of the page shows: another request makes another map and ends the work on the old one. */
import { untrack } from 'svelte';
import type { ApiError } from '../../api/request';
import type { AttributionMap, MeasureProgress, Verdict } from '../../api/types';
import { type MapRequest, MapWork, type Turn } from './work.svelte';

export class MapSession {
  private work: MapWork | undefined = $state.raw();
  private attempt = $state(0);

  /** Without a turn the work begins at once. */
  constructor(request: () => MapRequest | null, turn?: Turn) {
    $effect(() => {
      const asked = request();
      void this.attempt;
      const work = asked ? new MapWork(asked, turn) : undefined;
      this.work = work;
      // Starting reads the work's own state, which must not make the request run again.
      untrack(() => work?.start());
      return () => work?.stop();
    });
  }

  get map(): AttributionMap | undefined {
    return this.work?.map;
  }

  get state(): MapWork['state'] | 'idle' {
    return this.work?.state ?? 'idle';
  }

  get error(): ApiError | undefined {
    return this.work?.error;
  }

  get progress(): MeasureProgress | undefined {
    return this.work?.progress;
  }

  /** The request of which `map` is the finished answer. */
  get answers(): MapRequest | undefined {
    return this.state === 'done' ? this.work?.asked : undefined;
  }

  stop = (): void => this.work?.stop();

  assessed = (verdict: Verdict): void => this.work?.assessed(verdict);

  retry = (): void => {
    this.attempt++;
  };
}

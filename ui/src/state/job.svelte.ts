/** A job that is watched until it ends, and what may be asked of it meanwhile. */
import { watchJob } from '../api/client';
import type { ApiError } from '../api/request';
import type { Job, MeasureProgress } from '../api/types';
import { toApiError } from './resource.svelte';

export const active = (job: Job): boolean => job.state === 'running' || job.state === 'queued';

/** ending says how a job ended; nothing where it ended well. */
export const ending = (job: Job): string =>
  job.state === 'done' ? '' : `The job is ${job.state}${job.error ? ': ' + job.error : '.'}`;

/** progressOf is how far a job has come; undefined until it is planned. */
export const progressOf = (job: Job | undefined): MeasureProgress | undefined =>
  job?.items ? { done: job.done, total: job.items, rate: job.rate, eta_seconds: job.eta_seconds } : undefined;

export class WatchedJob {
  private job: Job | undefined = $state.raw();
  error: ApiError | undefined = $state.raw();
  /** How the last one ended, if not well. */
  told = $state('');
  busy = $state(false);

  /** id is the job to watch, if there is one; onchange is called when it ends, and after act. */
  constructor(
    id: () => string | null | undefined,
    private readonly onchange: () => void,
  ) {
    $effect(() => {
      const watched = id();
      this.job = undefined;
      if (!watched) return;
      const control = new AbortController();
      watchJob(watched, control.signal, (next) => {
        this.job = next;
        if (active(next)) return;
        this.told = ending(next);
        this.onchange();
      }).catch(() => undefined);
      return () => control.abort();
    });
  }

  get progress(): MeasureProgress | undefined {
    return progressOf(this.job);
  }

  /** act starts a job, or stops it. */
  act = async (work: () => Promise<unknown>): Promise<void> => {
    this.busy = true;
    this.error = undefined;
    try {
      await work();
      this.told = '';
    } catch (cause) {
      this.error = toApiError(cause);
    }
    this.busy = false;
    this.onchange();
  };
}

/** The positions of an evaluation's images: by principal components at once, by neighbours as soon as they are made. */
import { watchJob } from '../../../api/client';
import type { ApiError } from '../../../api/request';
import { makeSpace, points, space, type Points, type Projection } from '../../../api/space';
import type { Job, Space } from '../../../api/types';
import { toApiError } from '../../../state/resource.svelte';

/** Maps that take so many seconds at most are made unasked. */
export const unasked = 60;

export class Layout {
  about: Space | undefined = $state.raw();
  shown: Points | undefined = $state.raw();
  projection: Projection = $state('pca');
  job: Job | undefined = $state.raw();
  error: ApiError | undefined = $state.raw();
  private control = new AbortController();

  constructor(private evaluation: string) {}

  /** start shows what there is, and has made what may be made unasked. */
  async start(): Promise<void> {
    await this.trying(async ({ signal }) => {
      this.about = await space(this.evaluation, signal);
      if (this.about.reason) return;
      if (this.about.made) return this.show('umap');
      await this.show('pca');
      if (this.about.seconds <= unasked) await this.make();
    });
  }

  async show(projection: Projection): Promise<void> {
    await this.trying(async ({ signal }) => {
      const found = await points(this.evaluation, projection, signal);
      this.projection = projection;
      this.shown = found;
    });
  }

  /** make has the map made by neighbours, and shows it in place of the other. */
  async make(): Promise<void> {
    await this.trying(async ({ signal }) => {
      const { job } = await makeSpace(this.evaluation);
      if (signal.aborted) return;
      if (job) await watchJob(job.id, signal, (next) => (this.job = next));
      const ended = this.job;
      this.job = undefined;
      if (ended && ended.state !== 'done') throw new Error(ended.error || `The job is ${ended.state}`);
      if (this.about) this.about = { ...this.about, made: true };
      await this.show('umap');
    });
  }

  stop(): void {
    this.control.abort();
  }

  private async trying(work: (control: AbortController) => Promise<void>): Promise<void> {
    const control = this.control;
    this.error = undefined;
    try {
      await work(control);
    } catch (cause) {
      if (!control.signal.aborted) this.error = toApiError(cause);
    }
  }
}

/** The samples of a slice, page by page as they come into sight; a new slice starts an empty book. */
import { api } from '../../../api/client';
import type { ApiError } from '../../../api/request';
import type { SampleSummary } from '../../../api/types';
import { Resource, toApiError } from '../../../state/resource.svelte';

/** Samples per page. */
export const page = 60;

export interface SamplesRequest {
  evaluation: string;
  /** Which samples: a text in the language of slices. */
  slice: string;
  sort: string;
  /** Grows when there are other data under the same filter. */
  revision: number;
}

export class Samples {
  /** The page that tells how many there are. */
  readonly first: Resource<{ total: number; samples: SampleSummary[] | null }>;
  failure: ApiError | undefined = $state.raw();
  private pages: Record<number, SampleSummary[] | 'asked'> = $state.raw({});
  private abort = new AbortController();

  /** request is JSON of a SamplesRequest: as text, so that an equal one asks nothing anew. */
  constructor(private readonly request: () => string) {
    this.first = new Resource(request, (signal) => this.fetch(0, signal));
    $effect(() => {
      request();
      this.abort = new AbortController();
      this.pages = {};
      this.failure = undefined;
      return () => this.abort.abort();
    });
    $effect(() => {
      if (this.first.data) this.pages = { 0: this.first.data.samples ?? [] };
    });
  }

  get total(): number {
    return this.first.data?.total ?? 0;
  }

  at(index: number): SampleSummary | undefined {
    const list = this.pages[Math.floor(index / page)];
    return Array.isArray(list) ? list[index % page] : undefined;
  }

  /** want asks for the pages of some indices, where they are not here yet. */
  want(indices: number[]): void {
    if (!this.first.data) return;
    const numbers = new Set(indices.map((index) => Math.floor(index / page)));
    numbers.forEach((number) => void this.ask(number));
  }

  /** between gives the samples from one index to another, fetching the pages that are not here. */
  async between(from: number, to: number): Promise<SampleSummary[]> {
    const list: SampleSummary[] = [];
    for (let number = Math.floor(from / page); number * page <= to; number++) {
      const held = this.pages[number];
      const got = Array.isArray(held) ? held : ((await this.fetch(number, this.abort.signal)).samples ?? []);
      list.push(...got.filter((_, i) => number * page + i >= from && number * page + i <= to));
    }
    return list;
  }

  private async ask(number: number): Promise<void> {
    if (number === 0 || this.pages[number]) return;
    this.pages = { ...this.pages, [number]: 'asked' };
    const { signal } = this.abort;
    try {
      const got = await this.fetch(number, signal);
      if (!signal.aborted) this.pages = { ...this.pages, [number]: got.samples ?? [] };
    } catch (cause) {
      if (!signal.aborted) this.failure = toApiError(cause);
    }
  }

  private fetch(number: number, signal: AbortSignal) {
    const { evaluation, slice, sort } = JSON.parse(this.request()) as SamplesRequest;
    return api.samples(evaluation, slice, { sort, offset: number * page, limit: page }, signal);
  }
}

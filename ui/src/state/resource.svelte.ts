/** Data that follows a key: fetched anew when the key changes, the old kept until then. */
import { ApiError } from '../api/request';

/** Milliseconds until a server that did not answer is asked again. */
const pause = 3000;

export class Resource<T> {
  data: T | undefined = $state.raw();
  error: ApiError | undefined = $state.raw();
  loading = $state(false);
  private attempt = $state(0);

  /** key null means: nothing to fetch. `keep` false drops old data when the key changes. */
  constructor(key: () => string | null, fetcher: (signal: AbortSignal) => Promise<T>, keep = true) {
    // Where the key stays the same, whatever it is made of may change.
    const wanted = $derived(key());
    $effect(() => {
      const current = wanted;
      void this.attempt;
      if (!keep) this.data = undefined;
      this.error = undefined;
      if (current === null) return;
      const control = new AbortController();
      this.loading = true;
      fetcher(control.signal)
        .then((data) => this.settle(control.signal, data, undefined))
        .catch((error) => this.settle(control.signal, undefined, toApiError(error)));
      return () => control.abort();
    });
  }

  private settle(signal: AbortSignal, data: T | undefined, error: ApiError | undefined): void {
    if (signal.aborted) return;
    this.loading = false;
    this.error = error;
    if (data !== undefined) this.data = data;
    if (error?.unreachable) {
      const timer = setTimeout(this.retry, pause);
      signal.addEventListener('abort', () => clearTimeout(timer));
    }
  }

  retry = (): void => {
    this.attempt++;
  };
}

/** toApiError gives any thrown thing the shape the pages can show. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, 'Unexpected error', `${String(error)}. Reload the page; if it stays, report it.`);
}

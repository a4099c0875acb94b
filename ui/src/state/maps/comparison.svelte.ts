/** The maps of a comparison: each waits its turn, what is in sight first, and can be stopped alone. */
import { untrack } from 'svelte';
import type { MapChoice } from '../../api/maps';
import type { Method } from '../../api/types';
import { keyOf } from './kept';
import { MapWork, turns } from './work.svelte';

export interface ComparisonRequest {
  evaluation: string;
  sample: string;
  /** In the order in which they are shown. */
  cells: { method: Method; choice: MapChoice }[];
}

/** One map of a comparison, and where it stands. */
export class ComparedMap extends MapWork {
  /** Set by the page: maps in sight are made first. */
  visible = false;

  constructor(
    evaluation: string,
    sample: string,
    readonly method: Method,
    readonly choice: MapChoice,
    public place: number,
  ) {
    super({ evaluation, sample, choice, streams: method.streams }, (work, signal) =>
      turns.run(work, signal, () => this.place + (this.visible ? 0 : 1e6), `${sample} ${method.name}`),
    );
  }
}

export class Comparison {
  cells: ComparedMap[] = $state.raw([]);
  private known = new Map<string, ComparedMap>();

  /** Maps that stay in the request go on undisturbed; those that leave it are stopped. */
  constructor(request: () => ComparisonRequest | null) {
    $effect(() => {
      const current = request();
      const next = new Map<string, ComparedMap>();
      current?.cells.forEach(({ method, choice }, place) => {
        const { evaluation, sample } = current;
        const key = keyOf({ evaluation, sample, choice });
        const cell = this.known.get(key) ?? new ComparedMap(evaluation, sample, method, choice, place);
        cell.place = place;
        next.set(key, cell);
      });
      this.replace(next);
    });
    $effect(() => () => this.stop());
  }

  private replace(next: Map<string, ComparedMap>): void {
    untrack(() => {
      for (const [key, cell] of this.known) if (!next.has(key)) cell.stop();
    });
    const fresh = [...next].filter(([key]) => !this.known.has(key)).map(([, cell]) => cell);
    this.known = next;
    this.cells = [...next.values()];
    // Starting reads the cells' own state, which must not make the request run again.
    untrack(() => fresh.forEach((cell) => cell.start()));
  }

  stop = (): void => this.cells.forEach((cell) => cell.stop());
}

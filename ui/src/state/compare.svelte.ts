/** The maps of a comparison: each waits its turn, what is in sight first, and can be stopped alone. */
import { untrack } from 'svelte';
import { choiceQuery, fetchMap, type MapChoice, streamMap } from '../api/maps';
import type { ApiError } from '../api/request';
import type { AttributionMap, MeasureProgress, Method } from '../api/types';
import { keep, recall, turns } from '../viz/mapcache';
import { toApiError } from './resource.svelte';

export interface CompareWish {
  evaluation: string;
  sample: string;
  /** In the order in which they are shown. */
  cells: { method: Method; choice: MapChoice }[];
}

export class CompareCell {
  map: AttributionMap | undefined = $state.raw();
  state: 'waiting' | 'running' | 'done' | 'stopped' | 'error' = $state('waiting');
  error: ApiError | undefined = $state.raw();
  /** How far it is, while it runs. */
  progress: MeasureProgress | undefined = $state.raw();
  /** Set by the page: maps in sight are made first. */
  visible = false;
  private control = new AbortController();

  constructor(
    private readonly evaluation: string,
    private readonly sample: string,
    readonly method: Method,
    readonly choice: MapChoice,
    public place: number,
  ) {}

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

  get busy(): boolean {
    return this.state === 'waiting' || this.state === 'running';
  }

  private async run(signal: AbortSignal): Promise<void> {
    const known = recall(this.evaluation, this.sample, this.choice);
    this.error = undefined;
    if (known) this.map = known;
    this.state = known ? 'done' : 'waiting';
    if (known) return;
    try {
      const urgency = () => this.place + (this.visible ? 0 : 1e6);
      await turns.run(() => this.ask(signal), signal, urgency, `${this.sample} ${this.method.name}`);
      if (signal.aborted || !this.map) return;
      this.state = 'done';
      keep(this.evaluation, this.sample, this.choice, this.map);
    } catch (cause) {
      if (signal.aborted) return;
      this.state = 'error';
      this.error = toApiError(cause);
    }
  }

  private async ask(signal: AbortSignal): Promise<void> {
    this.state = 'running';
    const show = (map: AttributionMap) => {
      if (!signal.aborted) this.map = map;
    };
    const note = (progress: MeasureProgress) => {
      if (!signal.aborted) this.progress = progress;
    };
    this.progress = undefined;
    if (this.method.streams) await streamMap(this.evaluation, this.sample, this.choice, signal, show, note);
    else show(await fetchMap(this.evaluation, this.sample, this.choice, signal));
  }
}

const keyOf = (wish: CompareWish, choice: MapChoice) =>
  [wish.evaluation, wish.sample, choiceQuery(choice)].join('\n');

export class CompareSession {
  cells: CompareCell[] = $state.raw([]);
  private known = new Map<string, CompareCell>();

  /** Cells that stay in the wish go on undisturbed; those that leave it are stopped. */
  constructor(wish: () => CompareWish | null) {
    $effect(() => {
      const current = wish();
      const next = new Map<string, CompareCell>();
      current?.cells.forEach(({ method, choice }, place) => {
        const key = keyOf(current, choice);
        const { evaluation, sample } = current;
        const cell = this.known.get(key) ?? new CompareCell(evaluation, sample, method, choice, place);
        cell.place = place;
        next.set(key, cell);
      });
      this.replace(next);
    });
    $effect(() => () => this.stop());
  }

  private replace(next: Map<string, CompareCell>): void {
    untrack(() => {
      for (const [key, cell] of this.known) if (!next.has(key)) cell.stop();
    });
    const fresh = [...next].filter(([key]) => !this.known.has(key)).map(([, cell]) => cell);
    this.known = next;
    this.cells = [...next.values()];
    // Starting reads the cells' own state, which must not make the wish run again.
    untrack(() => fresh.forEach((cell) => cell.start()));
  }

  stop = (): void => this.cells.forEach((cell) => cell.stop());
}

/** Images of a gallery that are chosen by hand: one by one, or from one to another. */
import type { SampleSummary } from '../../../api/types';

/** The images of a gallery by their places; those that are not here yet are fetched. */
export interface Places {
  between(from: number, to: number): Promise<SampleSummary[]>;
}

export class Selecting {
  /** Pressing an image chooses it, instead of opening it. */
  on = $state(false);
  chosen: ReadonlySet<number> = $state.raw(new Set());
  /** Where a row of chosen images begins: the last that was pressed by itself. */
  private anchor = 0;

  /** choose turns one image round; with a range it adds all from the last one that was pressed to this. */
  async choose(places: Places, index: number, range: boolean): Promise<void> {
    const from = range ? Math.min(this.anchor, index) : index;
    const to = range ? Math.max(this.anchor, index) : index;
    const list = (await places.between(from, to)).map(({ id }) => id);
    const next = new Set(this.chosen);
    for (const id of list) {
      if (!range && next.has(id)) next.delete(id);
      else next.add(id);
    }
    if (!range) this.anchor = index;
    this.chosen = next;
  }

  clear(): void {
    this.chosen = new Set();
    this.anchor = 0;
  }
}

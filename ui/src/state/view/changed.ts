import { sortOf } from './slice';
import type { View } from './view';

/** changed returns the view with some parts replaced, one level deep. */
export function changed(
  view: View,
  change: Partial<Omit<View, 'slice' | 'matrix' | 'map' | 'compare'>> & {
    slice?: Partial<View['slice']>;
    matrix?: Partial<View['matrix']>;
    map?: Partial<View['map']>;
    compare?: Partial<View['compare']>;
  },
): View {
  const slice = { ...view.slice, ...change.slice };
  return {
    ...view,
    ...change,
    slice,
    sort: sortOf(change.sort ?? view.sort, slice),
    matrix: { ...view.matrix, ...change.matrix },
    map: { ...view.map, ...change.map },
    compare: { ...view.compare, ...change.compare },
  };
}

/** Doors from figures about maps to the images behind them. */
import { argumentText, type Choice, type Slice } from '../slice/language';
import { formatView } from './address';
import type { View } from './view';

/** Which maps a figure is about: never of several methods or targets. */
export interface MapKind {
  method: string;
  target: string;
}

const verdict = (value: string, not: boolean): Choice => ({ not, values: [value] });

function door(view: View, slice: Slice, kind: MapKind, change: Partial<Slice>, sort: View['sort']): string {
  return formatView({
    ...view,
    page: 'evaluation', // where images are
    all: false,
    whole: false,
    sort,
    slice: { ...slice, ...change },
    map: { ...view.map, method: kind.method, target: kind.target, overlay: true },
  });
}

/** shareDoor opens the images whose maps a mean share is of, the largest share first; without the red maps. */
export function shareDoor(view: View, slice: Slice, kind: MapKind, region: string, red: boolean): string {
  const { method, target } = kind;
  const share = {
    [argumentText(region, method, target)]: { not: false, low: 0, high: null },
  };
  const trusted = red
    ? { verdict: { ...slice.verdict, [argumentText(method, target)]: verdict('red', true) } }
    : {};
  return door(view, slice, kind, { share, ...trusted }, '-share');
}

/** verdictDoor opens the images whose maps have a verdict; none: whose trust is not measured. */
export function verdictDoor(view: View, slice: Slice, kind: MapKind, word: string): string {
  const of = argumentText(kind.method, kind.target);
  return door(view, slice, kind, { verdict: { ...slice.verdict, [of]: verdict(word, false) } }, view.sort);
}

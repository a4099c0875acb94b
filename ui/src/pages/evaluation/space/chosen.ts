/** What selected points have in common: in figures, and in the pairs of label and prediction. */
import type { PointValues } from '../../../api/space';

export interface Pair {
  label: number;
  predicted: number;
  count: number;
}

export interface Summary {
  labelled: number;
  right: number;
  /** The most frequent first. */
  pairs: Pair[];
}

export function summary(list: number[], v: PointValues): Summary {
  const pairs = new Map<string, Pair>();
  let [labelled, right] = [0, 0];
  for (const i of list) {
    const [label, predicted] = [v.label[i], v.predicted[i]];
    if (label >= 0) {
      labelled++;
      if (label === predicted) right++;
    }
    const key = `${label} ${predicted}`;
    const pair = pairs.get(key) ?? { label, predicted, count: 0 };
    pair.count++;
    pairs.set(key, pair);
  }
  return { labelled, right, pairs: [...pairs.values()].sort((a, b) => b.count - a.count) };
}

/** wrongFirst orders points for looking: mistakes before the others, each from sure to unsure. */
export function wrongFirst(list: number[], v: PointValues): number[] {
  const wrong = (i: number) => (v.label[i] >= 0 && v.label[i] !== v.predicted[i] ? 1 : 0);
  return [...list].sort((a, b) => wrong(b) - wrong(a) || v.confidence[b] - v.confidence[a]);
}

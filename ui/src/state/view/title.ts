/** Naming what a view shows in a few words: the same stand over the gallery and on the sample page. */
import { only } from '../slice/classes';
import { termsOf, type Slice } from '../slice/language';
import { named, sentence } from '../slice/sentence';
import { selection } from './slice';
import type { View } from './view';

/** sliceTitle names what a view shows in a few words. */
export function sliceTitle(view: View, classes: string[]): string {
  const { label, predicted, correct, ...rest } = view.slice;
  const name = (index: number) => (index < 0 ? 'no decision' : named(index, classes));
  const [truth, guess] = [only(label), only(predicted)];
  const known = truth !== null && truth >= 0;
  const parts: string[] = [];
  const left: Slice = { ...rest, split: null, threshold: 0, label: null, predicted: null, correct: null };
  const chosen = selection(view);
  if (chosen !== 'slice') parts.push(chosen === 'all' ? 'All images' : 'All mistakes');
  else if (known && guess !== null) parts.push(`${name(truth)} → ${name(guess)}`);
  else if (known && !predicted) parts.push(`Labelled ${name(truth)}`);
  else if (guess !== null && !label) parts.push(guess < 0 ? 'No decision' : `Predicted ${name(guess)}`);
  else Object.assign(left, { label, predicted });
  if (correct !== null) parts.push(correct ? 'right' : parts.length ? 'wrong' : 'Mistakes');
  if (termsOf(left).length) parts.push(sentence(left, classes));
  const title = parts.join(', ');
  return known && guess !== null ? title : title[0].toUpperCase() + title.slice(1);
}

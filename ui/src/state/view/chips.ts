/** The conditions of a slice one by one: what each says, and the view without it. */
import { sliceOf, termsOf } from '../slice/language';
import { sentence } from '../slice/sentence';
import { changed } from './changed';
import type { View } from './view';

export interface Chip {
  text: string;
  without: View;
}

/** chips lists them in the order of the language. Without the last one all samples are meant, of every split. */
export function chips(view: View, classes: string[]): Chip[] {
  const terms = termsOf(view.slice);
  return terms.map((term) => {
    const left = terms.filter((other) => other !== term);
    return {
      text: sentence(sliceOf([term]), classes),
      without: { ...changed(view, { slice: sliceOf(left) }), whole: left.length === 0 && !view.all },
    };
  });
}

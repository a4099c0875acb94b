/** The classes of an evaluation in a view: names become indices, and what the model does not have is its problem. */
import { resolveSlice } from '../slice/classes';
import { Mistake } from '../slice/language';
import type { View } from './view';

export function resolveView(view: View, classes: string[]): View {
  try {
    return { ...view, slice: resolveSlice(view.slice, classes) };
  } catch (mistake) {
    if (!(mistake instanceof Mistake)) throw mistake;
    return { ...view, problem: mistake.message };
  }
}

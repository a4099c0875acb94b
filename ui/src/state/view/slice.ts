/** The slice in the address and in the parameters of the API: their names are the same. */
import { type Field, number, oneOf } from './field';
import { isSliced, type Slice, type View } from './view';

function sliceNumber(key: keyof Slice): Field {
  return {
    write: (view) => view.slice[key] as number | null,
    read: (view, text) => Object.assign(view.slice, { [key]: number(text) }),
  };
}

/** The parameters of the slice, in the order in which addresses have them. */
export const sliceFields: Record<string, Field> = {
  label: sliceNumber('label'),
  predicted: sliceNumber('predicted'),
  correct: {
    write: (v) => v.slice.correct,
    read: (v, t) => (v.slice.correct = t === 'true' || t === 'false' || t === 'any' ? t : null),
  },
  min_confidence: sliceNumber('minConfidence'),
  max_confidence: sliceNumber('maxConfidence'),
  class: sliceNumber('scoreClass'),
  min_score: sliceNumber('minScore'),
  max_score: sliceNumber('maxScore'),
  q: { write: (v) => v.slice.text, read: (v, t) => (v.slice.text = t) },
  sort: {
    write: (v) => (v.slice.sort === '-confidence' ? null : v.slice.sort),
    read: (v, t) => (v.slice.sort = oneOf(t, ['-confidence', 'confidence', '-loss', 'path'], '-confidence')),
  },
};

/**
 * apiFilter is the view's slice in the parameters of the samples endpoints.
 * An evaluation without a slice shows its mistakes, a sample without one stands among all.
 */
export function apiFilter(view: View): Record<string, string | number | null> {
  const { slice } = view;
  const mistakes = view.page === 'evaluation' && !isSliced(slice);
  const correct = mistakes ? 'false' : slice.correct;
  return {
    split: view.split,
    threshold: view.threshold || null,
    label: slice.label,
    predicted: slice.predicted,
    correct: correct === 'any' ? null : correct,
    min_confidence: slice.minConfidence,
    max_confidence: slice.maxConfidence,
    class: slice.scoreClass,
    min_score: slice.minScore,
    max_score: slice.maxScore,
    q: slice.text,
    sort: slice.sort,
  };
}

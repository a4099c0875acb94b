/** What an evaluation's figures are over, and the split that stands for it where an address chooses nothing. */
import type { Evaluation, EvaluationSummary } from '../../api/types';
import { count, plural } from '../../format';
import { formatSlice, parseSlice, termsOf } from '../slice/language';
import { emptyView, type View } from './view';

/** headlined goes to the images of the headline; null where the address chooses already, or there is nothing to choose. */
export function headlined(view: View, { headline }: Pick<Evaluation, 'headline'>): View | null {
  if (view.whole || view.all || termsOf(view.slice).length || !headline.slice) return null;
  return { ...view, slice: parseSlice(headline.slice) };
}

/** evaluationView is the first page of an evaluation in a list: its findings, while it runs its matrix. */
export const evaluationView = ({ id, state }: Pick<EvaluationSummary, 'id' | 'state'>): View => ({
  ...emptyView(),
  page: state === 'done' ? 'findings' : 'evaluation',
  evaluation: id,
});

/** overImages says what a headline is over: "test, 320 images". */
export const overImages = (name: string, images: number): string => `${name}, ${plural(images, 'image')}`;

/** counted says what an evaluation's figures are over: "test, 320 images", "all splits, 464 images (test 40, train 424)", "test without excluded with proposed labels, 315 images". */
export function counted(data: Evaluation): string {
  const { without, labels, column } = parseSlice(data.slice);
  const text = all(data);
  const which = [
    ...Object.entries(column).map(
      ([name, { not, values }]) => `${decodeURIComponent(name)} ${not ? 'not ' : ''}${values.join(' or ')}`,
    ),
    without && (without.not ? 'only excluded' : 'without excluded'),
    labels && 'with proposed labels',
  ]
    .filter(Boolean)
    .join(' ');
  if (!which) return text;
  return text.includes(', ') ? text.replace(', ', ` ${which}, `) : `${text} ${which}`;
}

function all(data: Evaluation): string {
  const splits = data.splits ?? [];
  const images = plural(data.evaluated, 'image');
  if (!splits.length) return images;
  const { split } = parseSlice(data.slice);
  if (split)
    return overImages(
      data.slice === data.headline.slice ? data.headline.name : formatted(split),
      data.evaluated,
    );
  const parts = splits.map((s) => `${s.name} ${count(s.count)}`);
  return splits.length > 1
    ? `all splits, ${images} (${parts.join(', ')})`
    : overImages(splits[0].name, data.evaluated);
}

/** unfinished says how far an evaluation came that is not at its end: "230 of 740 samples, cancelled"; '' for the others. */
export const unfinished = ({
  state,
  predicted,
  samples,
}: Pick<EvaluationSummary, 'state' | 'predicted' | 'samples'>): string =>
  state === 'done' ? '' : `${count(predicted)} of ${plural(samples, 'sample')}, ${state}`;

const formatted = (split: { not: boolean; values: (number | string)[] }) =>
  (split.not ? 'all but ' : '') + split.values.join(' and ');

/** isHeadline tells whether the figures are those of the headline, but for a threshold. */
export const isHeadline = ({ slice, headline }: Pick<Evaluation, 'slice' | 'headline'>): boolean =>
  formatSlice({ ...parseSlice(slice), threshold: 0 }) === headline.slice;

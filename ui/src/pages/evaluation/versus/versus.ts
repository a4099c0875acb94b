/** Words and numbers of a comparison. */
import type { Comparison, Estimate, EvaluationSummary } from '../../../api/types';
import { count, fixed, plural } from '../../../format';

/** choices lists the evaluations to compare with: those of the same dataset first. */
export function choices(
  now: { id: string; dataset: string },
  all: Pick<EvaluationSummary, 'id' | 'dataset' | 'model'>[],
): { id: string; name: string }[] {
  const others = all.filter(({ id }) => id !== now.id);
  const same = others.filter(({ dataset }) => dataset === now.dataset);
  const rest = others.filter(({ dataset }) => dataset !== now.dataset);
  return [
    ...same.map(({ id, model }) => ({ id, name: model })),
    ...rest.map(({ id, dataset, model }) => ({ id, name: `${model} on ${dataset}` })),
  ];
}

/** points: 0.681 → "+68.1", in points of a hundred. */
export const points = (value: number): string => plus(fixed(100 * value, 1));

const plus = (text: string): string =>
  /^[−0–]/.test(text) && !/^0\.\d*[1-9]/.test(text) ? text : `+${text}`;

/** change writes a difference of two shares of attribution: "+0.46". */
export const change = (value: number): string => plus(fixed(value, 2));

/** range writes an interval with a writer of its ends; '' where there is none. */
export const range = ({ known, low, high }: Estimate, write: (value: number) => string): string =>
  known ? `${write(low)} to ${write(high)}` : '';

/** verdict says whether the images that changed sides are more than chance. */
export function verdict({ transitions, p, images }: Comparison): string {
  if (!images) return 'The two evaluations have no labelled image in common.';
  const of = (name: string) => transitions.find(({ transition }) => transition === name)?.count ?? 0;
  const [fixed, broken] = [of('fixed'), of('broken')];
  if (fixed + broken === 0) return 'No image became right or wrong.';
  const what = `${plural(fixed, 'image')} fixed, ${count(broken)} broken: `;
  return what + (p < 0.05 ? `more than chance (${pText(p)}).` : `that may be chance (${pText(p)}).`);
}

/** pText: "p = 0.03", "p < 0.001". */
export const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toPrecision(2)}`);

/** leftOut lists what the figures are not over. */
export function leftOut(c: Comparison): string[] {
  const classes = (list: string[], when: string) =>
    list.length
      ? `${plural(list.length, 'class', 'classes')} only ${when}: ${list.slice(0, 8).join(', ')}${list.length > 8 ? ', …' : ''}`
      : '';
  return [
    c.unpaired ? `${plural(c.unpaired, 'image')} without an earlier prediction` : '',
    c.unlabelled ? `${plural(c.unlabelled, 'image')} without a label on one side` : '',
    c.relabelled ? `${plural(c.relabelled, 'image')} with another label before` : '',
    classes(c.missing, 'now'),
    classes(c.missing_before, 'before'),
  ].filter(Boolean);
}

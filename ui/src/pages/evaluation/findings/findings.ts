/** What the page of findings shows of them, in words and in order. */
import type { Finding, FindingFill } from '../../../api/types';
import { percent } from '../../../format';

/** Findings that claim something; the others were tested and not found. */
export const claims = (list: Finding[]): Finding[] => list.filter(isClaim);

const isClaim = ({ word }: Finding): boolean => word === 'decides' || word === 'helps';

/** How many findings the page shows before it is asked for all. */
export const shownAtFirst = 10;

/** What was tested and is not used; regions of the dataset first. */
export const unused = (list: Finding[]): Finding[] =>
  list.filter(({ word }) => word === 'looked at, not used');

export const open = (list: Finding[]): Finding[] => list.filter(({ word }) => word === 'undecided');

const points = (share: number): string => String(Math.round(100 * share));

/** The number on a card, with its interval. */
export function effect({ control, effect, low, high, turned, n }: Finding): string {
  const images = `${n} images`;
  if (control === null) return `${percent(turned, 0)} turn (${points(low)} to ${points(high)} %) · ${images}`;
  return `+${points(effect)} points over the control (${points(low)} to ${points(high)}) · ${images}`;
}

/** What was done, by its fill. */
export const done: Record<FindingFill['fill'], string> = {
  pyramid: 'Hidden, smoothly filled',
  blur: 'Hidden by blur',
  swap: 'Swapped for another class’s',
};

/** A corrected p-value for people. */
export function chance(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

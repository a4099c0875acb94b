/** What the page of findings shows of them, in words and in order. */
import type { Finding, FindingFill } from '../../../api/types';
import { count, percent, plural } from '../../../format';

/** Findings that claim something; the others were tested and not found. */
export const claims = (list: Finding[]): Finding[] => list.filter(isClaim);

const isClaim = ({ grade, word, dismissed }: Finding): boolean =>
  !dismissed && (grade !== 'tested' || word === 'decides' || word === 'helps');

/** What users have seen enough of. */
export const dismissed = (list: Finding[]): Finding[] => list.filter(({ dismissed }) => dismissed);

/** A card: a finding, or those that several classes have in common. */
export type Card = [Finding, ...Finding[]];

/** cards puts what several classes have in common together, at the place of the first. */
export function cards(list: Finding[]): Card[] {
  const of = new Map<string, Card>();
  for (const finding of list) {
    const name = finding.group ?? finding.key;
    const card = of.get(name);
    if (card) card.push(finding);
    else of.set(name, [finding]);
  }
  return [...of.values()];
}

/** The images of a card: of several classes some of each. */
export function samplesOf(card: Card, most: number): number[] {
  if (card.length === 1) return card[0].samples.slice(0, most); // in pairs one may come twice
  const list: number[] = [];
  for (let i = 0; list.length < most && card.some(({ samples }) => samples.length > i); i++)
    for (const { samples } of card)
      if (i < samples.length && list.length < most && !list.includes(samples[i])) list.push(samples[i]);
  return list;
}

/** How many findings the page shows before it is asked for all. */
export const shownAtFirst = 10;

/** What was tested and is not used; regions of the dataset first. */
export const unused = (list: Finding[]): Finding[] =>
  list.filter(({ word, dismissed }) => !dismissed && word === 'looked at, not used');

export const open = (list: Finding[]): Finding[] =>
  list.filter(({ word, dismissed }) => !dismissed && word === 'undecided');

const points = (share: number): string => String(Math.round(100 * share));

/** The number on a card, with its interval. */
export function effect({ grade, control, effect, effect_unit, low, high, turned, n }: Finding): string {
  const images = plural(n, 'image');
  if (grade !== 'tested')
    return `${percent(effect, 0)} ${effect_unit.replace(/^share of/, 'of')} (${points(low)} to ${points(high)} %) · ${images}`;
  if (control === null) return `${percent(turned, 0)} turn (${points(low)} to ${points(high)} %) · ${images}`;
  return `+${points(effect)} points over the control (${points(low)} to ${points(high)}) · ${images}`;
}

/** What could be won, with its interval; '' where nothing is. */
export const won = ({ won, won_low, won_high }: Finding): string =>
  won > 0
    ? `could win ${count(won)} ${Math.round(won) === 1 ? 'error' : 'errors'} (${count(won_low)} to ${count(won_high)})`
    : '';

/** How a finding is known. */
export const grades: Record<Finding['grade'], string> = {
  tested: 'tested',
  maps: 'seen in maps',
  numbers: 'numbers only',
};

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

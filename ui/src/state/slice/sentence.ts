import { argumentsOf, termsOf, type Bounds, type Slice, type Term } from './language';
import { decimal } from './text';

/** sentence says a slice in English, as Go's Slice.Sentence does. */
export function sentence(slice: Slice, classes: string[]): string {
  return (
    termsOf(slice)
      .map((term) => say(term, classes))
      .join(', ') || 'all samples'
  );
}

function say(term: Term, classes: string[]): string {
  const { criterion, value } = term;
  if (typeof value === 'boolean') return (value ? criterion.yes : criterion.no) ?? '';
  if (typeof value === 'number') return fill(term, decimal(value), false, classes);
  if (!('values' in value))
    return fill(term, sayBounds(value, criterion.kind === 'whole'), value.not, classes);
  if (criterion.kind === 'text') return fill(term, `“${value.values[0]}”`, value.not, classes);
  const none =
    criterion.none && value.values[0] === -1
      ? fillIn(term, (value.not ? criterion.no : criterion.yes) ?? '', '', classes)
      : '';
  const list = none ? value.values.slice(1) : value.values;
  if (!list.length) return none;
  const text = fill(term, list.map((v) => named(v, classes)).join(' or '), value.not, classes);
  return none ? `${text} ${value.not ? 'and' : 'or'} ${none}` : text;
}

/** named is the name of a class or a word. */
export const named = (value: number | string, classes: string[]): string =>
  typeof value === 'string' ? value : (classes[value] ?? `class ${value}`);

/** fill puts words into the criterion's phrase; arguments that may be left out follow it. */
function fill(term: Term, what: string, not: boolean, classes: string[]): string {
  const { criterion } = term;
  return fillIn(term, (not ? criterion.sayNot : criterion.say) ?? '{}', what, classes);
}

function fillIn({ criterion, of }: Term, phrase: string, what: string, classes: string[]): string {
  const args = of === null ? [] : argumentsOf(criterion, criterion.name, of);
  const about = args.map((v) => named(v, classes));
  const more = about.splice((criterion.of?.length ?? 0) - (criterion.omit ?? 0)).join(', ');
  const text = phrase.replace(/\{(of)?\}/g, (_, word) => (word ? about.join(', ') : what));
  return more ? `${text} (${more})` : text;
}

function sayBounds({ low, high }: Bounds, whole: boolean): string {
  const [from, to] = [decimal(low), decimal(high)];
  const closed = high !== null && (high >= 1 || whole);
  if (high === null) return `at least ${from}`;
  if (whole && low === high) return from;
  if (low !== null) return `${from} to ${closed ? '' : 'under '}${to}`;
  return `${closed ? 'at most' : 'under'} ${to}`;
}

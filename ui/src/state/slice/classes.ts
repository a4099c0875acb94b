/** The classes of one evaluation in a slice: names become indices, and what the model does not have is a mistake. */
import { argumentsOf, Mistake, sliceOf, termsOf, type Slice, type Term } from './language';
import { classText, compareValues, encode } from './text';

/** resolveSlice is Go's Slice.Resolve. Throws a Mistake. */
export function resolveSlice(slice: Slice, classes: string[]): Slice {
  return sliceOf(termsOf(slice).map((term) => resolveTerm(term, classes)));
}

function resolveTerm(term: Term, classes: string[]): Term {
  const { criterion, value } = term;
  let { of } = term;
  const name = criterion.name + (of === null ? '' : `(${of})`);
  const index = (v: number | string) => indexOf(name, v, classes);
  if (of !== null) {
    of = argumentsOf(criterion, name, of)
      .map((v, i) => (criterion.of![i] === 'classes' ? classText(index(v)) : encode(String(v))))
      .join(',');
  }
  if (criterion.kind !== 'classes' || typeof value !== 'object' || !('values' in value)) {
    return { criterion, of, value };
  }
  return {
    criterion,
    of,
    value: { not: value.not, values: [...new Set(value.values.map(index))].sort(compareValues) },
  };
}

function indexOf(name: string, value: number | string, classes: string[]): number {
  if (typeof value === 'number') {
    if (value < classes.length) return value;
    throw new Mistake(name, `is ${value}: the classes are 0 to ${classes.length - 1}`);
  }
  const plain = (text: string) => text.replace(/[ _-]/g, '').toLowerCase();
  const find = (is: (text: string) => boolean) => classes.flatMap((text, i) => (is(text) ? [i] : []));
  let alike = find((text) => text === value);
  if (!alike.length) alike = find((text) => plain(text) === plain(value));
  if (alike.length === 1) return alike[0];
  throw new Mistake(
    name,
    alike.length
      ? `is ${value}: ${alike.length} classes of the model have this name, so it names none: give an index, ${alike.join(' ')}`
      : `is ${value}: the model has no such class${hint(value)}`,
  );
}

const hint = (name: string): string =>
  name.includes(',') || name.startsWith('!')
    ? '. A comma between several classes and ! are written as they are, not percent-encoded'
    : '';

/** only is the class when a choice is that one class, else null. */
export const only = (choice: Slice['label']): number | null =>
  choice && !choice.not && choice.values.length === 1 && typeof choice.values[0] === 'number'
    ? choice.values[0]
    : null;

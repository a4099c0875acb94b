/**
 * The language in which samples are selected, as Go's package slice has it
 * (docs/slices.md): label=cake&predicted=chocolate&confidence=0.7-. The table of
 * criteria is generated from that package, and the tests of its texts run on both.
 */
import { criteria, emptySlice, type Slice } from './criteria';
import {
  classText,
  compareValues,
  decimal,
  decode,
  encode,
  Mistake,
  readBounds,
  readClass,
  readFlag,
  readNumber,
  readWord,
} from './text';

export { criteria, emptySlice, Mistake, type Slice };

export type Kind = 'classes' | 'words' | 'text' | 'flag' | 'range' | 'whole' | 'level';

/** Any of these; a number is the index of a class, −1 none. */
export interface Choice {
  not: boolean;
  values: (number | string)[];
}

/** From low to high; null is no bound. */
export interface Bounds {
  not: boolean;
  low: number | null;
  high: number | null;
}

/** An entry of the table: Go's slice.Field has the meanings. */
export interface Criterion {
  name: keyof Slice;
  kind: Kind;
  pattern: string;
  of?: readonly Kind[];
  omit?: number;
  none?: true;
  among?: readonly string[];
  /** It selects nothing: it changes what others mean. */
  changes?: true;
  say?: string;
  sayNot?: string;
  yes?: string;
  no?: string;
  oldLow?: string;
  oldHigh?: string;
  oldOf?: string;
}

/** One condition: of is what stands in parentheses, null where nothing does. */
export interface Term {
  criterion: Criterion;
  of: string | null;
  value: Choice | Bounds | boolean | number;
}

type Loose = Record<string, any>;

const patterns = criteria.map((c) => c.pattern).join(', ');
const former = (name: string) =>
  name !== '' && criteria.some((c) => [c.oldLow, c.oldHigh, c.oldOf].includes(name));
const termName = ({ criterion, of }: Term) => criterion.name + (of === null ? '' : `(${of})`);

/** termsOf lists the conditions in the order of the table, those of one criterion by their arguments. */
export function termsOf(slice: Slice): Term[] {
  return criteria.flatMap((criterion): Term[] => {
    const value = (slice as Loose)[criterion.name];
    if (criterion.of) {
      const keys = Object.keys(value).sort((a, b) => compareArguments(criterion, a, b));
      return keys.map((of) => ({ criterion, of: of || null, value: value[of] }));
    }
    return value === (emptySlice as Loose)[criterion.name] ? [] : [{ criterion, of: null, value }];
  });
}

/** argumentsOf reads what stands in parentheses. */
export const argumentsOf = (criterion: Criterion, name: string, of: string): (number | string)[] =>
  of.split(',').map((part, i) => {
    const kind = criterion.of![Math.min(i, criterion.of!.length - 1)];
    return kind === 'classes' ? readClass(name, part, false) : readWord(name, part);
  });

/** argumentText writes arguments as a slice has them: '' is none. */
export const argumentText = (...words: string[]): string => words.map(encode).join(',');

function compareArguments(criterion: Criterion, a: string, b: string): number {
  const [x, y] = [a, b].map((of) => (of ? argumentsOf(criterion, criterion.name, of) : []));
  const at = x.findIndex((value, i) => y[i] === undefined || compareValues(value, y[i]) !== 0);
  if (at < 0) return x.length - y.length;
  return y[at] === undefined ? 1 : compareValues(x[at], y[at]);
}

/** sliceOf makes a slice of conditions; a second one of a criterion is a mistake. */
export function sliceOf(terms: Term[]): Slice {
  const slice: Loose = structuredClone(emptySlice);
  const seen = new Set<string>();
  for (const term of terms) {
    const [name, { criterion, of, value }] = [termName(term), term];
    if (seen.has(name)) {
      const list = ['classes', 'words'].includes(criterion.kind);
      throw new Mistake(
        name,
        `is given twice${list ? `: several values stand in one list, ${name}=A,B` : ''}`,
      );
    }
    seen.add(name);
    if (criterion.of) slice[criterion.name][of ?? ''] = value;
    else slice[criterion.name] = value;
  }
  return slice as Slice;
}

/** splitParameter takes a parameter apart; its name is decoded unless it has arguments, which are so one by one. */
export function splitParameter(part: string): [name: string, value: string] {
  const at = part.indexOf('=');
  const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  return [name.includes('(') ? name : decode(name, name), value];
}

/** readSlice reads the parameters of a text. Throws a Mistake. */
export function readSlice(parameters: [name: string, value: string][]): Slice {
  const terms: Term[] = [];
  const old = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (restrictsNothing(name, value)) continue;
    if (!former(name)) terms.push(readTerm(name, value));
    else if (old.has(name)) throw new Mistake(name, 'is given twice');
    else old.set(name, value);
  }
  const levels = terms.filter(({ criterion, value }) => criterion.kind !== 'level' || value !== 0);
  return sliceOf([...levels, ...formerTerms(old)]);
}

/** parseSlice reads a text. Throws a Mistake. */
export const parseSlice = (text: string): Slice => readSlice(text.split('&').map(splitParameter));

function restrictsNothing(name: string, value: string): boolean {
  if (name === '' || former(name)) return value === '';
  const found = criteria.find((c) => c.name === name.split('(')[0]);
  return found !== undefined && (value === '' || (found.kind === 'flag' && value === 'any'));
}

function readTerm(name: string, text: string): Term {
  if (name === '') throw new Mistake(`=${text}`, 'has no name before it');
  const [, word, , args] = /^([^(]*)(\((.*)\))?$/s.exec(name) ?? [];
  const criterion = criteria.find((c) => c.name === word);
  if (!criterion) throw new Mistake(name, `is no criterion: there are ${patterns}`);
  const of = readArguments(criterion, name, args);
  const not = text.startsWith('!');
  if (not && (criterion.kind === 'flag' || criterion.kind === 'level' || criterion.changes)) {
    throw new Mistake(name, 'cannot be turned round with !');
  }
  return { criterion, of, value: readValue(criterion, name, not ? text.slice(1) : text, not) };
}

function readArguments(criterion: Criterion, name: string, text: string | undefined): string | null {
  const wanted = criterion.of?.length ?? 0;
  if (!wanted && text !== undefined) {
    throw new Mistake(name, `takes nothing in parentheses: write ${criterion.name}=…`);
  }
  const list = text === undefined ? [] : argumentsOf(criterion, name, text);
  if (list.length > wanted || list.length < wanted - (criterion.omit ?? 0)) {
    throw new Mistake(name, `must be written ${criterion.pattern}=…`);
  }
  if (!list.length) return null;
  return list.map((v, i) => (criterion.of![i] === 'classes' ? classText(v) : encode(String(v)))).join(',');
}

function readValue(criterion: Criterion, name: string, text: string, not: boolean): Term['value'] {
  const { kind } = criterion;
  switch (kind) {
    case 'classes':
    case 'words': {
      const read = (part: string) =>
        kind === 'words'
          ? among(criterion, name, readWord(name, part))
          : readClass(name, part, criterion.none ?? false);
      return { not, values: [...new Set(text.split(',').map(read))].sort(compareValues) };
    }
    case 'text': {
      const word = decode(name, text);
      if (word === '') throw new Mistake(name, 'has nothing after !');
      return { not, values: [word] };
    }
    case 'flag':
      return readFlag(name, text);
    case 'level': {
      const value = readNumber(name, decode(name, text))!;
      if (value >= 0 && value <= 1) return value;
      throw new Mistake(name, `is ${text}: must be a number from 0 to 1`);
    }
  }
  const [low, high] = readBounds(name, decode(name, text), kind === 'whole');
  return { not, low, high };
}

/** among refuses a word that is not one of the criterion's. */
function among({ among }: Criterion, name: string, word: string): string {
  if (!among || among.includes(word)) return word;
  throw new Mistake(name, `is ${word}: there are ${among.join(', ')}`);
}

/** formerTerms makes conditions of parameters with former names: min_confidence, and the class of min_score. */
function formerTerms(old: Map<string, string>): Term[] {
  return criteria.flatMap((criterion): Term[] => {
    const { oldLow = '', oldHigh = '', oldOf } = criterion;
    const [low, high] = [oldLow, oldHigh].map((name) => old.get(name) ?? '');
    if (low === '' && high === '') return [];
    let of: string | null = null;
    if (oldOf) {
      const text = old.get(oldOf);
      if (!text) {
        throw new Mistake(`${oldLow} and ${oldHigh}`, `need ${oldOf}: whose ${criterion.name} to compare`);
      }
      of = classText(readClass(oldOf, text, false));
    }
    const bound = (name: string, text: string) => readNumber(name, decode(name, text));
    return [{ criterion, of, value: { not: false, low: bound(oldLow, low), high: bound(oldHigh, high) } }];
  });
}

/** formatSlice writes the canonical text: equal slices have equal texts. */
export const formatSlice = (slice: Slice): string =>
  termsOf(slice)
    .map((term) => `${termName(term)}=${valueText(term)}`)
    .join('&');

function valueText({ criterion: { kind }, value }: Term): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return decimal(value);
  const not = value.not ? '!' : '';
  if ('values' in value) {
    return not + value.values.map((v) => (kind === 'classes' ? classText(v) : encode(String(v)))).join(',');
  }
  const { low, high } = value;
  if (kind === 'whole' && low !== null && low === high && low >= 0) return not + decimal(low);
  return `${not}${decimal(low)}-${decimal(high)}`;
}

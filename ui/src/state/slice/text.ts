/** Signs, numbers and names in the language of slices: how they are encoded, and what a mistake in them is. */

/** A mistake in a text: the parameter and what is wrong with it. */
export class Mistake extends Error {
  constructor(
    readonly parameter: string,
    problem: string,
  ) {
    super(`${parameter} ${problem}`);
  }
}

/** encode leaves no sign of the language in a name or word. */
export function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!*'()]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase())
    .replace(/%(2F|3A)/g, decodeURIComponent);
}

/** decode reads what encode, a browser or a form wrote: + is a space. */
export function decode(parameter: string, text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(text)) {
    throw new Mistake(
      parameter,
      `has a % that is none of %00 to %FF in "${text}": a percent sign itself is written %25`,
    );
  }
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    throw new Mistake(parameter, `is not UTF-8 in "${text}"`);
  }
}

const wholeNumber = /^-?[0-9]+$/;
const number = String.raw`[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?`;
const oneNumber = new RegExp(`^${number}$`);
const bounds = new RegExp(`^(${number})?-(${number})?$`);

/** readClass tells an index from a name. */
export function readClass(parameter: string, text: string, none: boolean): number | string {
  const word = decode(parameter, text);
  if (word.startsWith('name:')) return word.slice(5);
  if (word === '') {
    throw new Mistake(parameter, 'has an empty value in its list: the class without a name is written name:');
  }
  if (!wholeNumber.test(word)) return word;
  const [index, least] = [Number(word), none ? -1 : 0];
  if (index < least || index > 0x7fffffff) {
    throw new Mistake(
      parameter,
      `is ${word}: a number is the index of a class, from ${least}; a class with this name is written name:${word}`,
    );
  }
  return index + 0;
}

export function readWord(parameter: string, text: string): string {
  const word = decode(parameter, text);
  if (word === '') throw new Mistake(parameter, 'has an empty value in its list');
  return word;
}

/** classText writes an index or a name. */
export function classText(value: number | string): string {
  if (typeof value === 'number') return String(value);
  return (
    (value === '' || wholeNumber.test(value) || value.startsWith('name:') ? 'name:' : '') + encode(value)
  );
}

export function readFlag(parameter: string, text: string): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw new Mistake(parameter, `is "${text}": must be true, false or any`);
}

/** readNumber reads one number; "" is none. */
export function readNumber(parameter: string, text: string, whole = false): number | null {
  if (text === '') return null;
  const value = Number(text);
  if (!oneNumber.test(text) || !Number.isFinite(value)) {
    throw new Mistake(parameter, `is "${text}": must be a number`);
  }
  if (whole && !Number.isInteger(value)) throw new Mistake(parameter, `is "${text}": must be a whole number`);
  return value + 0; // −0 is 0
}

/** readBounds reads 0.7-, -0.7 or 0.5-0.7; of whole numbers also one that is both. */
export function readBounds(
  parameter: string,
  text: string,
  whole: boolean,
): [low: number | null, high: number | null] {
  if (whole && /^[0-9]+$/.test(text)) text += `-${text}`;
  const [, low = '', high = ''] = bounds.exec(text) ?? [];
  if (low === '' && high === '') {
    const ways = whole ? '5, 5- (at least), -5 (at most) or 2-5' : '0.7- (at least), -0.7 (under) or 0.5-0.7';
    throw new Mistake(parameter, `is "${text}": a range is written ${ways}`);
  }
  return [readNumber(parameter, low, whole), readNumber(parameter, high, whole)];
}

/** decimal is the shortest decimal number that reads back as the value, without an exponent; null is "". */
export function decimal(value: number | null): string {
  if (value === null) return '';
  const [, sign, lead, rest = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value)) ?? [];
  if (lead === undefined) return String(value);
  const [digits, power] = [lead + rest, Number(exponent)];
  return sign + (power < 0 ? '0.' + '0'.repeat(-power - 1) + digits : digits.padEnd(power + 1, '0'));
}

/** compareValues puts indices before names, those in the order of their code points. */
export function compareValues(a: number | string, b: number | string): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  const [x, y] = [a, b].map((text) => [...text].map((c) => c.codePointAt(0)!));
  const at = x.findIndex((code, i) => code !== y[i]);
  return at < 0 ? x.length - y.length : x[at] - (y[at] ?? -1);
}

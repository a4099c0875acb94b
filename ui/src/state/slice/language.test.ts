import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emptySlice, formatSlice, Mistake, parseSlice } from './language';
import { only, resolveSlice } from './classes';
import { decimal } from './text';
import { sentence } from './sentence';

// The tests of Go's package slice, of what the browser does too: texts, mistakes and sentences.
const folder = '../slice/testdata/';

interface Command {
  verb: string;
  text: string;
  want: string;
  classes: string[];
}

function commands(file: string): Command[] {
  const list: Command[] = [];
  let classes: string[] = [];
  for (const line of readFileSync(folder + file, 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (line.startsWith(' ')) list.at(-1)!.want ||= line.trim();
    else {
      const [, verb, text] = /^(\w+) ?(.*)$/.exec(line)!;
      if (verb === 'classes') classes = text.split(', ');
      list.push({ verb, text: text.trim(), want: '', classes });
    }
  }
  return list;
}

const all = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .flatMap(commands);
const of = (verb: string) => all.filter((c) => c.verb === verb);

describe('the language of slices, as Go tests it', () => {
  it('is tested with what is there', () => {
    for (const verb of ['same', 'say', 'fail', 'eval']) expect(of(verb).length, verb).toBeGreaterThan(10);
  });

  it.each(of('same'))('writes $text as $want', ({ text, want }) => {
    const slice = parseSlice(text);
    expect(formatSlice(slice)).toBe(want === '(empty)' ? '' : want);
    expect(parseSlice(formatSlice(slice))).toEqual(slice);
  });

  it.each(of('say'))('says $text as $want', ({ text, want, classes }) => {
    expect(sentence(parseSlice(text), classes)).toBe(want);
  });

  it.each(of('fail'))('refuses $text: $want', ({ text, want, classes }) => {
    const read = () => {
      const slice = parseSlice(text);
      if (classes.length) resolveSlice(slice, classes);
    };
    expect(read).toThrow(Mistake);
    expect(read).toThrow(want.replace(/; it has .*/, ''));
  });

  it.each(of('eval'))('reads $text and resolves its classes', ({ text, classes }) => {
    const slice = resolveSlice(parseSlice(text), classes);
    expect(resolveSlice(slice, classes)).toEqual(slice);
    expect(parseSlice(formatSlice(slice))).toEqual(slice);
    const values = [slice.label, slice.predicted].flatMap((choice) => choice?.values ?? []);
    expect(values.filter((value) => typeof value !== 'number')).toEqual([]);
  });
});

it('knows the one class of a choice', () => {
  expect(only(parseSlice('label=3').label)).toBe(3);
  expect(only(parseSlice('label=-1').label)).toBe(-1);
  for (const text of ['label=3,4', 'label=!3', 'label=cake', ''])
    expect(only(parseSlice(text).label)).toBeNull();
});

it('writes numbers without an exponent', () => {
  for (const [value, text] of [
    [0.1, '0.1'],
    [1e-7, '0.0000001'],
    [1.25e-8, '0.0000000125'],
    [-1.5e22, '-15000000000000000000000'],
    [0, '0'],
  ] as const) {
    expect(decimal(value)).toBe(text);
  }
});

it('leaves the empty slice alone', () => {
  parseSlice('score(1)=0.5-');
  expect(emptySlice.score).toEqual({});
});

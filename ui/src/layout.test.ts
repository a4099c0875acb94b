/** The folders keep their order: what may import what, without circles, in files one can read at a sitting. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

const root = import.meta.dirname;
const all = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|svelte|css)$/.test(name) && !/schema\.d\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));
const files = all.filter(({ name }) => !/\.test\.ts$|\.css$/.test(name));

/** The files of ours that one file imports, without their endings. */
const importsOf = ({ name, text }: (typeof files)[number]): string[] =>
  [...text.matchAll(/(?:from |import\()'(\.[^']*)'/g)].map(([, path]) =>
    normalize(join(dirname(name), path)).replace(/(\.svelte)?(\.ts)?$/, ''),
  );

/** Those of which something is left when types are gone. */
const valuesOf = ({ name, text }: (typeof files)[number]): string[] =>
  importsOf({ name, text: text.replace(/import type [^;]*;/g, '') });

/** A file's folder in the table; pages are apart from one another. */
const folderOf = (name: string): string => name.match(/^(pages\/[^/]+|[^/]+)\//)?.[1] ?? '';

const allowed: Record<string, string[]> = {
  pages: ['parts', 'state', 'viz', 'api', 'format'],
  parts: ['state', 'viz', 'api', 'format'],
  state: ['viz', 'api', 'format'],
  viz: ['api/types', 'format'],
  api: [],
};

it('imports point down: pages, parts, state, viz, api', () => {
  const wrong = files.flatMap((file) => {
    const from = folderOf(file.name);
    const below = allowed[from.split('/')[0]];
    const fits = (to: string) =>
      folderOf(to) === from || below.some((name) => to === name || to.startsWith(name + '/'));
    return below
      ? importsOf(file)
          .filter((to) => !fits(to))
          .map((to) => `${file.name} imports ${to}`)
      : [];
  });
  expect(wrong).toEqual([]);
});

it('has no circles, but for types alone', () => {
  const graph = new Map(files.map((file) => [file.name.replace(/(\.svelte)?(\.ts)?$/, ''), valuesOf(file)]));
  const done = new Set<string>();
  const circles: string[] = [];
  function walk(name: string, path: string[]) {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(' → '));
    else if (!done.has(name)) for (const next of graph.get(name) ?? []) walk(next, [...path, name]);
    done.add(name);
  }
  for (const name of graph.keys()) walk(name, []);
  expect(circles).toEqual([]);
});

it('has no file over 300 lines and no folder of more than 25 files', () => {
  const browser = readdirSync(join(root, '../e2e')).map((name) => ({
    name: `e2e/${name}`,
    text: readFileSync(join(root, '../e2e', name), 'utf8'),
  }));
  expect(browser.length).toBeGreaterThan(15);
  const long = [...all, ...browser]
    .filter(({ text }) => text.split('\n').length > 301)
    .map(({ name }) => name);
  expect(long).toEqual([]);
  const counts: Record<string, number> = {};
  for (const { name } of files) counts[dirname(name)] = (counts[dirname(name)] ?? 0) + 1;
  expect(Object.entries(counts).filter(([, count]) => count > 25)).toEqual([]);
});

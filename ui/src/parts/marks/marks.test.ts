// @vitest-environment happy-dom
/** Tagging a slice and a sample: what is sent, what is said of it, and undoing it. */
import { expect, it } from 'vitest';
import type { MarkAction, Tag } from '../../api/types';
import { click, enter, find, named, press, settled, show, useDOM } from '../../testing/page';
import { sampleOf } from '../../testing/samples';
import { json, problem, serve } from '../../testing/server';
import ExportAs from './ExportAs.svelte';
import SampleMarks from './SampleMarks.svelte';
import TagAll from './TagAll.svelte';

useDOM();

const tagOf = (name: string, in_slice: number): Tag => ({
  name,
  in_slice,
  samples: 20,
  changed: 0,
  created: '2026-01-02T03:04:05Z',
});
const action = (changes: Partial<MarkAction> = {}): MarkAction => ({
  id: 5,
  kind: 'tag',
  value: 'relabel',
  remove: false,
  selected: 17,
  changed: 14,
  slice: 'label=0',
  evaluation: 'a~b',
  author: 'browser',
  created: '2026-01-02T03:04:05Z',
  undone: null,
  text: '',
  ...changes,
});
const tagsPath = '/api/evaluations/a~b/tags';
const marksPath = '/api/evaluations/a~b/marks';
const text = (selector: string) => find(selector).textContent!.replace(/\s+/g, ' ').trim();

/** What was posted, by path. */
function posts(): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  const answered = fetch;
  globalThis.fetch = async (path, init) => {
    if (init?.method === 'POST') sent[String(path)] = JSON.parse(String(init.body));
    return answered(path, init);
  };
  return sent;
}

async function open(post: () => Response) {
  let tags = [tagOf('done', 17), tagOf('other', 0)];
  let asked = 0;
  serve({
    [tagsPath]: () => json({ tags }),
    [marksPath]: post,
    '/api/datasets/a/marks/undo': () => json(action({ undone: '2026-01-02T03:05:00Z' })),
  });
  const sent = posts();
  show(TagAll, {
    evaluation: 'a~b',
    dataset: 'a',
    slice: 'label=0',
    total: 17,
    door: (tag: string) => `/there?tag=${tag}`,
    onchange: () => asked++,
  });
  await settled();
  return { sent, changes: () => asked, next: (list: Tag[]) => (tags = list) };
}

it('tags all of a slice, says how many are new, and undoes it', async () => {
  const { sent, changes, next } = await open(() => json(action()));
  expect(text('[data-test="tags"]')).toBe('done all Tag all 17');
  click(named('Tag all 17'));
  enter(named('Name of the tag'), ' relabel ');
  next([tagOf('done', 17), tagOf('relabel', 17)]);
  click(named('Tag'));
  await settled();
  expect(sent[marksPath]).toEqual({
    slice: 'label=0',
    kind: 'tag',
    value: 'relabel',
    remove: false,
    author: 'browser',
  });
  expect(text('[role="status"]')).toBe('14 images tagged relabel; 3 had it already. Undo');
  expect(text('[data-test="tags"]')).toContain('relabel all');
  expect(named('relabel').getAttribute('href')).toBe('/there?tag=relabel');
  click(named('Undo'));
  await settled();
  expect(sent['/api/datasets/a/marks/undo']).toEqual({ action: 5 });
  expect(text('[role="status"]')).toBe('Undone: relabel is as it was.');
  expect(changes()).toBe(2);
});

it('offers to untag only what is tagged, and Escape leaves', async () => {
  const { sent } = await open(() => json(action({ remove: true, value: 'done', changed: 17 })));
  click(named('Tag all 17'));
  enter(named('Name of the tag'), 'other');
  expect(() => named('Untag')).toThrow();
  enter(named('Name of the tag'), 'done');
  click(named('Untag'));
  await settled();
  expect(sent[marksPath]).toMatchObject({ value: 'done', remove: true });
  expect(text('[role="status"]')).toBe('17 images no longer tagged done. Undo');
  click(named('Tag all 17'));
  press('Escape', named('Name of the tag'));
  named('Tag all 17');
});

it('shows why a tag was refused, and keeps what was typed', async () => {
  await open(() => problem(400, 'Bad Request', 'the name "a/b" of the tag holds one of / \\ ~'));
  click(named('Tag all 17'));
  enter(named('Name of the tag'), 'a/b');
  click(named('Tag'));
  await settled();
  expect(document.body.textContent).toContain('holds one of');
  expect((named('Name of the tag') as HTMLInputElement).value).toBe('a/b');
});

it('lists what is noted of a sample, says where the file changed, and changes it', async () => {
  serve({ [marksPath]: () => json(action()), '/api/datasets/a/tags': () => json({ tags: [] }) });
  const sent = posts();
  const by = { author: 'ann', created: '2026-01-02T03:04:05Z', changed: false };
  let changed = 0;
  show(SampleMarks, {
    evaluation: 'a~b',
    classes: ['cake', 'pie'],
    sample: sampleOf(7, {
      marks: [
        { ...by, kind: 'tag', value: 'relabel' },
        { ...by, kind: 'tag', value: 'old', changed: true },
        { ...by, kind: 'note', value: 'too dark' },
      ],
    }),
    door: (tag: string) => `/there?tag=${tag}`,
    onchange: () => changed++,
  });
  expect(text('[data-test="sample-tags"]')).toBe('relabel ×old the file changed × Add a tag');
  expect((named('Note') as HTMLTextAreaElement).value).toBe('too dark');
  expect(text('[data-test="marked-by"]')).toContain('ann, ');
  const samples = [7];
  const author = 'browser';
  for (const [act, want] of [
    [() => click(named('Take the tag relabel away')), { kind: 'tag', value: 'relabel', remove: true }],
    [() => enter(named('Label should be'), ' pie '), { kind: 'label', value: 'pie', remove: false }],
    [() => enter(named('Note'), ''), { kind: 'note', value: '', remove: true }],
    [() => named('excluded').click(), { kind: 'exclude', value: '', remove: false }],
  ] as const) {
    act();
    await settled();
    expect(sent[marksPath]).toEqual({ samples, author, ...want });
  }
  expect(changed).toBe(4);
});

it('offers the formats, and links to the slice in the one chosen', async () => {
  const format = { images: false, regions: false };
  serve({
    '/api/exports': () =>
      json({
        formats: [
          { ...format, name: 'csv', title: 'table', file: true },
          { ...format, name: 'coco', title: 'COCO', file: false },
        ],
      }),
  });
  show(ExportAs, { evaluation: 'a~b', slice: 'label=0&tag=relabel' });
  click(named('Export'));
  await settled();
  const link = named('Download');
  expect(link.getAttribute('href')).toBe('/api/evaluations/a~b/export?label=0&tag=relabel&format=csv');
  enter(named('Format'), 'coco');
  await settled();
  expect(named('Download as .tar').getAttribute('href')).toContain('format=coco');
  expect(text('[data-test="export"]')).toContain('COCO');
});

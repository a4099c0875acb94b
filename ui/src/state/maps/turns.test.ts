import { expect, it } from 'vitest';
import { Turns } from './turns';

/** Work that ends when told to, and notes when it began. */
function works(names: string[]) {
  const began: string[] = [];
  const end: Record<string, () => void> = {};
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      began.push(name);
      end[name] = () => resolve(name);
    });
  return { began, end, work: Object.fromEntries(names.map((name) => [name, work(name)])) };
}

const rest = () => new Promise((resolve) => setTimeout(resolve));
const forever = new AbortController().signal;

it('does a few things at a time, in order', async () => {
  const turns = new Turns(2);
  const { began, end, work } = works(['a', 'b', 'c']);
  const all = Promise.all(['a', 'b', 'c'].map((name) => turns.run(work[name], forever)));
  await rest();
  expect(began).toEqual(['a', 'b']);
  end.b();
  await rest();
  expect(began).toEqual(['a', 'b', 'c']);
  end.a();
  end.c();
  expect(await all).toEqual(['a', 'b', 'c']);
});

it('asks anew what is most urgent at every turn', async () => {
  const turns = new Turns(1);
  const { began, end, work } = works(['a', 'b', 'c']);
  const urgency: Record<string, number> = { a: 0, b: 1, c: 2 };
  for (const name of ['a', 'b', 'c']) void turns.run(work[name], forever, () => urgency[name]);
  await rest();
  urgency.c = 0;
  end.a();
  await rest();
  expect(began).toEqual(['a', 'c']);
});

it('lets one group do one thing at a time', async () => {
  const turns = new Turns(2);
  const { began, end, work } = works(['a', 'b', 'c']);
  void turns.run(work.a, forever, undefined, 'rise');
  void turns.run(work.b, forever, undefined, 'rise');
  void turns.run(work.c, forever, undefined, 'gradcam');
  await rest();
  expect(began).toEqual(['a', 'c']);
  end.c();
  await rest();
  expect(began).toEqual(['a', 'c']);
  end.a();
  await rest();
  expect(began).toEqual(['a', 'c', 'b']);
});

it('gives up a place in the queue, and goes on after a failure', async () => {
  const turns = new Turns(1);
  const { began, end, work } = works(['a', 'b', 'c']);
  const control = new AbortController();
  const failed = turns.run(() => Promise.reject(new Error('no')), forever);
  await expect(failed).rejects.toThrow('no');
  void turns.run(work.a, forever);
  const given = turns.run(work.b, control.signal);
  void turns.run(work.c, forever);
  control.abort();
  await expect(given).rejects.toThrow('aborted');
  await expect(turns.run(work.b, control.signal)).rejects.toThrow('aborted');
  end.a();
  await rest();
  expect(began).toEqual(['a', 'c']);
});

// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { show, useDOM } from '../testing/page';
import Told from './Told.svelte';

useDOM();

it('leads to the documents that the server speaks of, and leaves the rest as it is', () => {
  const text = 'a guess <b>: see docs/models.md and docs/trust.md, or docs/';
  const page = show(Told, { text });
  expect(page.textContent).toBe(text);
  expect([...page.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
    '/docs/models',
    '/docs/trust',
  ]);
});

// @vitest-environment happy-dom
/** The page for addresses that lead nowhere or cannot be read. */
import { expect, it } from 'vitest';
import { parseView } from '../state/view/address';
import { resolveView } from '../state/view/resolve';
import { find, show, useDOM } from '../testing/page';
import Missing from './Missing.svelte';

useDOM();

const links = () => [...document.querySelectorAll('a')].map((link) => link.getAttribute('href'));

it('says which parameter is not known, and leads on', () => {
  show(Missing, { view: parseView('/evaluations/a~b?labl=3&method=rise') });
  expect(find('h1').textContent).toBe('This address cannot be read');
  expect(find('[data-test="problem"]').textContent).toContain(
    'labl is no criterion: there are label, predicted',
  );
  expect(links()).toEqual(['/evaluations/a~b?method=rise', '/']);
});

it('says which classes there are where one is out of range', () => {
  const view = resolveView(parseView('/evaluations/a~b/samples/7?label=77&split=test'), ['cake', 'pie']);
  show(Missing, { view });
  expect(find('[data-test="problem"]').textContent).toContain('label is 77: the classes are 0 to 1');
  expect(links()[0]).toBe('/evaluations/a~b/samples/7');
});

it('leads to the overview where there is no page', () => {
  show(Missing, { view: parseView('/nowhere') });
  expect(find('h1').textContent).toBe('There is no such page');
  expect(links()).toEqual(['/']);
});

it('finds classes by name', () => {
  const view = resolveView(parseView('/evaluations/a~b?label=PIE&predicted=!cake,1'), ['cake', 'pie']);
  expect(view.problem).toBe('');
  expect(view.slice.label).toEqual({ not: false, values: [1] });
  expect(view.slice.predicted).toEqual({ not: true, values: [0, 1] });
});

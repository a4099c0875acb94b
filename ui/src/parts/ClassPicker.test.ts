// @vitest-environment happy-dom
/** The picker of classes, by keys and pointer: typing narrows, looking is not taking. */
import { beforeEach, expect, it, vi } from 'vitest';
import { enter, find, press, settled, show, useDOM } from '../testing/page';
import ClassPicker from './ClassPicker.svelte';

useDOM();

const classes = [
  'cake',
  'chocolate',
  'coffee',
  'Cheesecake',
  ...Array.from({ length: 90 }, (_, i) => `k${i}`),
];
const onpick = vi.fn();
const input = () => find<HTMLInputElement>('input');
const listed = () => [...document.querySelectorAll('[role="option"]')].map((one) => one.textContent!.trim());
const looked = () =>
  document.getElementById(input().getAttribute('aria-activedescendant') ?? '')?.textContent?.trim();
const type = (text: string) => {
  input().value = text;
  input().dispatchEvent(new Event('input', { bubbles: true }));
};

beforeEach(() => {
  onpick.mockClear();
  show(ClassPicker, { label: 'Class', classes, value: 2, onpick });
});

it('shows the class that is chosen, and at most fifty of many', () => {
  expect(input().value).toBe('coffee');
  press('ArrowDown', input());
  enter(input(), 'k');
  expect(listed().length).toBe(50);
});

it('narrows by what is typed, in any case, and takes the one looked at with Enter', () => {
  enter(input(), 'CAKE');
  expect(listed()).toEqual(['cake', 'Cheesecake']);
  expect(looked()).toBe('cake');
  press('ArrowDown', input());
  press('ArrowDown', input()); // the last one stays
  expect(looked()).toBe('Cheesecake');
  expect(onpick).not.toHaveBeenCalled();
  press('Enter', input());
  expect(onpick.mock.calls).toEqual([[3]]);
  expect(input().getAttribute('aria-expanded')).toBe('false');
});

it('takes none where nothing fits or nothing is typed', () => {
  enter(input(), 'tea');
  expect(listed()).toEqual([]);
  press('Enter', input());
  type('');
  expect(onpick.mock.calls).toEqual([[null], [null]]);
});

it('closes on Escape, and says again what is chosen when it is left', async () => {
  enter(input(), 'cho');
  press('Escape', input());
  expect(input().getAttribute('aria-expanded')).toBe('false');
  input().dispatchEvent(new FocusEvent('blur'));
  await settled();
  expect(input().value).toBe('coffee');
  expect(onpick).not.toHaveBeenCalled();
});

it('takes the one that is pressed, before the field is left', () => {
  enter(input(), 'cho');
  const event = new PointerEvent('pointerdown', { bubbles: true, cancelable: true });
  find('[role="option"]').dispatchEvent(event);
  expect(onpick.mock.calls).toEqual([[1]]);
  expect(event.defaultPrevented).toBe(true);
});

// @vitest-environment happy-dom
/** The picker of methods, by keys: looking is not taking, typing finds a title. */
import { beforeEach, expect, it, vi } from 'vitest';
import { click, find, leave, press, show, useDOM } from '../testing/page';
import { methodOf } from '../testing/samples';
import MethodPicker from './MethodPicker.svelte';

useDOM();

const methods = [
  methodOf('rise', { title: 'RISE', family: 'perturbation' }),
  methodOf('gradcam', { title: 'Grad-CAM' }),
  methodOf('gradient', { title: 'Gradient', family: 'gradient' }),
  methodOf('layercam', { title: 'LayerCAM' }),
];
const onpick = vi.fn();
const button = () => find<HTMLButtonElement>('[data-test="method-button"]');
const list = () => find('[role="listbox"]');
const looked = () => document.getElementById(list().getAttribute('aria-activedescendant')!)!.textContent!;
const closed = () => document.querySelector('[role="listbox"]') === null;

beforeEach(() => {
  onpick.mockClear();
  show(MethodPicker, { methods, value: 'gradcam', labelledby: 'label', onpick });
});

it('opens by an arrow key at the method in view, families in order, with its card', () => {
  press('ArrowDown', button());
  expect(document.activeElement).toBe(list());
  const titles = [...list().querySelectorAll('[role="option"]')].map((option) => option.textContent);
  expect(titles).toEqual(['✓Grad-CAM', 'LayerCAM', 'Gradient', 'RISE']);
  expect(looked()).toContain('Grad-CAM');
  expect(find('[data-test="method-card"]').textContent).toContain('What gradcam shows.');
});

it('shows the card of what is looked at and takes it with Enter', () => {
  press('ArrowDown', button());
  press('ArrowDown');
  expect(find('[data-test="method-card"]').textContent).toContain('What layercam shows.');
  press('End');
  expect(looked()).toBe('RISE');
  press('ArrowDown'); // the last one stays
  expect(onpick).not.toHaveBeenCalled();
  press('Enter');
  expect(onpick.mock.calls).toEqual([['rise']]);
  expect(closed()).toBe(true);
  expect(document.activeElement).toBe(button());
});

it('finds a method by the beginning of its title', () => {
  press('ArrowDown', button());
  for (const letter of 'gradi') press(letter);
  expect(looked()).toBe('Gradient');
  press('Enter');
  expect(onpick.mock.calls).toEqual([['gradient']]);
});

it('leaves everything as it was on Escape, and takes the method in view as no change', () => {
  press('ArrowDown', button());
  press('End');
  press('Escape');
  expect(closed()).toBe(true);
  press('ArrowDown', button());
  press('Enter');
  expect(onpick).not.toHaveBeenCalled();
});

it('takes a method that is clicked', () => {
  click(button());
  click(list().querySelectorAll<HTMLElement>('[role="option"]')[1]);
  expect(onpick.mock.calls).toEqual([['layercam']]);
});

it('says of a method that does not fit the model why, and does not take it', () => {
  leave();
  show(MethodPicker, {
    methods,
    unfit: { rise: 'its scores are secret' },
    value: 'gradcam',
    labelledby: 'label',
    onpick,
  });
  press('ArrowDown', button());
  press('End');
  expect(looked()).toContain('not for this model');
  expect(find('[data-test="unfit"]').textContent).toContain('its scores are secret');
  press('Enter');
  click(find('[role="option"][aria-disabled="true"]'));
  expect(onpick).not.toHaveBeenCalled();
});

import { expect, test } from 'vitest';
import { complete, moved, readHand, within, writeHand } from './hand';

test('what is changed by hand is read from the address as it was written', () => {
  for (const text of ['pyramid:10,20,60,80', 'blur:the head', 'swap.17:0,0,5,5', 'mean:', 'swap:a:b,c'])
    expect(writeHand(readHand(text))).toBe(text);
  expect(readHand('soap.x:1,2,3')).toEqual({ fill: 'pyramid', donor: 0, box: null, region: '1,2,3' });
  expect(complete(readHand('pyramid:'))).toBe(false);
  expect(complete(readHand('blur:head'))).toBe(true);
  expect(complete(readHand('swap:1,2,30,40'))).toBe(false);
  expect(complete(readHand('swap.9:1,2,30,40'))).toBe(true);
});

test('a box stays inside the image, whichever way it is drawn', () => {
  expect(within([80, 90, -20, 30], 100, 60)).toEqual([0, 0, 100, 60]);
  expect(within([50, 50, 50, 50], 100, 60)).toEqual([50, 50, 52, 52]);
  expect(within([120, 0, 140, 10], 100, 60)).toEqual([80, 0, 100, 10]);
});

test('the arrows move a box, with Shift they change its size; other keys do nothing', () => {
  expect(moved([10, 10, 30, 30], 'ArrowRight', false, 80, 80)).toEqual([12, 10, 32, 30]);
  expect(moved([10, 10, 30, 30], 'ArrowUp', true, 80, 80)).toEqual([10, 10, 30, 28]);
  expect(moved([0, 0, 30, 30], 'ArrowLeft', false, 80, 80)).toEqual([0, 0, 30, 30]);
  expect(moved([10, 10, 12, 12], 'ArrowLeft', true, 80, 80)).toEqual([10, 10, 12, 12]);
  expect(moved([10, 10, 30, 30], 'x', false, 80, 80)).toBeNull();
});

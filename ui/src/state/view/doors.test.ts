import { expect, it } from 'vitest';
import { parseSlice } from '../slice/language';
import { parseView } from './address';
import { shareDoor, verdictDoor } from './doors';

const kind = { method: 'gradcam', target: 'contrast' };
const view = parseView('/evaluations/x?label=0&predicted=1&split=test&sort=path');

it('opens the images of a region, by share, with their maps and without red ones', () => {
  const address = shareDoor(view, view.slice, kind, 'left,arm', true);
  expect(address).toBe(
    '/evaluations/x?label=0&predicted=1&share(left%2Carm,gradcam,contrast)=0-&verdict(gradcam,contrast)=!red&split=test' +
      '&sort=-share&overlay=1&method=gradcam&target=contrast',
  );
  expect(parseView(address).problem).toBe('');
  expect(shareDoor(view, parseSlice('label=3'), kind, 'head', false)).toContain(
    '?label=3&share(head,gradcam,contrast)=0-&sort=-share&',
  );
});

it('opens the images of a verdict', () => {
  expect(verdictDoor(view, view.slice, kind, 'none')).toBe(
    '/evaluations/x?label=0&predicted=1&verdict(gradcam,contrast)=none&split=test&sort=path&overlay=1&method=gradcam&target=contrast',
  );
});

it('sorts by share only where there is a share to sort by', () => {
  expect(parseView('/evaluations/x?share(head)=0-&sort=-share').sort).toBe('-share');
  expect(parseView('/evaluations/x?label=1&sort=-share').sort).toBe('-confidence');
});

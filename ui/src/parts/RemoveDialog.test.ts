// @vitest-environment happy-dom
/** The dialog that removes: what goes is said, a job stands in the way, and what the server refuses is shown. */
import { expect, it } from 'vitest';
import { click, find, named, settled, show, useDOM } from '../testing/page';
import { json, problem, serve } from '../testing/server';
import RemoveDialog from './RemoveDialog.svelte';

useDOM();

const goes = {
  evaluations: ['a~net', 'b~net'],
  samples: 0,
  predictions: 1200,
  maps: 1,
  trials: 12,
  marks: 0,
  bytes: 2_500_000,
};
const job = { id: '7', title: 'Explain a~net' };
const path = '/api/models/net';

const opened = async () => {
  const told: string[] = [];
  show(RemoveDialog, {
    kind: 'model',
    name: 'net',
    close: () => void told.push('close'),
    onremoved: () => void told.push('removed'),
  });
  await settled();
  return told;
};

it('says what goes, in counts and bytes, and then removes', async () => {
  const asked = serve({ [path + '/removal']: () => json(goes), [path]: () => json({ evaluations: [] }) });
  const told = await opened();
  expect([...document.querySelectorAll('li')].map((item) => item.textContent)).toEqual([
    '2 evaluations: a × net, b × net',
    '1,200 predictions, with all scores',
    '1 map, with what was measured of them',
    '12 trials of hiding, swapping and pasting, with the findings they gave',
  ]);
  expect(find('dialog').textContent).toContain(
    '2.5\u202fMB on the disk are free then. Its file stays where it is.',
  );
  click(named('Remove'));
  await settled();
  expect(asked).toContain('DELETE ' + path);
  expect(told).toEqual(['close', 'removed']);
});

it('waits for the job that works on it, which can be stopped there', async () => {
  let stopped = false;
  serve({
    [path + '/removal']: () => json(stopped ? goes : { ...goes, job }),
    '/api/jobs/7/cancel': () => ((stopped = true), json(job)),
  });
  await opened();
  expect(find('[data-test="in-use"]').textContent).toContain('Explain a~net');
  expect(named('Remove').hasAttribute('disabled')).toBe(true);
  click(named('Stop the job'));
  await settled();
  expect(document.querySelector('[data-test="in-use"]')).toBeNull();
  expect(named('Remove').hasAttribute('disabled')).toBe(false);
});

it('shows why the server refuses', async () => {
  serve({
    [path + '/removal']: () => json(goes),
    [path]: () => problem(409, 'Conflict', 'in use: stop it with `sightline jobs cancel 8`'),
  });
  const told = await opened();
  click(named('Remove'));
  await settled();
  expect(find('[role="alert"]').textContent).toContain('sightline jobs cancel 8');
  expect(told).toEqual([]);
});

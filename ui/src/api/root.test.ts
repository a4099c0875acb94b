// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';

/** open is the page as the server gives it at an address, with the way to the top before its icon. */
async function open(address: string, up: string) {
  history.replaceState(null, '', address);
  document.head.innerHTML = `<link rel="icon" href="${up}icon.svg" />`;
  vi.resetModules();
  const { at, below } = await import('./root');
  const { formatView, parseView } = await import('../state/view/address');
  return { at, below, formatView, parseView };
}

afterEach(() => (document.head.innerHTML = ''));

describe('below a prefix', () => {
  it.each([
    ['/sightline/', './'],
    ['/sightline/evaluations/a~b?label=3', '../'],
    ['/sightline/evaluations/a~b/samples/7', '../../../'],
  ])('%s: addresses have the prefix', async (address, up) => {
    const { at, below } = await open(address, up);
    expect(at('/api/status')).toBe('/sightline/api/status');
    history.replaceState(null, '', '/sightline/evaluations/a~b/samples/8/'); // it stays so as one goes on
    expect(at('/api/status')).toBe('/sightline/api/status');
    expect(below('/sightline/evaluations/x')).toBe('/evaluations/x');
    expect(below('/sightline/')).toBe('/');
    expect(below('/hub/home')).toBeNull();
    expect(below('/sightline-of-another/')).toBeNull();
  });

  it('views have addresses below it, and nothing outside is a view', async () => {
    const { formatView, parseView } = await open('/lab/anna/', './');
    for (const path of [
      '',
      'docs',
      'docs/trust',
      'evaluations/a~b?label=3',
      'evaluations/a~b/samples/7?method=rise',
    ])
      expect(formatView(parseView('/lab/anna/' + path))).toBe('/lab/anna/' + path);
    expect(parseView('/evaluations/a~b').page).toBe('missing');
  });
});

it('without a prefix, addresses are as ever', async () => {
  const { at, below } = await open('/evaluations/a~b', '../');
  expect(at('/api/status')).toBe('/api/status');
  expect(below('/evaluations/x')).toBe('/evaluations/x');
});

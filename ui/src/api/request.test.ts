import { describe, expect, it } from 'vitest';
import { choiceQuery, decodeValues } from './maps';
import { problem, query } from './request';

describe('requests', () => {
  it('leaves out what is empty but keeps zero and minus one', () => {
    expect(query({ a: 0, b: -1, c: '', d: null, e: undefined, f: false })).toBe('?a=0&b=-1&f=false');
    expect(query({ a: null })).toBe('');
  });

  it('repeats an option per setting, in one order', () => {
    const choice = { method: 'rise', target: 'class:3', options: { limit: '512', fill: '1,2,3' } };
    const params = new URLSearchParams(choiceQuery(choice));
    expect(params.getAll('option')).toEqual(['fill=1,2,3', 'limit=512']);
    expect([params.get('method'), params.get('target')]).toEqual(['rise', 'class:3']);
  });

  it('reads a problem body', async () => {
    const body = JSON.stringify({ title: 'No such evaluation', detail: 'Run sightline evaluate.' });
    expect(await problem(new Response(body, { status: 404 }))).toMatchObject({
      status: 404,
      title: 'No such evaluation',
      detail: 'Run sightline evaluate.',
    });
  });

  it('names the status when the body is no problem JSON', async () => {
    const error = await problem(new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
    expect(error.title).toBe('Bad Gateway');
    expect(error.detail).not.toBe('');
  });

  it('decodes little-endian float32', () => {
    const values = new Float32Array([1.5, -2, 0]);
    const base64 = btoa(String.fromCharCode(...new Uint8Array(values.buffer)));
    expect([...decodeValues(base64)]).toEqual([1.5, -2, 0]);
  });
});

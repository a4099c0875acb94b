import { describe, expect, it } from 'vitest';
import { parseBlock, readEvents } from './sse';

function bodyOf(chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(control) {
      chunks.forEach((chunk) => control.enqueue(encoder.encode(chunk)));
      control.close();
    },
  });
}

async function read(chunks: string[]) {
  const events = [];
  for await (const event of readEvents(bodyOf(chunks))) events.push(event);
  return events;
}

describe('server-sent events', () => {
  const text = 'event: snapshot\ndata: {"a":1}\n\n: keep-alive\n\ndata: one\ndata: two\n\nevent: done\n\n';
  const wanted = [
    { event: 'snapshot', data: '{"a":1}' },
    { event: 'message', data: 'one\ntwo' },
    { event: 'done', data: '' },
  ];

  it('reads events whole', async () => {
    expect(await read([text])).toEqual(wanted);
  });

  it('reads the same events however the network cuts them', async () => {
    for (let size = 1; size < 9; size++) {
      const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
      expect(await read(chunks), `chunks of ${size}`).toEqual(wanted);
    }
  });

  it('takes carriage returns, cut anywhere', async () => {
    const crlf = text.replaceAll('\n', '\r\n');
    for (let size = 1; size < 6; size++) {
      const chunks = crlf.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
      expect(await read(chunks), `chunks of ${size}`).toEqual(wanted);
    }
  });

  it('leaves out an event that never ended', async () => {
    expect(await read(['data: half'])).toEqual([]);
  });

  it('keeps a value that holds a colon', () => {
    expect(parseBlock('data: http://x:1')).toEqual({ event: 'message', data: 'http://x:1' });
  });
});

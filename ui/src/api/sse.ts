/** Server-sent events over fetch: unlike EventSource it can be aborted and reports problem bodies. */

export interface ServerEvent {
  event: string;
  data: string;
}

/** parseBlock reads one event block (the lines between two blank lines). */
export function parseBlock(block: string): ServerEvent | null {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === 0) continue; // A comment: keep-alive.
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return data.length || event !== 'message' ? { event, data: data.join('\n') } : null;
}

/** readEvents yields the events of a response body as they arrive. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      // A carriage return at the very end may be half of a line end: leave it.
      const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
      const blocks = whole.replace(/\r\n?/g, '\n').split('\n\n');
      rest = blocks.pop()! + rest.slice(whole.length);
      for (const block of blocks) {
        const event = parseBlock(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** One server-sent event. */
export interface ServerEvent {
  name: string;
  data: string;
  /** The last id that was seen so far, in this event or an earlier one; empty if there was none. */
  id: string;
}

/**
 * The events of a stream, as the HTML standard's "Server-sent events" reads them. `EventSource` sends no token, so the
 * stream comes through `fetch`.
 */
export async function* serverEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  let name = 'message';
  let id = '';
  let data: string[] = [];
  for await (const line of lines(stream)) {
    if (line === '') {
      if (data.length > 0) yield { name, data: data.join('\n'), id };
      name = 'message';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
    if (field === 'id' && !value.includes('\0')) id = value;
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const complete = rest.split(/\r\n|\n|\r(?!$)/);
      rest = complete.pop() ?? '';
      yield* complete;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

import { expect, test } from 'vitest';
import { serverEvents } from './sse';

async function read(...chunks: string[]) {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const found = [];
  for await (const event of serverEvents(stream)) found.push(event);
  return found;
}

test('events are read over the borders of chunks', async () => {
  expect(await read('event: gal', 'lery.progress\nda', 'ta: {"a":1}\n', '\n')).toEqual([
    { name: 'gallery.progress', data: '{"a":1}', id: '' },
  ]);
});

test('comments and events without data are no events', async () => {
  expect(await read(': still here\n\n', 'event: x\n\n', 'data: 1\n\n')).toEqual([
    { name: 'message', data: '1', id: '' },
  ]);
});

test('lines may end in the ways of all systems', async () => {
  expect(await read('data: a\r\ndata: b\r', '\n\r\n')).toEqual([{ name: 'message', data: 'a\nb', id: '' }]);
});

test('an id stands until the next one', async () => {
  const events = await read('id: 7\nevent: a\ndata: 1\n\nevent: b\ndata: 2\n\n');
  expect(events.map(({ id }) => id)).toEqual(['7', '7']);
});

import { expect, test } from 'vitest';
import { Listing } from './listing.svelte';

test('pages follow each other until there is none', async () => {
  const list = new Listing<number>();
  await list.ask(async (cursor) =>
    cursor === undefined ? { items: [1, 2], next_cursor: 'b' } : { items: [3], next_cursor: null },
  );
  expect(list.hasMore).toBe(true);
  await list.more();
  expect(list.items).toEqual([1, 2, 3]);
  expect(list.hasMore).toBe(false);
});

test('an answer that comes late is dropped', async () => {
  const list = new Listing<string>();
  let release: (page: { items: string[] }) => void = () => undefined;
  const slow = list.ask(() => new Promise((resolve) => (release = resolve)));
  await list.ask(async () => ({ items: ['new'] }));
  release({ items: ['old'] });
  await slow;
  expect(list.items).toEqual(['new']);
});

test('what was shown stays when asking again fails', async () => {
  const list = new Listing<string>();
  await list.ask(async () => ({ items: ['kept'] }));
  await list.ask(() => Promise.reject(new Error('down')));
  expect(list.items).toEqual(['kept']);
  expect(list.error).toBeInstanceOf(Error);
});

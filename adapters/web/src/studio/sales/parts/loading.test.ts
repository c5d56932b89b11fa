import { expect, it } from 'vitest';
import { Loading, Paged } from './loading.svelte';

const numbers = (cursor: string | undefined) =>
  Promise.resolve({ items: [{ cursor }], next_cursor: cursor === undefined ? 'second' : null });

it('appends pages until there are no more', async () => {
  const list = new Paged(numbers);
  await list.load();
  expect(list.hasMore).toBe(true);
  await list.loadMore();
  await list.loadMore();
  expect(list.items).toEqual([{ cursor: undefined }, { cursor: 'second' }]);
  expect(list.hasMore).toBe(false);
});

it('starts over and keeps what is there until the answer', async () => {
  const list = new Paged(numbers);
  await list.load();
  await list.loadMore();
  const again = list.load();
  expect(list.items).toHaveLength(2);
  await again;
  expect(list.items).toHaveLength(1);
});

it('keeps its pages when a later one fails, and tries that one again', async () => {
  let works = false;
  const list = new Paged((cursor) =>
    cursor === undefined || works ? numbers(cursor) : Promise.reject(new Error('offline')),
  );
  await list.load();
  await list.loadMore();
  expect(list.error).toBeInstanceOf(Error);
  expect(list.items).toHaveLength(1);
  works = true;
  await list.retry();
  expect(list.items).toHaveLength(2);
  expect(list.error).toBeNull();
});

it('drops an answer that was overtaken', async () => {
  const answers: ((value: string) => void)[] = [];
  const value = new Loading(() => new Promise<string>((resolve) => answers.push(resolve)));
  const [first, second] = [value.load(), value.load()];
  answers[1]?.('new');
  answers[0]?.('old');
  await Promise.all([first, second]);
  expect(value.value).toBe('new');
});

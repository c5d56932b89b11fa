import { expect, it, vi } from 'vitest';
import { ApiError } from '../../../api/problem';

vi.mock('../../../api/studio', () => ({ studio: {} }));
vi.mock('../../../api/http', () => ({ ok: (reply: unknown) => reply }));
const { Photos } = await import('./photos.svelte');

type Photo = Awaited<ReturnType<InstanceType<typeof Photos>['get']>>;
const photo = (id: string) => ({ id }) as NonNullable<Photo>;

it('asks once for each photo', async () => {
  const fetch = vi.fn((id: string) => Promise.resolve(photo(id)));
  const photos = new Photos(fetch);
  photos.want(['a', 'b', 'a']);
  expect(await photos.get('a')).toEqual({ id: 'a' });
  await photos.get('b');
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(photos.peek('a')).toEqual({ id: 'a' });
});

it('asks for a few at a time, and for all in the end', async () => {
  let running = 0;
  let most = 0;
  const photos = new Photos(async (id) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
    return photo(id);
  });
  const ids = Array.from({ length: 40 }, (_, place) => `p${place}`);
  await Promise.all(ids.map((id) => photos.get(id)));
  expect(most).toBeLessThanOrEqual(6);
});

it('knows a deleted photo, and tries again after another failure', async () => {
  const answers = [new ApiError(503, 'unavailable', ''), new ApiError(404, 'photo-not-found', '')];
  const photos = new Photos(() => Promise.reject(answers.shift()));
  await expect(photos.get('a')).rejects.toThrow('503');
  expect(photos.peek('a')).toBeUndefined();
  expect(await photos.get('a')).toBeNull();
});

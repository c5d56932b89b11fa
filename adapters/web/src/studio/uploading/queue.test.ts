import { beforeEach, expect, test, vi } from 'vitest';

vi.mock('../../api/base', () => ({ apiBase: '/api/v1' }));
import { ApiError } from '../../api/problem';
import type { Schema } from '../../api/http';
import { UploadQueue, type Surroundings } from './queue.svelte';
import type { Remote } from './remote';
import type { SavedTask } from './task.svelte';
import { TransferError } from './transfer';

const gallery = { id: 'g', name: 'Ceremony' };
let saved: Map<string, SavedTask>;
let asked: number[];
let sent: string[];
let discarded: string[];

const archive = (state: string, ...names: string[]): Schema['Archive'] => ({
  id: 'zip',
  gallery_id: 'g',
  filename: 'card.zip',
  size: 1,
  state,
  entries: names.map((name) => ({ name, photo_id: name })),
  created_at: '',
  updated_at: '',
});

function world(changes: Partial<Remote> = {}): UploadQueue {
  const remote: Remote = {
    requestTickets: async (_gallery, files) => {
      asked.push(files.length);
      return files.map(({ filename }) =>
        filename.endsWith('.txt')
          ? { filename, error: { type: 'x', title: 'No', status: 415, detail: 'Not a picture.' } }
          : { filename, upload_id: `u-${filename}`, photo_id: `p-${filename}`, url: filename, headers: {} },
      );
    },
    requestParts: async (_upload, numbers) =>
      numbers.map((part_number) => ({ part_number, method: 'PUT', url: `part-${part_number}`, headers: {} })),
    send: async ({ url }, bytes, _signal, onprogress) => {
      sent.push(url);
      onprogress(bytes.size);
      return 'etag';
    },
    requestArchive: async (_gallery, filename) => ({
      filename,
      upload_id: 'u-zip',
      archive_id: 'zip',
      method: 'PUT',
      url: filename,
      headers: {},
      expires_at: '',
    }),
    requestReplacement: async (photo_id, { filename }, anyShape) => ({
      filename,
      upload_id: `u-${photo_id}`,
      photo_id,
      url: `${photo_id}?anyShape=${anyShape}`,
      headers: {},
    }),
    complete: async (uploadId) =>
      (uploadId === 'u-zip' ? archive('expanding') : { id: uploadId }) as Schema['Photo'],
    findPhoto: async (id) => ({ id, replacement_filename: 'a.jpg' }) as Schema['Photo'],
    findArchive: async () => archive('expanded', 'a.jpg'),
    discard: async (photoId) => void discarded.push(photoId),
    ...changes,
  };
  const around: Surroundings = {
    remote,
    keep: (tasks) => tasks.forEach((task) => saved.set(task.id, task)),
    forget: (ids) => ids.forEach((id) => saved.delete(id)),
    pause: async () => undefined,
    now: () => 0,
    describe: (error) => (error instanceof ApiError ? error.detail : String(error)),
    faultText: (_kind, sentence) => sentence ?? '',
    superseded: 'superseded',
    gone: 'gone',
  };
  return new UploadQueue(around);
}

const files = (...names: string[]) =>
  names.map((name) => ({ file: new File(['x'], name, { type: 'image/jpeg' }), origin: null }));
const edited = (name: string, anyShape: boolean) => ({
  file: new File(['x'], name),
  photoId: 'p',
  anyShape,
  ticket: null,
});
const states = (queue: UploadQueue) => queue.tasks.map(({ state }) => state);

beforeEach(() => {
  saved = new Map();
  asked = [];
  sent = [];
  discarded = [];
});

test('tickets come in batches and every file arrives', async () => {
  const queue = world();
  const names = Array.from({ length: 250 }, (_, place) => `${place}.jpg`);
  queue.add(gallery, files(...names));
  await vi.waitFor(() => expect(states(queue).every((state) => state === 'done')).toBe(true));
  expect(asked).toEqual([100, 100, 50]);
  expect(saved.size).toBe(0);
});

test('a refused file says why and the others go on', async () => {
  const queue = world();
  queue.add(gallery, files('a.jpg', 'b.txt', 'c.jpg'));
  await vi.waitFor(() => expect(states(queue)).toEqual(['done', 'refused', 'done']));
  expect(queue.tasks[1]?.reason).toBe('Not a picture.');
});

test('a broken line is tried again', async () => {
  let breaks = 3;
  const queue = world({
    send: async () => {
      if (breaks-- > 0) throw new TransferError(0);
      return '';
    },
  });
  queue.add(gallery, files('a.jpg'));
  await vi.waitFor(() => expect(states(queue)).toEqual(['done']));
});

test('what keeps failing is failed, and can be tried again by hand', async () => {
  let isBroken = true;
  const queue = world({
    send: async () => {
      if (isBroken) throw new TransferError(500);
      return '';
    },
  });
  queue.add(gallery, files('a.jpg'));
  await vi.waitFor(() => expect(states(queue)).toEqual(['failed']));
  isBroken = false;
  queue.retryAll();
  await vi.waitFor(() => expect(states(queue)).toEqual(['done']));
});

test('a ticket that has ended is replaced', async () => {
  let tickets = 0;
  const queue = world({
    requestTickets: async () => [
      { filename: 'a.jpg', upload_id: 'u', photo_id: 'p', url: `ticket-${++tickets}`, headers: {} },
    ],
    send: async ({ url }) => {
      if (url === 'ticket-1') throw new TransferError(403);
      return '';
    },
  });
  queue.add(gallery, files('a.jpg'));
  await vi.waitFor(() => expect(states(queue)).toEqual(['done']));
  expect(tickets).toBe(2);
});

test('pausing stops what travels, and going on finishes it', async () => {
  let isHanging = true;
  const queue = world({
    send: (_target, _bytes, signal) =>
      isHanging
        ? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        : Promise.resolve(''),
  });
  queue.add(gallery, files('a.jpg', 'b.jpg'));
  await vi.waitFor(() => expect(states(queue)).toEqual(['sending', 'sending']));
  await new Promise((resolve) => setTimeout(resolve));
  queue.pause();
  await vi.waitFor(() => expect(states(queue)).toEqual(['waiting', 'waiting']));
  isHanging = false;
  queue.resume();
  await vi.waitFor(() => expect(states(queue)).toEqual(['done', 'done']));
});

test('after a reload what has arrived is done and the rest waits for its file', async () => {
  const ticket = (name: string) => ({ upload_id: name, photo_id: name, url: name, headers: {} });
  const common = { galleryId: 'g', galleryName: '', size: 1, parts: [], origin: null };
  const queue = world({
    complete: async (uploadId) => {
      if (uploadId === 'b') throw new ApiError(409, 'upload-incomplete', '');
      return { id: uploadId } as Schema['Photo'];
    },
  });
  await queue.restore([
    { ...common, id: '1', filename: 'a.jpg', ticket: ticket('a'), wasStarted: true },
    { ...common, id: '2', filename: 'b.jpg', ticket: ticket('b'), wasStarted: true },
    { ...common, id: '3', filename: 'c.jpg', ticket: null, wasStarted: false },
  ]);
  expect(states(queue)).toEqual(['done', 'lost', 'lost']);
});

test('parts that have arrived are not sent again', async () => {
  let isBroken = true;
  const queue = world({
    send: async ({ url }) => {
      if (url === 'part-3' && isBroken) {
        isBroken = false;
        throw new TransferError(0);
      }
      sent.push(url);
      return `etag-${url}`;
    },
  });
  const big = {
    name: 'big.tif',
    size: 33 * 1024 * 1024,
    type: '',
    slice: () => new Blob(),
  } as unknown as File;
  queue.add(gallery, [{ file: big, origin: null }]);
  await vi.waitFor(() => expect(states(queue)).toEqual(['done']));
  expect(sent).toEqual(['part-1', 'part-2', 'part-3', 'part-4', 'part-5']);
});

test('an archive is done when the server has looked at all of it, and its report stays', async () => {
  let looks = 0;
  const queue = world({
    findArchive: async () =>
      ++looks < 3 ? archive('expanding', 'a.jpg') : archive('expanded', 'a.jpg', 'b.jpg'),
  });
  const news: boolean[] = [];
  queue.subscribe(({ galleryId, photo }) => news.push(galleryId === 'g' && photo === null));
  queue.add(gallery, files('card.ZIP'));
  await vi.waitFor(() => expect(states(queue)).toEqual(['done']));
  expect(queue.tasks[0]?.archive?.entries).toHaveLength(2);
  // It arrived, and twice there was more of it.
  expect(news).toEqual([true, true, true]);
  expect([...saved.values()].map(({ hasArrived }) => hasArrived)).toEqual([true]);
  queue.clear();
  expect(saved.size).toBe(0);
});

test('a report is asked for again after a reload, and one that is gone says so', async () => {
  const ticket = { upload_id: 'u-zip', archive_id: 'zip', url: '', headers: {} };
  const queue = world({
    findArchive: async () => {
      throw new ApiError(404, 'archive-not-found', '');
    },
  });
  const common = { galleryId: 'g', galleryName: '', size: 1, parts: [], origin: null, ticket };
  const purpose = { kind: 'archive' } as const;
  await queue.restore([
    { ...common, id: '1', filename: 'card.zip', wasStarted: true, hasArrived: true, purpose },
  ]);
  await vi.waitFor(() => expect(states(queue)).toEqual(['refused']));
  expect(queue.tasks[0]?.reason).toBe('gone');
});

test('a server that cannot be asked is asked again', async () => {
  let breaks = 2;
  const queue = world({
    findArchive: async () => {
      if (breaks-- > 0) throw new ApiError(503, 'unavailable', '');
      return archive('expanded');
    },
  });
  queue.add(gallery, files('card.zip'));
  await vi.waitFor(() => expect(states(queue)).toEqual(['done']));
});

test('an archive that is too large is refused in words', async () => {
  const queue = world({
    requestArchive: async () => {
      throw new ApiError(413, 'too-large', 'The file is too large.');
    },
  });
  queue.add(gallery, files('card.zip'));
  await vi.waitFor(() => expect(states(queue)).toEqual(['refused']));
  expect(queue.tasks[0]?.reason).toBe('The file is too large.');
});

test('an edited file is done when its photo has it', async () => {
  let looks = 0;
  const next = { filename: 'a.jpg', state: 'processing', created_at: '' };
  const queue = world({
    findPhoto: async (id) =>
      ({
        id,
        ...(++looks < 3 ? { replacement: next } : { replacement_filename: 'a.jpg' }),
      }) as Schema['Photo'],
  });
  queue.replace(gallery, [edited('a.jpg', true)]);
  await vi.waitFor(() => expect(states(queue)).toEqual(['done']));
  expect(sent).toEqual(['p?anyShape=true']);
  expect(looks).toBe(3);
});

test('taking an edited file off the list never deletes its photo', async () => {
  const queue = world({
    send: (_target, _bytes, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });
  queue.replace(gallery, [edited('a.jpg', false)]);
  queue.add(gallery, files('b.jpg'));
  await vi.waitFor(() => expect(queue.tasks.every(({ ticket }) => ticket !== null)).toBe(true));
  queue.cancelAll();
  expect(queue.tasks).toEqual([]);
  expect(discarded).toEqual(['p-b.jpg']);
});

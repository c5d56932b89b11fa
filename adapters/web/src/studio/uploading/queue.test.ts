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
    complete: async (uploadId) => ({ id: uploadId }) as Schema['Photo'],
    discard: async () => undefined,
    ...changes,
  };
  const around: Surroundings = {
    remote,
    keep: (tasks) => tasks.forEach((task) => saved.set(task.id, task)),
    forget: (ids) => ids.forEach((id) => saved.delete(id)),
    pause: async () => undefined,
    now: () => 0,
    describe: String,
  };
  return new UploadQueue(around);
}

const files = (...names: string[]) =>
  names.map((name) => ({ file: new File(['x'], name, { type: 'image/jpeg' }), origin: null }));
const states = (queue: UploadQueue) => queue.tasks.map(({ state }) => state);

beforeEach(() => {
  saved = new Map();
  asked = [];
  sent = [];
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

import { ApiError } from '../../api/problem';
import { ok, pages } from '../../api/http';
import { studio } from '../../api/studio';
import { t } from '../../texts/studio';
import { faultText, refusalText } from '../parts/fault-text';
import { UploadQueue } from './queue.svelte';
import { remote } from './remote';
import * as saved from './saved';
import type { SavedTask } from './task.svelte';
import { TransferError } from './transfer';

/** The one queue of the page. It outlives the pages of the studio: uploads go on while one looks elsewhere. */
export const uploads = new UploadQueue({
  remote,
  keep: saved.keep,
  forget: saved.forget,
  now: () => Date.now(),
  pause: waitForNextTry,
  describe: (error) => (error instanceof TransferError ? t.upload.broken : refusalText(error)),
  faultText,
  superseded: t.replace.superseded,
  gone: t.upload.gone,
});

async function waitForNextTry(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
  if (navigator.onLine || signal.aborted) return;
  await new Promise<void>((resolve) => {
    window.addEventListener('online', () => resolve(), { once: true });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

let isRestoring = false;

/**
 * Takes up what was left by a page that is closed. The tab that holds the lock does it; what another open tab is
 * sending is left alone.
 */
export function restoreUploads(): void {
  if (isRestoring) return;
  isRestoring = true;
  void navigator.locks.request('halftone.studio.uploads', { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const tasks = await saved.readAll().catch(() => []);
    await uploads.restore(await ours(tasks)).catch(() => undefined);
    // The lock ends with the page.
    await new Promise(() => undefined);
  });
}

/** Without tasks for galleries that are deleted or belong to another studio. */
async function ours(tasks: SavedTask[]): Promise<SavedTask[]> {
  const gone: string[] = [];
  for (const gallery_id of new Set(tasks.map(({ galleryId }) => galleryId))) {
    try {
      await ok(studio.GET('/galleries/{gallery_id}', { params: { path: { gallery_id } } }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) gone.push(gallery_id);
    }
  }
  saved.forget(tasks.filter(({ galleryId }) => gone.includes(galleryId)).map(({ id }) => id));
  return tasks.filter(({ galleryId }) => !gone.includes(galleryId));
}

/** The names and sizes of what a gallery has, for finding files that come a second time. */
export async function presentFiles(gallery_id: string): Promise<Set<string>> {
  const present = new Set<string>();
  const fetchPage = (cursor: string | undefined) => {
    const params = { path: { gallery_id }, query: { limit: 500, ...(cursor ? { cursor } : {}) } };
    return ok(studio.GET('/galleries/{gallery_id}/photos', { params }));
  };
  for await (const page of pages(fetchPage)) {
    for (const { filename, size } of page) present.add(fileKey(filename, size));
  }
  return present;
}

export function fileKey(name: string, size: number): string {
  return `${size} ${name}`;
}

import { freshName } from '../../api/fresh-name';
import { ApiError } from '../../api/problem';
import type { Schema } from '../../api/http';
import type { FaultText } from '../parts/fault-text';
import { arrived, attempt } from './attempt';
import { Following } from './following';
import { isArchive } from './gather';
import { archiveOutcome, replacementOutcome, type Outcome } from './outcome';
import type { Completed, Remote } from './remote';
import { Rate } from './rate';
import { UploadTask, type Origin, type Purpose, type SavedTask, type Ticket } from './task.svelte';
import { Ticketing } from './ticketing';
import { TransferError } from './transfer';

/*
 * A queue of our own, because Uppy's uploader for S3 (version 6) speaks S3's protocol itself: it opens and joins
 * multipart uploads, where here the server does, and it knows no confirmation of each file, without which a photo that
 * has arrived would never be processed. Its restorer keeps copies of up to 300 MB, which a shoot of 18 GB is not.
 */

/** Browsers open six connections to a server of HTTP/1.1; two stay free for the pages. */
const AT_ONCE = 4;
const TRIES = 5;

export interface Chosen {
  file: File;
  origin: Origin | null;
}

/** An edited file, and the photo whose original it is to be. */
export interface Replacing {
  file: File;
  photoId: string;
  /** Whether its picture may have another shape than the one it replaces. */
  anyShape: boolean;
  /** Where to send it, if that is known already. */
  ticket: Ticket | null;
}

/** Something came into a gallery, or was changed there. */
export interface News {
  galleryId: string;
  /** The photo, if it is one; an archive becomes many. */
  photo: Schema['Photo'] | null;
  isNew: boolean;
}

interface Gallery {
  id: string;
  name: string;
}

export interface Surroundings {
  remote: Remote;
  /** Keeps tasks for after a reload, and forgets them. */
  keep(tasks: SavedTask[]): void;
  forget(ids: string[]): void;
  /** Waits before another try, and for the network where there is none. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  now(): number;
  describe(error: unknown): string;
  faultText: FaultText;
  /** What is said of an edited file that another one has taken the place of, and of what is there no more. */
  superseded: string;
  gone: string;
}

export class UploadQueue {
  tasks: UploadTask[] = $state.raw([]);
  isPaused = $state(false);
  readonly rate = new Rate();
  #listeners: ((news: News) => void)[] = [];
  #running = 0;
  #around: Surroundings;
  #ticketing: Ticketing;
  #following: Following;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#ticketing = new Ticketing({
      remote: around.remote,
      tasks: () => this.tasks,
      provided: (tasks) => around.keep(tasks.map((task) => task.save())),
      refused: (task) => around.forget([task.id]),
      describe: around.describe,
    });
    this.#following = new Following({
      working: () => this.tasks.filter(({ state }) => state === 'working'),
      look: (task) => this.#look(task),
      pause: (milliseconds) => around.pause(milliseconds, new AbortController().signal),
    });
  }

  /** Takes files that become photos, and archives of them. */
  add(gallery: Gallery, chosen: Chosen[]): void {
    const fresh = chosen.map(({ file, origin }) =>
      taskFor(gallery, file, origin, { kind: isArchive(file) ? 'archive' : 'photo' }),
    );
    this.#begin(fresh);
  }

  /** Takes edited files that replace the originals of photos. */
  replace(gallery: Gallery, files: Replacing[]): UploadTask[] {
    const fresh = files.map(({ file, photoId, anyShape, ticket }) => {
      const task = taskFor(gallery, file, null, { kind: 'replacement', photoId, anyShape });
      task.ticket = ticket;
      return task;
    });
    this.#begin(fresh);
    return fresh;
  }

  #begin(fresh: UploadTask[]): void {
    this.tasks = [...this.tasks, ...fresh];
    this.#around.keep(fresh.map((task) => task.save()));
    this.#pump();
  }

  /** Tells `listener` of everything that arrives or changes, until the answer is called. */
  subscribe(listener: (news: News) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Takes up what an earlier page left. What has arrived meanwhile is done; the rest waits for its file. */
  async restore(saved: SavedTask[]): Promise<void> {
    const restored = saved.map((one) => UploadTask.restore(one));
    this.tasks = [...restored, ...this.tasks];
    this.#following.start();
    for (const task of restored.filter(({ wasStarted, hasArrived }) => wasStarted && !hasArrived)) {
      const completed = await arrived(task, this.#around.remote).catch(() => null);
      if (completed) this.#finish(task, completed);
    }
  }

  /** Gives a task its file, with which it goes on. */
  attach(task: UploadTask, file: File): void {
    task.file = file;
    task.state = 'waiting';
    this.#pump();
  }

  pause(): void {
    this.isPaused = true;
    for (const task of this.tasks) task.stop?.abort();
  }

  resume(): void {
    this.isPaused = false;
    this.#pump();
  }

  retry(task: UploadTask): void {
    if (task.state !== 'failed') return;
    task.state = 'waiting';
    task.reason = '';
    task.attempts = 0;
    this.#pump();
  }

  retryAll(): void {
    for (const task of this.tasks) this.retry(task);
  }

  /** Drops a file that has not arrived. */
  cancel(task: UploadTask): void {
    this.#leave([task]);
  }

  cancelAll(): void {
    this.#leave(this.tasks.filter(({ state }) => state !== 'done' && state !== 'working'));
  }

  /** Takes what needs no more attention off the list. */
  clear(): void {
    const settled = this.tasks.filter(({ state }) => state === 'done' || state === 'refused');
    this.#around.forget(settled.map(({ id }) => id));
    this.tasks = this.tasks.filter((task) => !settled.includes(task));
  }

  #leave(gone: UploadTask[]): void {
    for (const task of gone) {
      task.stop?.abort();
      // Nobody waits for this; a ticket that stays unused ends by itself, as those of archives and edited files do: what
      // the latter name is a photo that stays.
      const photoId = task.purpose.kind === 'photo' ? task.ticket?.photo_id : undefined;
      if (photoId) this.#around.remote.discard(photoId).catch(() => undefined);
    }
    this.#around.forget(gone.map(({ id }) => id));
    this.tasks = this.tasks.filter((task) => !gone.includes(task));
  }

  #pump(): void {
    while (!this.isPaused && this.#running < AT_ONCE) {
      const task = this.tasks.find(({ state }) => state === 'waiting');
      if (!task) return;
      this.#running += 1;
      task.state = 'sending';
      void this.#run(task).finally(() => {
        this.#running -= 1;
        this.#pump();
      });
    }
  }

  async #run(task: UploadTask): Promise<void> {
    task.stop = new AbortController();
    const { signal } = task.stop;
    try {
      await this.#ticketing.provide(task);
      if (task.state !== 'sending') return;
      signal.throwIfAborted();
      const watch = this.#measure(task);
      const completed = await attempt(task, this.#around.remote, signal, () =>
        this.#around.keep([task.save()]),
      ).finally(watch);
      this.#finish(task, completed);
    } catch (error) {
      await this.#fail(task, error, signal);
    } finally {
      task.stop = null;
    }
  }

  async #fail(task: UploadTask, error: unknown, signal: AbortSignal): Promise<void> {
    task.sentBytes = 0;
    if (signal.aborted) {
      task.state = 'waiting';
      return;
    }
    task.attempts += 1;
    if (error instanceof TransferError && error.isTicketGone) {
      task.ticket = null;
      task.parts = [];
    }
    if (canTryAgain(error) && task.attempts < TRIES) {
      await this.#around.pause(1000 * 2 ** (task.attempts - 1), signal);
      task.state = 'waiting';
      return;
    }
    task.reason = this.#around.describe(error);
    task.state = 'failed';
  }

  #finish(task: UploadTask, completed: Completed): void {
    task.sentBytes = task.size;
    task.file = null;
    const photo = 'entries' in completed ? null : completed;
    if (task.purpose.kind === 'photo') {
      task.state = 'done';
      this.#around.forget([task.id]);
    } else {
      task.state = 'working';
      task.hasArrived = true;
      this.#around.keep([task.save()]);
      this.#following.start();
    }
    this.#tell({ galleryId: task.galleryId, photo, isNew: task.purpose.kind === 'photo' });
  }

  #tell(news: News): void {
    for (const listener of this.#listeners) listener(news);
  }

  /** Asks what became of a file that has arrived. */
  async #look(task: UploadTask): Promise<void> {
    try {
      const outcome =
        task.purpose.kind === 'replacement'
          ? await this.#lookAtPhoto(task, task.purpose.photoId)
          : await this.#lookAtArchive(task);
      this.#settle(task, outcome);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      this.#settle(task, { state: 'refused', reason: this.#around.gone });
    }
  }

  async #lookAtPhoto(task: UploadTask, photoId: string): Promise<Outcome> {
    const photo = await this.#around.remote.findPhoto(photoId);
    this.#tell({ galleryId: task.galleryId, photo, isNew: false });
    return replacementOutcome(photo, task.filename, this.#around.superseded, this.#around.faultText);
  }

  async #lookAtArchive(task: UploadTask): Promise<Outcome> {
    const before = task.archive?.entries.length ?? 0;
    task.archive = await this.#around.remote.findArchive(task.ticket?.archive_id ?? '');
    const hasMore = task.archive.entries.length > before;
    if (hasMore) this.#tell({ galleryId: task.galleryId, photo: null, isNew: true });
    return archiveOutcome(task.archive, this.#around.faultText);
  }

  #settle(task: UploadTask, { state, reason }: Outcome): void {
    // It may have been taken off the list meanwhile.
    if (task.state !== 'working' || state === 'working') return;
    task.reason = reason;
    task.state = state;
    // The report of an archive can be read until it is taken off the list, after a reload too.
    if (task.purpose.kind !== 'archive') this.#around.forget([task.id]);
  }

  /** Tells the rate of what a task sends; the answer ends it. */
  #measure(task: UploadTask): () => void {
    let last = task.sentBytes;
    const take = (): void => {
      if (task.sentBytes > last) this.rate.add(task.sentBytes - last, this.#around.now());
      last = task.sentBytes;
    };
    const timer = setInterval(take, 250);
    return () => {
      take();
      clearInterval(timer);
    };
  }
}

function taskFor(gallery: Gallery, file: File, origin: Origin | null, purpose: Purpose): UploadTask {
  const id = freshName();
  return new UploadTask(id, gallery.id, gallery.name, file.name, file.size, file, origin, purpose);
}

function canTryAgain(error: unknown): boolean {
  if (error instanceof TransferError) return error.isTransient || error.isTicketGone;
  if (error instanceof ApiError) return error.isTransient || error.kind === 'upload-incomplete';
  return false;
}

import { SvelteSet } from 'svelte/reactivity';
import { freshName } from '../../api/fresh-name';
import { ApiError } from '../../api/problem';
import type { Schema } from '../../api/http';
import { arrived, attempt } from './attempt';
import type { Remote } from './remote';
import { Rate } from './rate';
import { UploadTask, type Origin, type SavedTask } from './task.svelte';
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

export interface Surroundings {
  remote: Remote;
  /** Keeps tasks for after a reload, and forgets them. */
  keep(tasks: SavedTask[]): void;
  forget(ids: string[]): void;
  /** Waits before another try, and for the network where there is none. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  now(): number;
  describe(error: unknown): string;
}

export class UploadQueue {
  tasks: UploadTask[] = $state.raw([]);
  isPaused = $state(false);
  /** Galleries that have received photos since the page was loaded. */
  readonly touched = new SvelteSet<string>();
  readonly rate = new Rate();
  #listeners: ((photo: Schema['Photo']) => void)[] = [];
  #running = 0;
  #around: Surroundings;
  #ticketing: Ticketing;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#ticketing = new Ticketing({
      remote: around.remote,
      tasks: () => this.tasks,
      provided: (tasks) => around.keep(tasks.map((task) => task.save())),
      refused: (task) => around.forget([task.id]),
    });
  }

  add(gallery: { id: string; name: string }, chosen: Chosen[]): void {
    const fresh = chosen.map(
      ({ file, origin }) =>
        new UploadTask(freshName(), gallery.id, gallery.name, file.name, file.size, file, origin),
    );
    this.tasks = [...this.tasks, ...fresh];
    this.#around.keep(fresh.map((task) => task.save()));
    this.#pump();
  }

  /** Tells `listener` of each photo that arrives, until the answer is called. */
  subscribe(listener: (photo: Schema['Photo']) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Takes up what an earlier page left. What has arrived meanwhile is done; the rest waits for its file. */
  async restore(saved: SavedTask[]): Promise<void> {
    const restored = saved.map((one) => UploadTask.restore(one));
    this.tasks = [...restored, ...this.tasks];
    for (const task of restored.filter(({ wasStarted }) => wasStarted)) {
      const photo = await arrived(task, this.#around.remote).catch(() => null);
      if (photo) this.#finish(task, photo);
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
    this.#leave(this.tasks.filter(({ state }) => state !== 'done'));
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
      // Nobody waits for this; a ticket that stays unused ends by itself.
      if (task.ticket) this.#around.remote.discard(task.ticket.photo_id).catch(() => undefined);
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
      const photo = await attempt(task, this.#around.remote, signal, () =>
        this.#around.keep([task.save()]),
      ).finally(watch);
      this.#finish(task, photo);
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

  #finish(task: UploadTask, photo: Schema['Photo']): void {
    task.sentBytes = task.size;
    task.state = 'done';
    task.file = null;
    this.#around.forget([task.id]);
    this.touched.add(task.galleryId);
    for (const listener of this.#listeners) listener(photo);
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

function canTryAgain(error: unknown): boolean {
  if (error instanceof TransferError) return error.isTransient || error.isTicketGone;
  if (error instanceof ApiError) return error.isTransient || error.kind === 'upload-incomplete';
  return false;
}

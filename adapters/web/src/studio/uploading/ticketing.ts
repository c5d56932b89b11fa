import { ApiError, errorOfPart } from '../../api/problem';
import type { Schema } from '../../api/http';
import type { Announcement, Remote } from './remote';
import type { UploadTask } from './task.svelte';

/** How many tickets are asked for at once. The API gives 500; fewer let the first file start sooner. */
const TICKETS_AT_ONCE = 100;

export interface TicketCounter {
  remote: Remote;
  /** All tasks, in the order in which they are sent. */
  tasks(): UploadTask[];
  /** These got their tickets. */
  provided(tasks: UploadTask[]): void;
  /** This one got none, and never will. */
  refused(task: UploadTask): void;
  describe(error: unknown): string;
}

/** Asks for tickets in batches: the first task that needs one asks for those behind it as well. */
export class Ticketing {
  #asking: Promise<void> | null = null;

  constructor(private readonly counter: TicketCounter) {}

  /** Ends when the task has its ticket, or was refused one. */
  async provide(task: UploadTask): Promise<void> {
    if (task.purpose.kind !== 'photo') {
      if (task.ticket === null) await this.#requestOne(task);
      return;
    }
    while (task.ticket === null && task.state === 'sending') {
      if (this.#asking) await this.#asking.catch(() => undefined);
      else {
        this.#asking = this.#request(task).finally(() => (this.#asking = null));
        await this.#asking;
      }
    }
  }

  async #request(first: UploadTask): Promise<void> {
    const isNeedy = (task: UploadTask): boolean =>
      task.isOpen &&
      task !== first &&
      task.purpose.kind === 'photo' &&
      task.ticket === null &&
      task.galleryId === first.galleryId;
    const batch = [first, ...this.counter.tasks().filter(isNeedy)].slice(0, TICKETS_AT_ONCE);
    const entries = await this.counter.remote.requestTickets(first.galleryId, batch.map(announcement));
    batch.forEach((task, place) => this.#take(task, entries[place]));
    this.counter.provided(batch.filter(({ ticket }) => ticket !== null));
  }

  /** For archives and edited files, which come one by one and are refused as a whole request. */
  async #requestOne(task: UploadTask): Promise<void> {
    const { remote, describe, provided } = this.counter;
    const { purpose } = task;
    try {
      if (purpose.kind === 'replacement') {
        this.#take(
          task,
          await remote.requestReplacement(purpose.photoId, announcement(task), purpose.anyShape),
        );
      } else {
        const ticket = await remote.requestArchive(task.galleryId, task.filename, task.size);
        const { upload_id, archive_id, url, headers } = ticket;
        task.ticket = { upload_id, archive_id, url, headers };
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refuse(task, describe(error));
    }
    if (task.ticket) provided([task]);
  }

  #take(task: UploadTask, entry: Schema['UploadEntry'] | undefined): void {
    if (entry?.error) {
      this.#refuse(task, this.counter.describe(errorOfPart(entry.error)));
    } else if (entry?.upload_id && entry.photo_id && entry.url) {
      const { upload_id, photo_id, url, headers = {} } = entry;
      task.ticket = { upload_id, photo_id, url, headers };
    }
  }

  #refuse(task: UploadTask, reason: string): void {
    task.reason = reason;
    task.state = 'refused';
    task.file = null;
    this.counter.refused(task);
  }
}

function announcement({ filename, size, file }: UploadTask): Announcement {
  // Of other types the server judges by the extension, which it can explain better.
  return { filename, size, ...(file?.type.startsWith('image/') ? { content_type: file.type } : {}) };
}

/** Whether the same request will be answered in the same way another time. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && !error.isTransient && error.status !== 401;
}

import type { Schema } from '../../api/http';
import type { Remote } from './remote';
import type { Ticket, UploadTask } from './task.svelte';

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
}

/** Asks for tickets in batches: the first task that needs one asks for those behind it as well. */
export class Ticketing {
  #asking: Promise<void> | null = null;

  constructor(private readonly counter: TicketCounter) {}

  /** Ends when the task has its ticket, or was refused one. */
  async provide(task: UploadTask): Promise<void> {
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
      task.isOpen && task !== first && task.ticket === null && task.galleryId === first.galleryId;
    const batch = [first, ...this.counter.tasks().filter(isNeedy)].slice(0, TICKETS_AT_ONCE);
    const files = batch.map(({ filename, size, file }) => ({
      filename,
      size,
      // Of other types the server judges by the extension, which it can explain better.
      ...(file?.type.startsWith('image/') ? { content_type: file.type } : {}),
    }));
    const entries = await this.counter.remote.requestTickets(first.galleryId, files);
    batch.forEach((task, place) => this.#take(task, entries[place]));
    this.counter.provided(batch.filter(({ ticket }) => ticket !== null));
  }

  #take(task: UploadTask, entry: Schema['UploadEntry'] | undefined): void {
    if (entry?.error) {
      task.reason = entry.error.detail || entry.error.title;
      task.state = 'refused';
      task.file = null;
      this.counter.refused(task);
    } else if (entry?.upload_id && entry.photo_id && entry.url) {
      const { upload_id, photo_id, url, headers = {} } = entry;
      task.ticket = { upload_id, photo_id, url, headers } satisfies Ticket;
    }
  }
}

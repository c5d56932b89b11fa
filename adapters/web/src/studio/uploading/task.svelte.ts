import type { Schema } from '../../api/http';

export type Ticket = Required<Pick<Schema['UploadEntry'], 'upload_id' | 'photo_id' | 'url' | 'headers'>>;

/**
 * - `waiting`: for its turn
 * - `sending`: its bytes travel, or it is being confirmed
 * - `done`: the server has the photo
 * - `failed`: it may work another time
 * - `refused`: the server does not take such a file
 * - `lost`: the page was loaded anew and the browser does not give the file without asking
 */
export type TaskState = 'waiting' | 'sending' | 'done' | 'failed' | 'refused' | 'lost';

/** Where a file came from, as far as the browser lets a page find it again after a reload. */
export interface Origin {
  /** The dropped folder or file. */
  handle: FileSystemHandle;
  /** The way from the folder to the file; empty for a file. */
  path: string[];
}

/** What a task needs to go on after a reload. */
export interface SavedTask {
  id: string;
  galleryId: string;
  galleryName: string;
  filename: string;
  size: number;
  ticket: Ticket | null;
  /** Whether bytes were sent, so that all of them may be there. */
  wasStarted: boolean;
  parts: Schema['SentPart'][];
  origin: Origin | null;
}

/** One file on its way. */
export class UploadTask {
  state: TaskState = $state('waiting');
  sentBytes = $state(0);
  /** Why it failed or was refused, in a sentence. */
  reason = $state('');
  ticket: Ticket | null = null;
  wasStarted = false;
  parts: Schema['SentPart'][] = [];
  attempts = 0;
  /** Ends the transfer that is under way. */
  stop: AbortController | null = null;

  constructor(
    readonly id: string,
    readonly galleryId: string,
    readonly galleryName: string,
    readonly filename: string,
    readonly size: number,
    public file: File | null,
    readonly origin: Origin | null,
  ) {}

  static restore(saved: SavedTask): UploadTask {
    const { id, galleryId, galleryName, filename, size, origin } = saved;
    const task = new UploadTask(id, galleryId, galleryName, filename, size, null, origin);
    task.state = 'lost';
    task.ticket = saved.ticket;
    task.wasStarted = saved.wasStarted;
    task.parts = saved.parts;
    return task;
  }

  save(): SavedTask {
    const { id, galleryId, galleryName, filename, size, ticket, wasStarted, parts, origin } = this;
    return { id, galleryId, galleryName, filename, size, ticket, wasStarted, parts: [...parts], origin };
  }

  get isOpen(): boolean {
    return this.state === 'waiting' || this.state === 'sending';
  }

  /** Whether a chosen file is this one. */
  matches(file: { name: string; size: number }): boolean {
    return file.name === this.filename && file.size === this.size;
  }
}

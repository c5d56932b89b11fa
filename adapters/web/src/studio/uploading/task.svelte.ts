import type { Schema } from '../../api/http';

/** Where a file's bytes go, and what they become: a photo, or an archive. */
export interface Ticket {
  upload_id: string;
  url: string;
  headers: Record<string, string>;
  photo_id?: string;
  archive_id?: string;
}

/** What a file is for: to be a photo, to be expanded into photos, or to take the place of a photo's original. */
export type Purpose =
  { kind: 'photo' } | { kind: 'archive' } | { kind: 'replacement'; photoId: string; anyShape: boolean };

/**
 * - `waiting`: for its turn
 * - `sending`: its bytes travel, or it is being confirmed
 * - `working`: it has arrived, and what becomes of it is still to be seen
 * - `done`: the server has the photo, or all that became of it
 * - `failed`: it may work another time
 * - `refused`: the server does not take such a file
 * - `lost`: the page was loaded anew and the browser does not give the file without asking
 */
export type TaskState = 'waiting' | 'sending' | 'working' | 'done' | 'failed' | 'refused' | 'lost';

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
  /** Whether all of them have arrived. */
  hasArrived?: boolean;
  parts: Schema['SentPart'][];
  origin: Origin | null;
  /** Left out for photos. */
  purpose?: Purpose;
}

/** One file on its way. */
export class UploadTask {
  state: TaskState = $state('waiting');
  sentBytes = $state(0);
  /** Why it failed or was refused, in a sentence. */
  reason = $state('');
  /** What an archive has become so far. */
  archive: Schema['Archive'] | null = $state.raw(null);
  ticket: Ticket | null = null;
  wasStarted = false;
  hasArrived = false;
  parts: Schema['SentPart'][] = [];
  attempts = 0;
  /** How often the server was asked what became of it. */
  looks = 0;
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
    readonly purpose: Purpose = { kind: 'photo' },
  ) {}

  static restore(saved: SavedTask): UploadTask {
    const { id, galleryId, galleryName, filename, size, origin, purpose } = saved;
    const task = new UploadTask(id, galleryId, galleryName, filename, size, null, origin, purpose);
    task.state = saved.hasArrived ? 'working' : 'lost';
    task.ticket = saved.ticket;
    task.wasStarted = saved.wasStarted;
    task.hasArrived = saved.hasArrived ?? false;
    task.parts = saved.parts;
    return task;
  }

  save(): SavedTask {
    const { id, galleryId, galleryName, filename, size, ticket, wasStarted, hasArrived, parts, origin } =
      this;
    const purpose = { ...this.purpose };
    return {
      id,
      galleryId,
      galleryName,
      filename,
      size,
      ticket,
      wasStarted,
      hasArrived,
      parts: [...parts],
      origin,
      purpose,
    };
  }

  get isOpen(): boolean {
    return this.state === 'waiting' || this.state === 'sending';
  }

  /** Whether nothing more happens to it by itself. */
  get isSettled(): boolean {
    return !this.isOpen && this.state !== 'working';
  }

  /** Whether a chosen file is this one. */
  matches(file: { name: string; size: number }): boolean {
    return file.name === this.filename && file.size === this.size;
  }
}

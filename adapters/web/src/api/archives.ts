import { ApiError } from './problem';
import type { components } from './schema';

/** Several files as one ZIP, which the server puts together and keeps for a while. */
export type Archive = components['schemas']['Download'];

export type ReadyArchive = Archive & { url: string };

/** The server could not put an archive together. */
export class ArchiveFailed extends Error {
  override readonly name = 'ArchiveFailed';

  constructor(
    /** Why, in the API's own sentence. */
    sentence: string,
    /** Why, as a word. */
    readonly kind: string | null,
  ) {
    super(sentence);
  }
}

/** An archive of a few files is there after a moment, one of thousands after minutes. */
const SOONEST_MS = 400;
const LATEST_MS = 4_000;

/**
 * Asks until an archive is ready. `onprogress` hears how many files are in. A lost connection takes nothing away: the
 * server goes on, and it is asked again.
 */
export async function whenReady(
  begun: Archive,
  ask: (id: string) => Promise<Archive>,
  signal: AbortSignal,
  onprogress: (archive: Archive) => void,
): Promise<ReadyArchive> {
  let archive = begun;
  let pause = SOONEST_MS;
  for (;;) {
    onprogress(archive);
    const { state, failure, failure_kind } = archive;
    if (state === 'failed') throw new ArchiveFailed(failure ?? '', failure_kind ?? null);
    if (archive.url) return { ...archive, url: archive.url };
    await wait(pause, signal);
    pause = Math.min(pause * 1.5, LATEST_MS);
    try {
      archive = await ask(archive.id);
    } catch (error) {
      if (!(error instanceof ApiError && error.isTransient)) throw error;
      pause = LATEST_MS;
    }
    signal.throwIfAborted();
  }
}

/** Lets the browser fetch an archive as any download: to disk, with its own progress, going on where it broke off. */
export function saveArchive({ url, filename }: ReadyArchive): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

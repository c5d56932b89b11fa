import type { TaskState, UploadTask } from './task.svelte';

/** Where the queue stands as a whole. */
export interface Summary {
  counts: Record<TaskState, number>;
  /** Files that are done or still to be done; refused ones are no work. */
  files: number;
  totalBytes: number;
  sentBytes: number;
}

export function summarise(tasks: Pick<UploadTask, 'state' | 'size' | 'sentBytes'>[]): Summary {
  const counts = { waiting: 0, sending: 0, working: 0, done: 0, failed: 0, refused: 0, lost: 0 };
  let totalBytes = 0;
  let sentBytes = 0;
  for (const { state, size, sentBytes: sent } of tasks) {
    counts[state] += 1;
    if (state === 'refused' || state === 'lost') continue;
    totalBytes += size;
    sentBytes += sent;
  }
  return { counts, files: tasks.length - counts.refused - counts.lost, totalBytes, sentBytes };
}

/** Seconds until all is sent at this rate, or null while nobody can tell. */
export function secondsLeft({ totalBytes, sentBytes }: Summary, bytesPerSecond: number): number | null {
  return bytesPerSecond > 0 ? Math.ceil((totalBytes - sentBytes) / bytesPerSecond) : null;
}

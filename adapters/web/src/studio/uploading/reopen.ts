import type { Origin, UploadTask } from './task.svelte';

/** Each folder or file is asked for by itself; more questions than this are worse than choosing anew. */
const MOST_QUESTIONS = 3;

/** Chromium's permissions of handles, which the types of the DOM do not have yet. */
interface AskableHandle {
  requestPermission?: (descriptor: { mode: 'read' }) => Promise<PermissionState>;
  isSameEntry(other: FileSystemHandle): Promise<boolean>;
}

async function roots(tasks: UploadTask[]): Promise<FileSystemHandle[]> {
  const found: FileSystemHandle[] = [];
  for (const { origin } of tasks) {
    if (!origin) continue;
    const same = await Promise.all(found.map((handle) => handle.isSameEntry(origin.handle)));
    if (!same.includes(true)) found.push(origin.handle);
    if (found.length > MOST_QUESTIONS) break;
  }
  return found;
}

/** Whether the browser can fetch the files of these tasks again without the photographer choosing them. */
export async function canReopen(tasks: UploadTask[]): Promise<boolean> {
  if (tasks.length === 0 || tasks.some(({ origin }) => origin === null)) return false;
  return (await roots(tasks)).length <= MOST_QUESTIONS;
}

/** Fetches the files of `tasks` again, after asking for permission. Those that are gone or refused are left out. */
export async function reopen(tasks: UploadTask[]): Promise<{ task: UploadTask; file: File }[]> {
  for (const handle of await roots(tasks)) {
    await (handle as unknown as AskableHandle).requestPermission?.({ mode: 'read' });
  }
  const found: { task: UploadTask; file: File }[] = [];
  for (const task of tasks) {
    const file = task.origin ? await read(task.origin).catch(() => null) : null;
    if (file && file.size === task.size) found.push({ task, file });
  }
  return found;
}

async function read({ handle, path }: Origin): Promise<File> {
  if (handle.kind === 'file') return (handle as FileSystemFileHandle).getFile();
  let directory = handle as FileSystemDirectoryHandle;
  for (const name of path.slice(0, -1)) directory = await directory.getDirectoryHandle(name);
  return (await directory.getFileHandle(path.at(-1) ?? '')).getFile();
}

import type { Chosen } from './queue.svelte';

/** What systems leave in folders, which nobody means to upload. */
const LITTER = /^(\..*|thumbs\.db|desktop\.ini)$/i;

export function isLitter(name: string): boolean {
  return LITTER.test(name);
}

/** Whether a file is a ZIP archive by its name or type; what it holds is the server's to judge. */
export function isArchive({ name, type }: { name: string; type: string }): boolean {
  return /\.zip$/i.test(name) || type === 'application/zip' || type === 'application/x-zip-compressed';
}

/** The files of an `<input type="file">`, with or without folders. */
export function chosenFiles(list: FileList | null): Chosen[] {
  return [...(list ?? [])].filter(({ name }) => !isLitter(name)).map((file) => ({ file, origin: null }));
}

/** Chromium gives handles, with which the same files can be read after a reload. */
interface HandleSource {
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
}

/**
 * The files that were dropped, those in folders included. The first line must run in the event itself: after it the
 * browser empties the list.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<Chosen[]> {
  const dropped = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({
      entry: item.webkitGetAsEntry(),
      file: item.getAsFile(),
      handle: (item as HandleSource).getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null),
    }));
  const found: Chosen[] = [];
  for (const { entry, file, handle } of dropped) {
    if (entry) await walk(entry, [], await handle, found);
    // Files that lie on no disk, such as pictures out of another page, have no entry.
    else if (file && !isLitter(file.name)) found.push({ file, origin: null });
  }
  return found;
}

async function walk(
  entry: FileSystemEntry,
  path: string[],
  handle: FileSystemHandle | null,
  found: Chosen[],
): Promise<void> {
  if (isLitter(entry.name)) return;
  if (entry.isFile) {
    const file = await fileOf(entry as FileSystemFileEntry);
    found.push({ file, origin: handle && { handle, path } });
    return;
  }
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) {
    await walk(child, [...path, child.name], handle, found);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives a hundred entries at a time, and an empty list at the end. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

import { downloadZip } from 'client-zip';
import type { Photo } from '../photos/chapters';
import { distinct, fetchFile, nameOf, saveBlob, type Size } from './files';

interface Picker {
  showSaveFilePicker?: (options: {
    suggestedName: string;
    types: { accept: Record<string, string[]> }[];
  }) => Promise<{ createWritable(): Promise<WritableStream<Uint8Array>> }>;
}

/** Where the archive goes: straight to disk where the browser can, else through memory. Null if the visitor declined. */
export async function chooseTarget(name: string): Promise<WritableStream<Uint8Array> | 'memory' | null> {
  const pick = (window as Picker).showSaveFilePicker;
  if (pick === undefined) return 'memory';
  try {
    const file = await pick.call(window, {
      suggestedName: name,
      types: [{ accept: { 'application/zip': ['.zip'] } }],
    });
    return await file.createWritable();
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError' ? null : 'memory';
  }
}

/** Puts photos into one ZIP, file after file. `onprogress` hears how many are in. */
export async function archive(
  photos: Photo[],
  size: Size,
  target: { name: string; stream: WritableStream<Uint8Array> | 'memory' },
  signal: AbortSignal,
  onprogress: (done: number) => void,
): Promise<void> {
  const response = downloadZip(files(photos, size, signal, onprogress));
  if (response.body === null) throw new Error('an archive without a body');
  if (target.stream !== 'memory') return response.body.pipeTo(target.stream, { signal });
  const blob = await response.blob();
  signal.throwIfAborted();
  saveBlob(blob, target.name);
}

async function* files(photos: Photo[], size: Size, signal: AbortSignal, onprogress: (done: number) => void) {
  const nameFor = distinct();
  for (const [done, photo] of photos.entries()) {
    signal.throwIfAborted();
    onprogress(done);
    const response = await fetchFile(photo.id, size, signal);
    yield { name: nameFor(nameOf(response, photo)), input: response };
  }
  onprogress(photos.length);
}

import { counted } from '../../texts/format';
import { t } from '../../texts/studio';
import { toast } from '../../kit/toasts.svelte';
import { isArchive } from './gather';
import type { Chosen } from './queue.svelte';
import { fileKey, presentFiles, uploads } from './uploads';

export interface Sorted {
  /** Files that are new to the gallery. */
  fresh: Chosen[];
  /** Files of the same name and size as a photo that is there, or on its way. */
  known: Chosen[];
}

/**
 * Sorts what was chosen for a gallery. Files that an upload before a reload still waits for are given to it; when there
 * were some, the same folder was chosen again, and what is there already is left out without a question.
 */
export async function receive(gallery: { id: string }, chosen: Chosen[]): Promise<Sorted> {
  const awaited = uploads.tasks.filter(
    ({ state, galleryId }) => state === 'lost' && galleryId === gallery.id,
  );
  const rest: Chosen[] = [];
  let resumed = 0;
  for (const one of chosen) {
    const task = awaited.find((lost) => lost.state === 'lost' && lost.matches(one.file));
    if (!task) {
      rest.push(one);
      continue;
    }
    uploads.attach(task, one.file);
    resumed += 1;
  }
  const there = await presentFiles(gallery.id);
  for (const task of uploads.tasks) {
    if (task.galleryId === gallery.id) there.add(fileKey(task.filename, task.size));
  }
  // Of an archive it is its photos that may be there, and only the server looks into it.
  const isKnown = ({ file }: Chosen) => !isArchive(file) && there.has(fileKey(file.name, file.size));
  const known = rest.filter(isKnown);
  if (resumed > 0 && known.length > 0) toast(counted(known.length, t.upload.skipped));
  return { fresh: rest.filter((one) => !isKnown(one)), known: resumed > 0 ? [] : known };
}

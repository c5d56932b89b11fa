import { problemText } from '../../kit/problem-text';
import { toast } from '../../kit/toasts.svelte';
import { kitTexts } from '../../texts/kit';
import { counted } from '../../texts/format';
import { t } from '../../texts/studio';
import { batch } from './batch';
import type { GalleryPhotos } from './photos.svelte';

/**
 * How long a deletion can be taken back. The server deletes at once and for ever, so the request itself waits; it goes
 * when the toast does. Closing the page sends it nowhere: then nothing is deleted, which is the safe way round.
 */
const UNDO_MS = 6_000;

const waiting = new Set<() => Promise<void>>();

export function deletePhotos(photos: GalleryPhotos, ids: string[]): void {
  photos.hide(ids);
  const send = async (): Promise<void> => {
    clearTimeout(timer);
    if (!waiting.delete(send)) return;
    try {
      const failed = await batch(ids, { action: 'delete' });
      const kept = failed.map(({ id }) => id);
      photos.show(kept);
      photos.drop(ids.filter((id) => !kept.includes(id)));
      if (kept.length > 0) toast(counted(kept.length, t.photos.notDeleted), { tone: 'bad' });
    } catch (error) {
      photos.show(ids);
      toast(problemText(error), { tone: 'bad' });
    }
  };
  const timer = setTimeout(send, UNDO_MS);
  waiting.add(send);
  toast(counted(ids.length, t.photos.deleted), {
    action: {
      label: kitTexts.undo,
      run: () => {
        clearTimeout(timer);
        if (waiting.delete(send)) photos.show(ids);
      },
    },
  });
}

/** Sends the deletions that wait, when the page with their undo is left. */
export async function flushDeletions(): Promise<void> {
  await Promise.all([...waiting].map((send) => send()));
}

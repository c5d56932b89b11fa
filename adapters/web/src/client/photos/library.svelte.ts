import { SvelteMap } from 'svelte/reactivity';
import { ok, pages } from '../../api/http';
import { untilOnline } from '../session/online.svelte';
import { client, visit } from '../session/visit.svelte';
import { belonging, chaptersOf, visibleChapters, type Chapter, type Photo } from './chapters';

/** As many as a first screen shows on a large display: a short reply, so that the first thumbs start early. */
const FIRST = 40;
const MOST = 500;
const RETRY_MS = 4_000;

/** All photos behind the link, as they arrive: chapter after chapter, so that nothing moves that is already shown. */
class Library {
  chapters: Chapter[] = $state.raw([]);
  /** Every photo that was loaded, also those that were asked for one by one. */
  byId = new SvelteMap<string, Photo>();
  complete = $state(false);
  error: unknown = $state.raw(null);

  count = $derived(this.chapters.reduce((sum, chapter) => sum + chapter.photos.length, 0));
}

export const library = new Library();

let all: Chapter[] = [];
/** How many of them are whole. */
let finished = 0;
let running = false;

/** Loads every photo. After a lost connection it goes on by itself. */
export async function loadPhotos(): Promise<void> {
  const share = visit.gallery;
  if (share === null || running || library.complete) return;
  running = true;
  try {
    if (all.length === 0) all = chaptersOf(share);
    for (const chapter of all.slice(finished)) {
      if (chapter.title !== null || !isWhole(share.photo_count)) await loadChapter(chapter);
      finished += 1;
    }
    library.complete = true;
    library.error = null;
  } catch (error) {
    library.error = error;
  } finally {
    running = false;
  }
  if (library.complete || visit.phase !== 'open') return;
  await untilOnline(RETRY_MS);
  void loadPhotos();
}

/** Whether no photo is left for the chapters beside the sections. */
function isWhole(count: number): boolean {
  return all.reduce((sum, chapter) => sum + chapter.photos.length, 0) >= count;
}

async function loadChapter(chapter: Chapter): Promise<void> {
  const several = (visit.gallery?.galleries.length ?? 1) > 1;
  const known = chapter.photos;
  let received: Photo[] = [];
  const fetchPage = (cursor: string | undefined) => {
    if (chapter === all[0] && cursor === undefined && visit.firstPhotos !== null) {
      const first = visit.firstPhotos;
      visit.firstPhotos = null;
      return Promise.resolve(first);
    }
    const limit = library.count === 0 ? FIRST : MOST;
    const query = {
      limit,
      ...(cursor !== undefined && { cursor }),
      ...(chapter.section !== null && { section: chapter.section }),
      ...(several && { gallery_id: chapter.gallery }),
    };
    return ok(client.GET('/client/photos', { params: { query } }));
  };
  for await (const page of pages(fetchPage)) {
    received = [...received, ...belonging(chapter, page)];
    for (const photo of page) {
      library.byId.set(photo.id, { ...photo, gallery_id: photo.gallery_id ?? chapter.gallery });
    }
    // While a broken load is repeated, what is shown stays.
    if (received.length < known.length) continue;
    chapter.photos = received;
    show();
  }
}

function show(): void {
  if (visit.gallery !== null) library.chapters = visibleChapters(all, visit.gallery);
}

/** Makes sure that these photos are known, in whatever order the gallery loads. */
export async function need(ids: string[]): Promise<void> {
  const missing = ids.filter((id) => !library.byId.has(id));
  for (let start = 0; start < missing.length; start += MOST) {
    const photo_ids = missing.slice(start, start + MOST);
    const { items } = await ok(client.POST('/client/photos/urls', { body: { photo_ids } }));
    for (const photo of items) library.byId.set(photo.id, photo);
  }
}

/** Which products can be ordered of a photo. */
export function productsOf(photo: Photo) {
  const galleries = visit.gallery?.galleries ?? [];
  const gallery = galleries.find(({ id }) => id === photo.gallery_id) ?? galleries[0];
  return gallery?.products ?? [];
}

import { ok, type Schema } from '../../api/http';
import { studio } from '../../api/studio';

type Photo = Schema['Photo'];

/** Signed addresses end; a cover that is this old is asked for again. */
const KEPT_MS = 10 * 60_000;
const kept = new Map<string, { at: number; photo: Promise<Photo | null> }>();

/** The photo on a gallery's cover: the chosen one, else the first that is ready. */
export function coverOf(gallery: Schema['Gallery']): Promise<Photo | null> {
  const key = `${gallery.id}/${gallery.cover_photo_id ?? ''}/${gallery.photo_states.ready}`;
  const found = kept.get(key);
  if (found && Date.now() - found.at < KEPT_MS) return found.photo;
  const photo = find(gallery);
  kept.set(key, { at: Date.now(), photo });
  photo.catch(() => kept.delete(key));
  return photo;
}

async function find({ id, cover_photo_id, photo_states }: Schema['Gallery']): Promise<Photo | null> {
  if (cover_photo_id) {
    const chosen = await ok(
      studio.GET('/photos/{photo_id}', { params: { path: { photo_id: cover_photo_id } } }),
    ).catch(() => null);
    if (chosen?.thumb_url) return chosen;
  }
  if (photo_states.ready === 0) return null;
  const params = { path: { gallery_id: id }, query: { limit: 1, state: 'ready' } };
  const page = await ok(studio.GET('/galleries/{gallery_id}/photos', { params }));
  return page.items[0] ?? null;
}

import { ok, pages, type Schema } from '../../api/http';
import { studio } from '../../api/studio';
import { captureTimeOf } from './capture-time';
import { sha256Of } from './digest';

/** The API takes this many at a time. */
const MOST = 500;

/** What the server finds the photo of an edited file by. */
export async function announcement(file: File): Promise<Schema['EditedFile']> {
  const [sha256, captured_at] = [await sha256Of(file), await captureTimeOf(file)];
  return {
    filename: file.name,
    size: file.size,
    ...(file.type.startsWith('image/') ? { content_type: file.type } : {}),
    ...(sha256 === null ? {} : { sha256 }),
    ...(captured_at === null ? {} : { captured_at }),
  };
}

/** What the server found for each of the files. Nothing is replaced by asking. */
export async function find(
  gallery_id: string,
  announced: Schema['EditedFile'][],
  signal: AbortSignal,
): Promise<Schema['MatchEntry'][]> {
  const entries: Schema['MatchEntry'][] = [];
  for (let place = 0; place < announced.length; place += MOST) {
    const body = { files: announced.slice(place, place + MOST) };
    const params = { path: { gallery_id } };
    entries.push(...(await ok(studio.POST('/galleries/{gallery_id}/replacements', { params, body }))).files);
    signal.throwIfAborted();
  }
  return entries;
}

/** All photos of a gallery, by id: one request for hundreds, where pairs would need one each. */
export async function photosOf(gallery_id: string): Promise<Map<string, Schema['Photo']>> {
  const found = new Map<string, Schema['Photo']>();
  const fetchPage = (cursor: string | undefined) => {
    const params = { path: { gallery_id }, query: { limit: 500, ...(cursor ? { cursor } : {}) } };
    return ok(studio.GET('/galleries/{gallery_id}/photos', { params }));
  };
  for await (const page of pages(fetchPage)) {
    for (const photo of page) found.set(photo.id, photo);
  }
  return found;
}

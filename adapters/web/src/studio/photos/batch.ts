import { ok, type Schema } from '../../api/http';
import { studio } from '../../api/studio';

/** The API takes this many at a time. */
const MOST = 500;

/** Does the same to many photos, and answers those for which it went wrong. */
export async function batch(
  ids: string[],
  what: Omit<Schema['PhotoBatch'], 'ids'>,
): Promise<Schema['PhotoBatchResult'][]> {
  const failed: Schema['PhotoBatchResult'][] = [];
  for (let place = 0; place < ids.length; place += MOST) {
    const body = { ...what, ids: ids.slice(place, place + MOST) };
    const { results } = await ok(studio.POST('/photos/batch', { body }));
    failed.push(...results.filter((result) => !result.ok));
  }
  return failed;
}

import { ok, pages, type Schema } from '../../../api/http';
import { studio } from '../../../api/studio';

/** The galleries that sell from a price list. The API has no filter for it, so all are looked through. */
export async function galleriesSelling(priceListId: string): Promise<Schema['Gallery'][]> {
  const found: Schema['Gallery'][] = [];
  const all = pages((cursor) =>
    ok(studio.GET('/galleries', { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } })),
  );
  for await (const page of all) {
    found.push(...page.filter((gallery) => gallery.price_list_id === priceListId));
  }
  return found;
}

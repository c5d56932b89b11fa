import { ok, pages, type Schema } from '../../api/http';
import { studio } from '../../api/studio';

/** All collections of the studio, newest first. There are hundreds, not thousands: a choice needs all of them. */
export const collections: { items: Schema['Collection'][]; isLoaded: boolean } = $state({
  items: [],
  isLoaded: false,
});

export async function loadCollections(): Promise<void> {
  const items: Schema['Collection'][] = [];
  const fetchPage = (cursor: string | undefined) =>
    ok(studio.GET('/collections', { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } }));
  for await (const page of pages(fetchPage)) items.push(...page);
  collections.items = items;
  collections.isLoaded = true;
}

export function nameOfCollection(id: string | null | undefined): string | undefined {
  return collections.items.find((one) => one.id === id)?.name;
}

import type { Schema } from '../../api/http';

export type Hit = Schema['SearchHit'];

/** The kinds of things that are found, in the order in which they are shown. */
export const kinds = ['collection', 'gallery', 'client', 'order', 'photo'] as const;
export type Kind = (typeof kinds)[number];

export interface Group {
  kind: Kind;
  hits: Hit[];
}

/** The hits of each kind that has some, in the order of the kinds; within a kind they stay as they came. */
export function grouped(hits: readonly Hit[]): Group[] {
  return kinds
    .map((kind) => ({ kind, hits: hits.filter((hit) => hit.kind === kind) }))
    .filter((group) => group.hits.length > 0);
}

/** The page on which something that was found is at home. */
export function addressOf(hit: Hit): string {
  switch (hit.kind) {
    case 'collection':
      return `/collections/${hit.id}`;
    case 'order':
      return `/orders/${hit.id}`;
    case 'photo':
      return `/galleries/${hit.gallery_id}?q=${encodeURIComponent(hit.title)}`;
    case 'client':
      return hit.gallery_id ? `/galleries/${hit.gallery_id}?tab=shares` : `/collections/${hit.collection_id}`;
    default:
      return `/galleries/${hit.id}`;
  }
}

/** Where the focus goes from the entry at `at` of `count`; `null` is the field above the first. */
export function moved(key: string, at: number | null, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return at === null ? 0 : Math.min(at + 1, count - 1);
  if (key === 'ArrowUp') return at === null || at === 0 ? null : at - 1;
  return at;
}

/** Why a text cannot be searched for, before the server is asked. */
export function refusal(q: string): 'tooLong' | 'noWord' | null {
  const words = q.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  if ([...q].length > 200 || words.length > 10) return 'tooLong';
  return words.length === 0 ? 'noWord' : null;
}

/**
 * The page's address: `/s/{token}#view`. The fragment says what is shown and never reaches a server, which is why the
 * key of "continue on another device" travels in it.
 */

export type View =
  { at: 'gallery' } | { at: 'picks' } | { at: 'basket' } | { at: 'orders' } | { at: 'order'; id: string };

/** What a fragment asks for: a view, and perhaps a photo that lies open above it. */
export interface Place {
  view: View;
  photo: string | null;
}

export function tokenOf(path: string): string {
  const found = /^\/s\/([^/?#]+)/.exec(path)?.[1] ?? '';
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}

export function placeOf(fragment: string): Place {
  const wanted = new URLSearchParams(fragment.replace(/^#/, ''));
  const photo = wanted.get('photo');
  const order = wanted.get('order');
  if (order) return { view: { at: 'order', id: order }, photo: null };
  for (const at of ['basket', 'orders'] as const) {
    if (wanted.has(at)) return { view: { at }, photo: null };
  }
  return { view: { at: wanted.has('picks') ? 'picks' : 'gallery' }, photo };
}

export function fragmentOf({ view, photo }: Place): string {
  const parts: string[] = [];
  if (view.at === 'order') parts.push(`order=${encodeURIComponent(view.id)}`);
  else if (view.at !== 'gallery') parts.push(view.at);
  if (photo !== null) parts.push(`photo=${encodeURIComponent(photo)}`);
  return parts.length > 0 ? `#${parts.join('&')}` : '';
}

/** The client key of a fragment, and the fragment without it. */
export function keyOf(fragment: string): { key: string | null; rest: string } {
  const wanted = new URLSearchParams(fragment.replace(/^#/, ''));
  const key = wanted.get('key');
  if (key === null) return { key, rest: fragment };
  return { key, rest: fragmentOf(placeOf(fragment)) };
}

/** A link that another device opens as the same client. */
export function linkWithKey(key: string | null, order?: string): string {
  const parts = [order && `order=${encodeURIComponent(order)}`, key && `key=${encodeURIComponent(key)}`];
  const fragment = parts.filter(Boolean).join('&');
  return `${location.origin}${location.pathname}${fragment && `#${fragment}`}`;
}

import type { Schema } from '../../../api/http';

/** Something that the bell tells of. It keeps facts, not sentences, so that it can be read in another language. */
export type Happening = { id: string; at: string } & (
  | { kind: 'order'; orderId: string; name: string; state: string }
  | { kind: 'photos'; galleryId: string; gallery: string; ready: number; failed: number }
);

/** What the bell remembers between visits. */
export interface Memory {
  /** What happened until then has been read. */
  seenAt: string;
  items: Happening[];
}

/** The bell is no archive. */
const MOST = 30;

/** Adds what is new. The same thing told twice is one; the newest stands first. */
export function withHappenings(items: readonly Happening[], added: readonly Happening[]): Happening[] {
  const ids = new Set(added.map((one) => one.id));
  return [...added, ...items.filter((one) => !ids.has(one.id))]
    .sort((one, other) => other.at.localeCompare(one.at))
    .slice(0, MOST);
}

export function unread({ items, seenAt }: Memory): Happening[] {
  return items.filter((one) => one.at > seenAt);
}

/** What an order's last event says; null for what the studio did itself. */
export function fromOrder(order: Schema['Order']): Happening | null {
  const last = order.events.at(-1);
  if (last === undefined || last.actor === 'studio') return null;
  return {
    id: `order ${order.id} ${last.at}`,
    at: last.at,
    kind: 'order',
    orderId: order.id,
    name: order.contact.name,
    state: last.kind,
  };
}

/** The event that the studio chooses channels for (`notifications` of the studio). */
export function eventOf(happening: Happening): string {
  if (happening.kind === 'photos') return happening.failed > 0 ? 'photo_failed' : 'photo_ready';
  if (happening.state === 'submitted') return 'order_placed';
  return happening.state === 'amended' ? 'order_amended' : 'order_moved';
}

/** How many photos of a gallery are still on their way. */
export function underWay(states: Schema['PhotoStates']): number {
  return states.pending + states.uploaded + states.processing;
}

/** Reads what was stored; what is not readable is forgotten. */
export function parseMemory(text: string | null): Memory {
  try {
    const memory = JSON.parse(text ?? '') as Partial<Memory>;
    if (typeof memory.seenAt === 'string' && Array.isArray(memory.items)) return memory as Memory;
  } catch {
    // Nothing stored yet, or by another program.
  }
  return { seenAt: '', items: [] };
}

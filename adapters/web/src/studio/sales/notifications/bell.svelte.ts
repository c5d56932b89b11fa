import { ok } from '../../../api/http';
import { studio } from '../../../api/studio';
import { isStreaming, onEvent } from '../../events';
import { account } from '../../shell/account.svelte';
import { isOn } from './channels';
import {
  eventOf,
  fromOrder,
  parseMemory,
  underWay,
  unread,
  withHappenings,
  type Happening,
  type Memory,
} from './happenings';

const KEY = 'halftone.studio.bell';
/** Without a stream of events the orders are asked for, this often while the page is seen. */
const LOOK_EVERY_MS = 60_000;
const ORDERS = 20;

class Bell {
  #memory: Memory = $state.raw({ seenAt: '', items: [] });
  /** Galleries that are being worked on, with how many photos are left. */
  #left: Record<string, number> = {};
  #key = '';

  get items(): readonly Happening[] {
    return this.#memory.items;
  }

  get unreadCount(): number {
    return unread(this.#memory).length;
  }

  isUnread(happening: Happening): boolean {
    return happening.at > this.#memory.seenAt;
  }

  readAll(): void {
    const newest = this.#memory.items[0];
    if (newest) this.#keep({ ...this.#memory, seenAt: newest.at });
  }

  /** Begins to listen, for one studio: another one on this browser has its own memory. The reply ends it. */
  start(studioId: string): () => void {
    this.#key = `${KEY}.${studioId}`;
    this.#memory = parseMemory(localStorage.getItem(this.#key));
    const stops = [
      onEvent('order.changed', ({ order_id }) => void this.#order(order_id)),
      onEvent('reset', () => void this.#look()),
      onEvent('gallery.progress', ({ gallery_id, photo_states }) => {
        const before = this.#left[gallery_id] ?? 0;
        const left = underWay(photo_states);
        this.#left[gallery_id] = left;
        if (before > 0 && left === 0) void this.#gallery(gallery_id, photo_states);
      }),
    ];
    // What was read in another tab is read here.
    const stored = (event: StorageEvent) => {
      if (event.key === this.#key) this.#memory = parseMemory(event.newValue);
    };
    window.addEventListener('storage', stored);
    void this.#look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !isStreaming()) void this.#look();
    }, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      window.removeEventListener('storage', stored);
      for (const stop of stops) stop();
    };
  }

  /** The orders that wait for the photographer: what came while no page was open is among them. */
  async #look(): Promise<void> {
    try {
      const params = { query: { state: 'submitted', limit: ORDERS } };
      const { items } = await ok(studio.GET('/orders', { params }));
      this.#add(items.flatMap((order) => fromOrder(order) ?? []));
    } catch {
      // The bell is silent when the server is; the pages say so.
    }
  }

  async #order(order_id: string): Promise<void> {
    try {
      const order = await ok(studio.GET('/orders/{order_id}', { params: { path: { order_id } } }));
      this.#add([fromOrder(order) ?? []].flat());
    } catch {
      // As above: the next look finds it.
    }
  }

  async #gallery(gallery_id: string, states: { ready: number; failed: number }): Promise<void> {
    try {
      const gallery = await ok(studio.GET('/galleries/{gallery_id}', { params: { path: { gallery_id } } }));
      const at = nowText();
      this.#add([
        {
          id: `photos ${gallery_id} ${at}`,
          at,
          kind: 'photos',
          galleryId: gallery_id,
          gallery: gallery.name,
          ready: states.ready,
          failed: states.failed,
        },
      ]);
    } catch {
      // The gallery's page shows the same.
    }
  }

  #add(added: Happening[]): void {
    const choices = account.studio?.notifications ?? {};
    const wanted = added.filter((one) => isOn(choices, eventOf(one), 'in_app'));
    if (wanted.length === 0) return;
    this.#keep({ ...this.#memory, items: withHappenings(this.#memory.items, wanted) });
  }

  #keep(memory: Memory): void {
    this.#memory = memory;
    localStorage.setItem(this.#key, JSON.stringify(memory));
  }
}

/** Now as the API writes it: to the second, so that texts compare like times. */
function nowText(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

export const bell = new Bell();

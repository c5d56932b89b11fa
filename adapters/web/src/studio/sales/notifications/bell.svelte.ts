import { ok } from '../../../api/http';
import { studio } from '../../../api/studio';
import { isStreaming, onEvent } from '../../events';
import { allRead, MOST, withNew, type Notification } from './notifications';

/** Without a stream of events the list is asked for, this often while the page is seen. */
const LOOK_EVERY_MS = 60_000;

/** What the studio was told, as the server keeps it: the same on every device. */
class Bell {
  #items: Notification[] = $state.raw([]);
  #unread = $state(0);

  get items(): readonly Notification[] {
    return this.#items;
  }

  get unreadCount(): number {
    return this.#unread;
  }

  /** Marks everything as read that the list shows, and what lies below it. */
  async readAll(): Promise<void> {
    const newest = this.#items[0];
    if (newest === undefined || this.#unread === 0) return;
    // Shown at once; if the server does not take it, the next look shows how it is.
    this.#items = allRead(this.#items);
    this.#unread = 0;
    try {
      const { unread } = await ok(studio.POST('/notifications/read', { body: { up_to: newest.id } }));
      this.#unread = unread;
    } catch {
      await this.#look();
    }
  }

  /** Begins to listen. The reply ends it. */
  start(): () => void {
    const stops = [
      onEvent('notification.created', (created) => this.#add(created)),
      onEvent('reset', () => void this.#look()),
    ];
    void this.#look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !isStreaming()) void this.#look();
    }, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  }

  async #look(): Promise<void> {
    try {
      const params = { query: { limit: MOST } };
      const { items, unread } = await ok(studio.GET('/notifications', { params }));
      this.#items = items;
      this.#unread = unread;
    } catch {
      // The bell is silent when the server is; the pages say so.
    }
  }

  #add(created: Notification): void {
    const known = this.#items.find(({ id }) => id === created.id);
    // Told again, after a break: it may have been read since.
    if (known !== undefined) return;
    this.#items = withNew(this.#items, created);
    this.#unread += 1;
  }
}

export const bell = new Bell();

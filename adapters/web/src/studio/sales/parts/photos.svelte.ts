import { SvelteMap } from 'svelte/reactivity';
import { ok, type Schema } from '../../../api/http';
import { studio } from '../../../api/studio';
import { isMissing } from './field-error';

type Photo = Schema['Photo'];

/** How many photos are asked for at the same time. */
const AT_ONCE = 6;

/**
 * The photos of orders and selections, which name them by id. Each is fetched when it is first needed, a few at a time,
 * and kept while the page lives. Null is a photo that was deleted.
 */
export class Photos {
  readonly #known = new SvelteMap<string, Photo | null>();
  readonly #waiting: Record<string, Promise<Photo | null> | undefined> = {};
  readonly #queue: (() => void)[] = [];
  readonly #fetch: (id: string) => Promise<Photo>;
  #running = 0;

  constructor(fetch: (id: string) => Promise<Photo> = getPhoto) {
    this.#fetch = fetch;
  }

  /** The photo, if it is known by now. */
  peek(id: string): Photo | null | undefined {
    return this.#known.get(id);
  }

  /** Fetches what is not known yet. Errors are left to the next time that the photo is asked for. */
  want(ids: readonly string[]): void {
    for (const id of ids) void this.get(id).catch(() => undefined);
  }

  async get(id: string): Promise<Photo | null> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const waiting = this.#waiting[id] ?? this.#start(id);
    this.#waiting[id] = waiting;
    return waiting;
  }

  /** Asks again: the addresses of pictures end after a while. */
  async renew(id: string): Promise<void> {
    if (this.#waiting[id] === undefined) await this.#start(id);
  }

  async #start(id: string): Promise<Photo | null> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#running += 1;
    try {
      const photo = await this.#fetch(id).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      this.#known.set(id, photo);
      return photo;
    } finally {
      this.#running -= 1;
      this.#waiting[id] = undefined;
      this.#queue.shift()?.();
    }
  }
}

function getPhoto(photo_id: string): Promise<Photo> {
  return ok(studio.GET('/photos/{photo_id}', { params: { path: { photo_id } } }));
}

/** The photos of all pages: who goes from the board to an order finds them there. */
export const photos = new Photos();

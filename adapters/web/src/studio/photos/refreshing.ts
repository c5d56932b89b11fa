import type { GalleryPhotos } from './photos.svelte';

/** Lists are asked for again at most this often while photos become ready; long ones less often. */
const SOONEST_MS = 2_500;
/** Pictures whose addresses have ended are missing all at once, and one new list has all of them. */
const MISSING_MS = 60_000;

/** Asks for a gallery's photos again when they have changed, and not too often. */
export class Refreshing {
  #photos: GalleryPhotos;
  #timer = 0;
  #missingAt = 0;

  constructor(photos: GalleryPhotos) {
    this.#photos = photos;
  }

  soon(): void {
    if (this.#timer) return;
    const pause = SOONEST_MS * (1 + Math.floor(this.#photos.items.length / 500));
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      void this.#photos.refresh();
    }, pause);
  }

  /** A picture could not be fetched. */
  missing = (): void => {
    if (Date.now() - this.#missingAt < MISSING_MS) return;
    this.#missingAt = Date.now();
    void this.#photos.refresh();
  };

  stop(): void {
    clearTimeout(this.#timer);
  }
}

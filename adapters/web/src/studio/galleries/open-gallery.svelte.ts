import { ok, okWithTag, type Schema } from '../../api/http';
import { studio } from '../../api/studio';
import { isStreaming, onEvent } from '../events';
import { uploads } from '../uploading/uploads';

type Gallery = Schema['Gallery'];

const POLL_MS = 2_000;

/** The gallery of a page: what the server last said of it, and its progress while photos are in work. */
export class OpenGallery {
  gallery: Gallery | null = $state.raw(null);
  error: unknown = $state.raw(null);
  #etag: string | null = null;

  constructor(readonly id: string) {}

  async load(): Promise<void> {
    this.error = null;
    try {
      this.#take(await okWithTag(studio.GET('/galleries/{gallery_id}', { params: { path: this.#path } })));
    } catch (error) {
      this.error = error;
    }
  }

  /**
   * Changes the gallery. With `isGuarded` a change that somebody else made meanwhile is not written over: the answer
   * is then 412.
   */
  async change(body: Schema['GalleryPatch'], isGuarded = false): Promise<Gallery> {
    const header = isGuarded && this.#etag ? { 'If-Match': this.#etag } : {};
    const params = { path: this.#path, header };
    this.#take(await okWithTag(studio.PATCH('/galleries/{gallery_id}', { params, body })));
    return this.gallery as Gallery;
  }

  async reprocess(): Promise<void> {
    await ok(studio.POST('/galleries/{gallery_id}/reprocess', { params: { path: this.#path } }));
    await this.load();
  }

  async remove(): Promise<void> {
    await ok(studio.DELETE('/galleries/{gallery_id}', { params: { path: this.#path } }));
  }

  /** How many photos are being made ready. */
  get inWork(): number {
    const states = this.gallery?.photo_states;
    return states ? states.uploaded + states.processing : 0;
  }

  /** Keeps the counts fresh: by the server's events, and by asking while there are none. The answer ends it. */
  follow(): () => void {
    const unsubscribe = onEvent('gallery.progress', ({ gallery_id, photo_states }) => {
      if (gallery_id === this.id) this.#takeStates(photo_states);
    });
    const unlisten = uploads.subscribe(({ galleryId, isNew }) => {
      // The count of a gallery is asked for once it has something to count.
      if (galleryId === this.id && isNew && this.inWork === 0) void this.load();
    });
    const timer = setInterval(() => {
      if (this.inWork > 0 && !isStreaming()) void this.load();
    }, POLL_MS);
    return () => {
      unsubscribe();
      unlisten();
      clearInterval(timer);
    };
  }

  get #path() {
    return { gallery_id: this.id };
  }

  #take({ body, etag }: { body: Gallery; etag: string | null }): void {
    this.gallery = body;
    this.#etag = etag;
  }

  #takeStates(photo_states: Schema['PhotoStates']): void {
    if (!this.gallery) return;
    const { uploaded, processing, ready, failed } = photo_states;
    this.gallery = { ...this.gallery, photo_states, photo_count: uploaded + processing + ready + failed };
  }
}

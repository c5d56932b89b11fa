import { ok } from '../../../api/http';
import { studio } from '../../../api/studio';

/** Long enough that a slider in motion is not a request for each pixel, short enough to follow it. */
const PAUSE_MS = 120;

/**
 * A rendered sample that follows a form: one request at a time, and after it the latest wish, so that the server is
 * never behind by more than one picture.
 */
export class Preview {
  url: string | null = $state(null);
  /** Whether what is shown is not what was asked for last. */
  isBusy = $state(false);
  error: unknown = $state.raw(null);
  #wish: Record<string, string | number> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWorking = false;
  #isClosed = false;

  constructor(readonly galleryId: string) {}

  /** Asks for a sample with these options. */
  show(query: Record<string, string | number>): void {
    this.#wish = query;
    this.isBusy = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#work(), PAUSE_MS);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#replace(null);
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#wish !== null && !this.#isClosed) {
      const query = this.#wish;
      this.#wish = null;
      try {
        const params = { path: { gallery_id: this.galleryId }, query };
        const reply = studio.GET('/galleries/{gallery_id}/preview', { params, parseAs: 'blob' });
        const picture: Blob = await ok(reply);
        this.error = null;
        if (!this.#isClosed) this.#replace(URL.createObjectURL(picture));
      } catch (error) {
        this.error = error;
      }
    }
    this.#isWorking = false;
    this.isBusy = false;
  }

  #replace(url: string | null): void {
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = url;
  }
}

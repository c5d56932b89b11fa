import { untilOnline } from '../session/online.svelte';
import { visit } from '../session/visit.svelte';
import { library } from './library.svelte';
import { isLoaded, isUsable, noteLoaded, renewed } from './renewal';

type Which = 'thumb_url' | 'proof_url';

const TRIES = 4;

/** The source of one `<img>`. */
export class Picture {
  src: string | null = $state.raw(null);
  isLoaded = $state(false);
  /** It was tried often enough; the placeholder stays. */
  hasFailed = $state(false);
  #tries = 0;
  #gone = false;

  constructor(
    readonly id: string,
    readonly which: Which,
  ) {
    const url = library.byId.get(id)?.[which];
    if (url !== undefined && isUsable(url)) {
      this.src = url;
      this.isLoaded = isLoaded(url);
    } else {
      void this.#renew();
    }
  }

  onload = (): void => {
    if (this.src !== null) noteLoaded(this.src, true);
    this.isLoaded = true;
  };

  onerror = (): void => {
    if (this.src !== null) noteLoaded(this.src, false);
    this.isLoaded = false;
    void this.#renew();
  };

  /** Nobody looks at it any more. */
  leave(): void {
    this.#gone = true;
  }

  async #renew(): Promise<void> {
    this.#tries += 1;
    if (this.#tries > TRIES) {
      this.hasFailed = true;
      return;
    }
    if (this.#tries > 1) await untilOnline(2 ** this.#tries * 500);
    if (this.#gone || visit.phase !== 'open') return;
    const photo = await renewed(this.id);
    if (this.#gone) return;
    if (photo === null) return this.#renew();
    // The same URL again does not load anew unless the element is given another one first.
    if (photo[this.which] === this.src) {
      this.src = null;
      await Promise.resolve();
    }
    this.src = photo[this.which];
  }
}

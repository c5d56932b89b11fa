import type { Schema } from '../../../api/http';
import { Submission } from '../../shell/submission.svelte';
import type { OpenGallery } from '../open-gallery.svelte';

/** Saving a part of a gallery's settings, without writing over what another tab or person saved meanwhile. */
export class Saving {
  readonly submission = new Submission();
  isSaved = $state(false);
  #open: OpenGallery;

  constructor(open: OpenGallery) {
    this.#open = open;
  }

  /** Whether somebody else changed the gallery since it was read here. */
  get isConflict(): boolean {
    return this.submission.status === 412;
  }

  clear(): void {
    this.isSaved = false;
    this.submission.clear();
  }

  /** Saves and answers whether it worked. `isForced` writes over a change of somebody else. */
  async run(isForced: boolean, body: Schema['GalleryPatch']): Promise<boolean> {
    this.isSaved = false;
    await this.submission.run(async () => {
      await this.#open.change(body, !isForced);
      this.isSaved = true;
    });
    return this.isSaved;
  }

  /** Reads the gallery as the server has it now. */
  async reload(): Promise<void> {
    await this.#open.load();
  }
}

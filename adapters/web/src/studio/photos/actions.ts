import type { Schema } from '../../api/http';
import { orNull } from '../../api/or-null';
import { problemText } from '../../kit/problem-text';
import { toast } from '../../kit/toasts.svelte';
import { counted } from '../../texts/format';
import { t } from '../../texts/studio';
import type { OpenGallery } from '../galleries/open-gallery.svelte';
import { batch } from './batch';
import { deletePhotos } from './deleting';
import type { GalleryPhotos } from './photos.svelte';
import type { Selection } from './selection.svelte';

/** What can be done with the selected photos of a gallery. */
export class PhotoActions {
  #open: OpenGallery;
  #photos: GalleryPhotos;
  #selection: Selection;

  constructor(open: OpenGallery, photos: GalleryPhotos, selection: Selection) {
    this.#open = open;
    this.#photos = photos;
    this.#selection = selection;
  }

  addTags = async (added: string[]): Promise<void> => {
    const ids = [...this.#selection.ids];
    reportFailures(await batch(ids, { action: 'tag', tags: added }));
    this.#photos.change(ids, (photo) => ({ ...photo, tags: [...new Set([...photo.tags, ...added])] }));
    toast(t.saved);
  };

  toSection = async (section: Schema['Section'] | null): Promise<void> => {
    const ids = [...this.#selection.ids];
    const id = orNull(section?.id);
    reportFailures(await batch(ids, { action: 'section', section: id }));
    this.#photos.change(ids, (photo) => ({ ...photo, section: id }));
    toast(section ? t.photos.inSection.replace('#', section.name) : t.saved);
  };

  retry = (ids: string[]): Promise<void> =>
    attempt(async () => {
      reportFailures(await batch(ids, { action: 'retry' }));
      await Promise.all([this.#open.load(), this.#photos.refresh()]);
    });

  setCover = (id: string): Promise<void> =>
    attempt(async () => {
      await this.#open.change({ cover_photo_id: id });
      toast(t.photos.coverSet);
    });

  remove = (): void => {
    const ids = [...this.#selection.ids];
    this.#selection.clear();
    deletePhotos(this.#photos, ids);
  };
}

function reportFailures(results: Schema['PhotoBatchResult'][]): void {
  if (results.length > 0) toast(counted(results.length, t.photos.notChanged), { tone: 'bad' });
}

/* Failures of what has no form of its own are told in passing: the state on the page has not changed. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    toast(problemText(error), { tone: 'bad' });
  }
}

import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Schema } from '../../api/http';
import { refusalText } from '../parts/fault-text';
import type { UploadTask } from '../uploading/task.svelte';
import { uploads } from '../uploading/uploads';
import { announcement, find, photosOf } from './finding';
import { claimsOf, grouped, matchesOf, onlyChoices, pairsOf, undecided, type Match } from './matches';
import { otherShape, type Size } from './shape';

/**
 * - `choose`: files are asked for
 * - `reading`: they are read, and their photos are looked for
 * - `review`: a person looks at what was found
 * - `sending`: files are on their way, or have become what they could
 */
export type Step = 'choose' | 'reading' | 'review' | 'sending';

/** A file that was refused because its picture has another shape than the photo. */
export interface Reshaped {
  task: UploadTask;
  after: Size;
  photo: Schema['Photo'];
}

/** Edited files on their way to the photos of a gallery whose originals they replace. */
export class ReplacementBatch {
  step: Step = $state('choose');
  /** How many of the chosen files were read. */
  read = $state(0);
  count = $state(0);
  matches: Match[] = $state.raw([]);
  readonly chosen = new SvelteMap<File, string>();
  readonly leftOut = new SvelteSet<File>();
  tasks: UploadTask[] = $state.raw([]);
  groups = $derived(grouped(this.matches));
  pairs = $derived(pairsOf(this.matches, this));
  claims = $derived(claimsOf(this.pairs));
  undecided = $derived(undecided(this.matches, this));
  onlyChoices = $derived(onlyChoices(this.matches, this));
  #photos: ReadonlyMap<string, Schema['Photo']> | null = null;
  #files = new WeakMap<UploadTask, File>();

  constructor(readonly gallery: Schema['Gallery']) {}

  /**
   * Shows what is under way. A file that has arrived would be dropped if its photo were matched once more, so nothing
   * new begins until that is done.
   */
  resume(): void {
    const isOurs = ({ purpose, galleryId, isSettled }: UploadTask): boolean =>
      purpose.kind === 'replacement' && galleryId === this.gallery.id && !isSettled;
    const underWay = uploads.tasks.filter(isOurs);
    if (this.step === 'choose' && underWay.length > 0) {
      this.tasks = underWay;
      this.step = 'sending';
    }
  }

  reset(): void {
    this.step = 'choose';
    this.matches = [];
    this.chosen.clear();
    this.leftOut.clear();
    this.tasks = [];
  }

  photo(id: string): Schema['Photo'] | undefined {
    return this.#photos?.get(id);
  }

  /** Finds the photos of edited files. Nothing is replaced by that. */
  async match(files: File[], signal: AbortSignal): Promise<void> {
    this.step = 'reading';
    this.read = 0;
    this.count = files.length;
    const announced: Schema['EditedFile'][] = [];
    for (const file of files) {
      announced.push(await announcement(file));
      signal.throwIfAborted();
      this.read += 1;
    }
    const entries = await find(this.gallery.id, announced, signal);
    this.#photos = await photosOf(this.gallery.id);
    signal.throwIfAborted();
    this.matches = matchesOf(files, entries, refusalText);
    this.step = 'review';
  }

  takeOnlyChoices(): void {
    for (const [file, id] of this.onlyChoices) this.chosen.set(file, id);
  }

  send(): void {
    const pairs = this.pairs;
    this.tasks = uploads.replace(
      this.gallery,
      pairs.map(({ match: { file, ticket }, photoId }) => ({ file, photoId, ticket, anyShape: false })),
    );
    this.tasks.forEach((task, place) => this.#remember(task, pairs[place]?.match.file));
    this.step = 'sending';
  }

  /** Those of some refused files whose pictures have another shape; not known any more after a reload. */
  async reshaped(refused: UploadTask[]): Promise<Reshaped[]> {
    const found = await Promise.all(
      refused.map(async (task) => {
        const file = this.#files.get(task);
        const photo = task.purpose.kind === 'replacement' ? this.photo(task.purpose.photoId) : undefined;
        const after = file && photo ? await otherShape(file, photo) : null;
        return after && photo ? [{ task, after, photo }] : [];
      }),
    );
    return found.flat();
  }

  /** Sends refused files again, for photos that may get another shape by them. */
  sendAgain(refused: UploadTask[]): void {
    const again = refused.flatMap((task) => {
      const file = this.#files.get(task);
      return file && task.purpose.kind === 'replacement'
        ? [{ file, photoId: task.purpose.photoId, anyShape: true, ticket: null }]
        : [];
    });
    for (const task of refused) uploads.cancel(task);
    const fresh = uploads.replace(this.gallery, again);
    fresh.forEach((task, place) => this.#remember(task, again[place]?.file));
    this.tasks = [...this.tasks.filter((task) => !refused.includes(task)), ...fresh];
  }

  #remember(task: UploadTask, file: File | undefined): void {
    if (file) this.#files.set(task, file);
  }
}

/* eslint-disable svelte/prefer-svelte-reactivity -- the sets here are replaced as a whole and never changed */
import { ok, type Schema } from '../../api/http';
import { studio } from '../../api/studio';

type Photo = Schema['Photo'];

/** What is asked of a gallery's photos. Empty means everything. */
export interface PhotoQuestion {
  sort: 'captured_at' | 'filename' | 'uploaded_at';
  q: string;
  tag: string;
  section: string;
  state: '' | 'ready' | 'failed' | 'uploaded,processing';
}

export const everything: PhotoQuestion = { sort: 'captured_at', q: '', tag: '', section: '', state: '' };

/** At most what the API gives at once: a gallery of 3,000 photos is here after six answers. */
const PAGE = 500;
const FIRST_PAGE = 100;

/** The photos of a gallery that answer a question, all of them: the grid draws what is in sight. */
export class GalleryPhotos {
  items: Photo[] = $state.raw([]);
  question: PhotoQuestion = $state.raw(everything);
  isLoaded = $state(false);
  isComplete = $state(false);
  error: unknown = $state.raw(null);
  /** Photos whose deletion waits for a change of mind. */
  hidden: ReadonlySet<string> = $state.raw(new Set());
  visible = $derived(
    this.hidden.size === 0 ? this.items : this.items.filter(({ id }) => !this.hidden.has(id)),
  );
  #turn = 0;

  constructor(readonly galleryId: string) {}

  async ask(question: PhotoQuestion): Promise<void> {
    this.question = question;
    this.isComplete = false;
    await this.#load(true);
  }

  /** Asks again and keeps what is shown until the whole answer is there. */
  async refresh(): Promise<void> {
    await this.#load(false);
  }

  async #load(showsEarly: boolean): Promise<void> {
    const turn = ++this.#turn;
    this.error = null;
    let found: Photo[] = [];
    let cursor: string | undefined;
    try {
      do {
        const page = await this.#page(cursor, cursor === undefined && showsEarly ? FIRST_PAGE : PAGE);
        if (turn !== this.#turn) return;
        found = [...found, ...page.items];
        cursor = page.next_cursor ?? undefined;
        if (showsEarly || cursor === undefined) this.items = found;
        this.isLoaded = true;
      } while (cursor !== undefined);
      this.isComplete = true;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
  }

  #page(cursor: string | undefined, limit: number) {
    const { sort, q, tag, section, state } = this.question;
    const query = {
      limit,
      sort,
      ...(cursor ? { cursor } : {}),
      ...(q.trim() ? { q: q.trim() } : {}),
      ...(tag ? { tag } : {}),
      ...(section ? { section } : {}),
      ...(state ? { state } : {}),
    };
    const params = { path: { gallery_id: this.galleryId }, query };
    return ok(studio.GET('/galleries/{gallery_id}/photos', { params }));
  }

  /** Puts in a photo that has just arrived, unless the list already has it. */
  arrive(photo: Photo): void {
    if (this.isFiltered || this.items.some(({ id }) => id === photo.id)) return;
    this.items = [...this.items, photo];
  }

  put(changed: Photo): void {
    this.items = this.items.map((photo) => (photo.id === changed.id ? changed : photo));
  }

  change(ids: string[], alter: (photo: Photo) => Photo): void {
    const chosen = new Set(ids);
    this.items = this.items.map((photo) => (chosen.has(photo.id) ? alter(photo) : photo));
  }

  drop(ids: string[]): void {
    const gone = new Set(ids);
    this.items = this.items.filter(({ id }) => !gone.has(id));
    this.show(ids);
  }

  hide(ids: string[]): void {
    this.hidden = new Set([...this.hidden, ...ids]);
  }

  show(ids: string[]): void {
    const back = new Set(ids);
    this.hidden = new Set([...this.hidden].filter((id) => !back.has(id)));
  }

  get isFiltered(): boolean {
    const { q, tag, section, state } = this.question;
    return q.trim() !== '' || tag !== '' || section !== '' || state !== '';
  }
}

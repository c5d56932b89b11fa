import { ok, type Schema } from '../../api/http';
import { studio } from '../../api/studio';
import { refusal, type Hit } from './hits';

/** How long somebody who types is waited for. */
const PAUSE_MS = 180;
/** A page that looked at much and found nothing is followed by the next one, so often at most. */
const MOST_EMPTY_PAGES = 5;

/** What is found while somebody types. Answers that come late are dropped. */
export class Finding {
  q = $state('');
  hits: Hit[] = $state.raw([]);
  /** What `hits` answer. */
  answered = $state('');
  refused: 'tooLong' | 'noWord' | null = $state(null);
  isLoading = $state(false);
  error: unknown = $state.raw(null);
  #cursor: string | null = $state(null);
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly limit: number) {}

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Whether something was looked for and nothing found. */
  get isNothing(): boolean {
    return this.answered !== '' && this.hits.length === 0 && !this.isLoading && this.error === null;
  }

  type(q: string): void {
    this.q = q;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), PAUSE_MS);
  }

  async ask(): Promise<void> {
    clearTimeout(this.#timer);
    const q = this.q.trim();
    const turn = ++this.#turn;
    this.error = null;
    this.refused = q === '' ? null : refusal(q);
    if (q === '' || this.refused !== null) {
      this.hits = [];
      this.answered = '';
      this.#cursor = null;
      this.isLoading = false;
      return;
    }
    await this.#fetch(turn, q, undefined, []);
  }

  async more(): Promise<void> {
    if (this.#cursor === null || this.isLoading) return;
    await this.#fetch(++this.#turn, this.answered, this.#cursor, this.hits);
  }

  async #page(q: string, cursor: string | undefined): Promise<Schema['Page_SearchHit']> {
    const query = { q, limit: this.limit, ...(cursor === undefined ? {} : { cursor }) };
    return ok(studio.GET('/search', { params: { query } }));
  }

  async #fetch(turn: number, q: string, cursor: string | undefined, before: Hit[]): Promise<void> {
    this.isLoading = true;
    try {
      let found = before;
      let next: string | undefined = cursor;
      for (let pages = 0; pages < MOST_EMPTY_PAGES; pages += 1) {
        const page: Schema['Page_SearchHit'] = await this.#page(q, next);
        if (turn !== this.#turn) return;
        found = [...found, ...page.items];
        next = page.next_cursor ?? undefined;
        if (next === undefined || page.items.length > 0) break;
      }
      this.hits = found;
      this.answered = q;
      this.#cursor = next ?? null;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }
}

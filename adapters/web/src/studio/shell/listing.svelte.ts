/** A page of a list, as the API answers it. */
interface PageOf<Item> {
  items: Item[];
  next_cursor?: string | null;
}

/**
 * A list that is fetched page by page. A new question replaces the old one: answers that come late are dropped, and
 * what was shown stays until the new answer is there.
 */
export class Listing<Item> {
  items: Item[] = $state.raw([]);
  /** Whether the first page has come. */
  isLoaded = $state(false);
  isLoading = $state(false);
  error: unknown = $state.raw(null);
  #cursor: string | null = $state(null);
  #fetchPage: ((cursor: string | undefined) => Promise<PageOf<Item>>) | null = null;
  #turn = 0;

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  async ask(fetchPage: (cursor: string | undefined) => Promise<PageOf<Item>>): Promise<void> {
    this.#fetchPage = fetchPage;
    await this.#run(undefined);
  }

  async again(): Promise<void> {
    await this.#run(undefined);
  }

  async more(): Promise<void> {
    if (this.#cursor !== null && !this.isLoading) await this.#run(this.#cursor);
  }

  async #run(cursor: string | undefined): Promise<void> {
    if (!this.#fetchPage) return;
    const turn = ++this.#turn;
    this.isLoading = true;
    this.error = null;
    try {
      const page = await this.#fetchPage(cursor);
      if (turn !== this.#turn) return;
      this.items = cursor === undefined ? page.items : [...this.items, ...page.items];
      this.#cursor = page.next_cursor ?? null;
      this.isLoaded = true;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }
}

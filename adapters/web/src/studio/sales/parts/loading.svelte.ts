/** Something that is fetched, and can be fetched again. */
export class Loading<Value> {
  value: Value | null = $state.raw(null);
  error: unknown = $state.raw(null);
  readonly #fetch: () => Promise<Value>;
  #turn = 0;

  constructor(fetch: () => Promise<Value>) {
    this.#fetch = fetch;
  }

  /** Fetches. An answer that was overtaken by a later one is dropped. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.error = null;
    try {
      const value = await this.#fetch();
      if (turn === this.#turn) this.value = value;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
  }
}

interface Page<Item> {
  items: Item[];
  next_cursor?: string | null;
}

/** A list that is fetched page by page. */
export class Paged<Item extends object> {
  items: Item[] = $state.raw([]);
  error: unknown = $state.raw(null);
  busy = $state(false);
  /** Whether the first page is there. */
  ready = $state(false);
  #cursor: string | undefined = $state();
  readonly #fetch: (cursor: string | undefined) => Promise<Page<Item>>;
  #turn = 0;

  constructor(fetch: (cursor: string | undefined) => Promise<Page<Item>>) {
    this.#fetch = fetch;
  }

  get hasMore(): boolean {
    return this.#cursor !== undefined;
  }

  /** Fetches the first page, and replaces what is there when it has come. */
  async load(): Promise<void> {
    await this.#get(undefined);
  }

  async loadMore(): Promise<void> {
    if (this.#cursor !== undefined && !this.busy) await this.#get(this.#cursor);
  }

  /** After an error: the page that failed. */
  async retry(): Promise<void> {
    await this.#get(this.ready ? this.#cursor : undefined);
  }

  async #get(cursor: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    this.error = null;
    try {
      const page = await this.#fetch(cursor);
      if (turn !== this.#turn) return;
      this.items = cursor === undefined ? page.items : [...this.items, ...page.items];
      this.#cursor = page.next_cursor ?? undefined;
      this.ready = true;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}

/* eslint-disable svelte/prefer-svelte-reactivity -- the sets here are replaced as a whole and never changed */
/** What the keyboard or the mouse asks of a selection. */
export interface Modifiers {
  shift: boolean;
  /** Ctrl, or Command on a Mac. */
  toggle: boolean;
}

/**
 * Which photos of a list are selected, by the rules of every file manager: a click takes one, Shift a range from the
 * last one that was clicked, Ctrl or Command adds and removes. The cursor is where the keyboard is.
 */
export class Selection {
  ids: ReadonlySet<string> = $state.raw(new Set());
  cursor: string | null = $state(null);
  #anchor: string | null = null;
  #order: () => string[];

  /** `order` answers the ids of the list as it stands. */
  constructor(order: () => string[]) {
    this.#order = order;
  }

  get count(): number {
    return this.ids.size;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  click(id: string, { shift, toggle }: Modifiers): void {
    if (shift) this.#range(id, toggle);
    else if (toggle) this.toggle(id);
    else this.only(id);
    this.cursor = id;
  }

  only(id: string): void {
    this.ids = new Set([id]);
    this.#anchor = id;
    this.cursor = id;
  }

  toggle(id: string): void {
    const next = new Set(this.ids);
    if (!next.delete(id)) next.add(id);
    this.ids = next;
    this.#anchor = id;
    this.cursor = id;
  }

  all(): void {
    this.ids = new Set(this.#order());
  }

  clear(): void {
    this.ids = new Set();
    this.#anchor = null;
  }

  /** Forgets what is no longer in the list. */
  prune(): void {
    const there = new Set(this.#order());
    if ([...this.ids].some((id) => !there.has(id))) {
      this.ids = new Set([...this.ids].filter((id) => there.has(id)));
    }
    if (this.cursor !== null && !there.has(this.cursor)) this.cursor = null;
  }

  /** Moves the cursor to `id`; with Shift the range follows it. */
  move(id: string, { shift }: Pick<Modifiers, 'shift'>): void {
    if (shift) this.#range(id, false);
    else this.#anchor = id;
    this.cursor = id;
  }

  #range(id: string, adds: boolean): void {
    const order = this.#order();
    this.#anchor ??= this.cursor ?? order[0] ?? id;
    const ends = [order.indexOf(this.#anchor), order.indexOf(id)].sort((a, b) => a - b);
    const range = order.slice(Math.max(0, ends[0] ?? 0), (ends[1] ?? 0) + 1);
    this.ids = new Set(adds ? [...this.ids, ...range] : range);
  }
}

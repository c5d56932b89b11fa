import { ok, type Schema } from '../../api/http';
import { ApiError } from '../../api/problem';
import { client } from '../session/visit.svelte';
import { itemsOf, type Line } from './draft.svelte';

export type Quoted = Schema['QuotedItem'];

const PAUSE_MS = 350;

/** What the server says about lines: prices, totals and how they print. It follows changes after a short pause. */
export class Quote {
  /** By the line's id. */
  lines: Record<string, Quoted> = $state.raw({});
  total: Schema['Money'] | null = $state.raw(null);
  error: unknown = $state.raw(null);
  /** The line that was refused, if it was one. */
  refused: string | null = $state.raw(null);
  isWorking = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round = 0;

  ask(lines: Line[], pause = PAUSE_MS): void {
    clearTimeout(this.#timer);
    this.#round += 1;
    const copy = lines.map((line) => ({ ...line }));
    if (copy.length === 0) {
      this.lines = {};
      this.total = null;
      this.error = null;
      this.isWorking = false;
      return;
    }
    this.isWorking = true;
    this.#timer = setTimeout(() => void this.#fetch(copy, this.#round), pause);
  }

  async #fetch(lines: Line[], round: number): Promise<void> {
    try {
      const quote = await ok(client.POST('/client/orders/quote', { body: { items: itemsOf(lines) } }));
      // An answer to an older question comes too late.
      if (round !== this.#round) return;
      this.lines = Object.fromEntries(quote.items.map((item, place) => [lines[place]?.id ?? '', item]));
      this.total = quote.total;
      this.error = null;
      this.refused = null;
    } catch (error) {
      if (round !== this.#round) return;
      this.error = error;
      this.refused = refusedLine(error, lines);
    } finally {
      if (round === this.#round) this.isWorking = false;
    }
  }
}

/** The line that the problem's field names, as `items[2].quantity` does. */
export function refusedLine(error: unknown, lines: Line[]): string | null {
  const field = error instanceof ApiError ? error.field : null;
  const place = /items\[(\d+)\]/.exec(field ?? '')?.[1];
  return place === undefined ? null : (lines[Number(place)]?.id ?? null);
}

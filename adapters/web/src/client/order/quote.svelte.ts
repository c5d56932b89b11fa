import { ok, type Schema } from '../../api/http';
import { ApiError } from '../../api/problem';
import { client, renewAllowance, visit } from '../session/visit.svelte';
import { itemsOf, type Line } from './draft.svelte';
import { withIncluded } from './included';
import { atKeptPrice, isSamePart, keptOf, totalOf } from './kept';
import type { Order } from './place';

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

  /** `order` tells the one that is being changed: its lines keep their prices, whatever their products cost by now. */
  constructor(readonly order: () => Order | null = () => null) {}

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

  /**
   * Asks once more, now: whether the total still is the one that was shown. Somebody else may have taken what was
   * included, or the studio may have changed a price.
   */
  async isStill(shown: Schema['Money'] | null, lines: Line[]): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#round += 1;
    this.isWorking = true;
    await renewAllowance();
    await this.#fetch(
      lines.map((line) => ({ ...line })),
      this.#round,
    );
    if (this.error !== null) throw this.error;
    return this.total?.amount === shown?.amount;
  }

  async #fetch(lines: Line[], round: number): Promise<void> {
    // How a line prints is not asked again where nothing changed it: its product may no longer be for sale.
    const asked = lines.filter((line) => {
      const kept = keptOf(line, this.order());
      return kept === undefined || !isSamePart(line, kept);
    });
    try {
      const items = asked.length === 0 ? [] : await this.#quoted(asked);
      // An answer to an older question comes too late.
      if (round !== this.#round) return;
      const answers: Record<string, Quoted> = Object.fromEntries(
        items.map((item, place) => [asked[place]?.id ?? '', item]),
      );
      const order = this.order();
      const priced = Object.fromEntries(
        lines.flatMap((line) => {
          const kept = keptOf(line, order);
          const quoted = answers[line.id] ?? kept;
          return quoted === undefined ? [] : [[line.id, atKeptPrice(quoted, line.quantity, kept)]];
        }),
      );
      this.lines = order ? withIncluded(lines, priced, order, visit.gallery?.allowance) : priced;
      this.total = totalOf(lines, this.lines);
      this.error = null;
      this.refused = null;
    } catch (error) {
      if (round !== this.#round) return;
      this.error = error;
      this.refused = refusedLine(error, asked);
    } finally {
      if (round === this.#round) this.isWorking = false;
    }
  }

  async #quoted(lines: Line[]): Promise<Quoted[]> {
    const order_id = this.order()?.id;
    const body = { items: itemsOf(lines), ...(order_id !== undefined && { order_id }) };
    return (await ok(client.POST('/client/orders/quote', { body }))).items;
  }
}

/** The line that the problem's field names, as `items[2].quantity` does. */
export function refusedLine(error: unknown, lines: Line[]): string | null {
  const field = error instanceof ApiError ? error.field : null;
  const place = /items\[(\d+)\]/.exec(field ?? '')?.[1];
  return place === undefined ? null : (lines[Number(place)]?.id ?? null);
}

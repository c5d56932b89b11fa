import { ok, pages, type Schema } from '../../../api/http';
import { studio } from '../../../api/studio';
import { Paged } from '../parts/loading.svelte';
import { boardStates, isOrderState, type OrderState } from './states';

type Order = Schema['Order'];

const PER_COLUMN = 20;

/** The orders in one state. */
export class Column {
  readonly state: OrderState;
  readonly orders: Paged<Order>;

  constructor(state: OrderState, galleryId: string | null) {
    this.state = state;
    this.orders = new Paged((cursor) =>
      ok(
        studio.GET('/orders', {
          params: {
            query: {
              state,
              limit: PER_COLUMN,
              ...(galleryId === null ? {} : { gallery_id: galleryId }),
              ...(cursor === undefined ? {} : { cursor }),
            },
          },
        }),
      ),
    );
  }
}

/** All orders by state, newest first. The API lists them by state, so each column has its own pages. */
export class Board {
  readonly columns: readonly Column[];
  readonly cancelled: Column;

  constructor(galleryId: string | null) {
    this.columns = boardStates.map((state) => new Column(state, galleryId));
    this.cancelled = new Column('cancelled', galleryId);
  }

  get all(): readonly Column[] {
    return [...this.columns, this.cancelled];
  }

  /** Fetches the first page of each column; what is there stays until then. */
  async load(): Promise<void> {
    await Promise.all(this.all.map((column) => column.orders.load()));
  }

  get isReady(): boolean {
    return this.columns.every((column) => column.orders.ready);
  }

  get error(): unknown {
    return this.all.map((column) => column.orders.error).find(Boolean) ?? null;
  }

  get isEmpty(): boolean {
    return this.isReady && this.all.every((column) => column.orders.items.length === 0);
  }

  /** Moves an order on, and puts it where it now belongs. */
  async move(order: Order, to: OrderState): Promise<void> {
    const moved = await transition(order.id, to);
    for (const { orders } of this.all) {
      orders.items = orders.items.filter((one) => one.id !== order.id);
    }
    if (!isOrderState(moved.state)) return;
    const target = this.all.find((column) => column.state === moved.state)?.orders;
    if (!target) return;
    // The lists run from the newest to the oldest, and ids sort like the times at which they were given.
    target.items = [...target.items, moved].sort((one, other) => (one.id < other.id ? 1 : -1));
  }
}

export function transition(id: string, to: OrderState, reason = ''): Promise<Order> {
  const body = { to, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) };
  return ok(studio.POST('/orders/{order_id}/transitions', { params: { path: { order_id: id } }, body }));
}

/** The names of the galleries, for the filter and the cards. */
export async function galleryNames(): Promise<{ id: string; name: string }[]> {
  const found: { id: string; name: string }[] = [];
  const all = pages((cursor) =>
    ok(studio.GET('/galleries', { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } } })),
  );
  for await (const page of all) found.push(...page.map(({ id, name }) => ({ id, name })));
  return found;
}

import type { Schema } from '../../api/http';
import type { Line } from './draft.svelte';
import type { Order } from './place';
import type { Quoted } from './quote.svelte';

/** A line of an order that is being changed. */
export type Kept = Schema['OrderItem'];

/** The line of the order that this line still is: while it keeps its product, it keeps that product's price. */
export function keptOf(line: Line, order: Order | null): Kept | undefined {
  return order?.items.find((item) => item.id === line.id && item.product.id === line.product);
}

/** What is quoted of a line, at the price that it keeps. */
export function atKeptPrice(quoted: Quoted, quantity: number, kept: Kept | undefined): Quoted {
  if (kept === undefined) return quoted;
  const { amount, currency } = kept.unit_price;
  return {
    ...quoted,
    product: kept.product,
    quantity,
    unit_price: kept.unit_price,
    total: { amount: amount * quantity, currency },
  };
}

/** Whether the printed part is the one that was ordered, so that the order says how it prints. */
export function isSamePart(line: Line, kept: Kept): boolean {
  const { crop } = line;
  if (crop === null) return kept.product.kind !== 'print';
  return (['x', 'y', 'width', 'height'] as const).every((side) => crop[side] === kept.crop[side]);
}

/** The sum of the lines; null while one of them is not quoted, or where there are none. */
export function totalOf(lines: Line[], quoted: Record<string, Quoted>): Schema['Money'] | null {
  const totals = lines.map(({ id }) => quoted[id]?.total);
  const currency = totals[0]?.currency;
  if (currency === undefined || totals.some((total) => total === undefined)) return null;
  return { amount: totals.reduce((sum, total) => sum + (total?.amount ?? 0), 0), currency };
}

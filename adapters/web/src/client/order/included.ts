import type { Schema } from '../../api/http';
import type { Line } from './draft.svelte';
import type { Order } from './place';
import type { Quoted } from './quote.svelte';

/** How many prints of some lines are included. */
export function includedPrints(lines: Pick<Quoted, 'product' | 'included'>[]): number {
  return lines.reduce((sum, { product, included }) => sum + (product.kind === 'print' ? included : 0), 0);
}

/**
 * What of each line will be included when an order is changed: prints from what is left and what the order has, earlier
 * lines first; a file as the server or the order says it. The server decides again when the change is sent.
 */
export function withIncluded(
  lines: Line[],
  quoted: Record<string, Quoted>,
  order: Order,
  allowance: Schema['AllowanceLeft'] | undefined,
): Record<string, Quoted> {
  let prints = includedPrints(order.items) + (allowance?.prints?.left ?? 0);
  return Object.fromEntries(
    lines.flatMap(({ id }) => {
      const line = quoted[id];
      if (line === undefined) return [];
      const isPrint = line.product.kind === 'print';
      const included = Math.min(line.quantity, isPrint ? prints : line.included);
      if (isPrint) prints -= included;
      const { amount, currency } = line.unit_price;
      return [[id, { ...line, included, total: { amount: amount * (line.quantity - included), currency } }]];
    }),
  );
}

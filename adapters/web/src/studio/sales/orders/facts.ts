import type { Schema } from '../../../api/http';

type Order = Schema['Order'];

/** How many prints and files an order holds. */
export function pieces(order: Order): number {
  return order.items.reduce((sum, item) => sum + item.quantity, 0);
}

/** Whether the client wishes something that the photographer must not overlook. */
export function hasRequest(order: Order): boolean {
  return order.special_request !== '' || order.items.some((item) => item.note !== '');
}

export function hasTooSmall(order: Order): boolean {
  return order.items.some((item) => item.print_quality === 'too_small');
}

/** The photos of an order, each once, in the order of its lines. */
export function photoIds(order: Order): string[] {
  return [...new Set(order.items.map((item) => item.photo_id))];
}

/**
 * A number to say on the phone. Orders have none of their own; the end of the id is random, so six signs tell the orders
 * of a studio apart.
 */
export function orderNumber(order: Pick<Order, 'id'>): string {
  return order.id.replace(/-/g, '').slice(-6).toUpperCase();
}

import { renewAllowance } from '../session/visit.svelte';
import type { Order } from './place';

class Confirmation {
  /** The order that was placed just now, so that its page can say so. */
  order: Order | null = $state.raw(null);
}

export const confirmation = new Confirmation();

export function noteConfirmed(order: Order): void {
  confirmation.order = order;
  void renewAllowance();
}

const STATES = ['submitted', 'accepted', 'in_production', 'ready', 'completed'] as const;

/** How far an order is on its way, as a place among its states; -1 where it was cancelled. */
export function stepOf(state: string): number {
  return STATES.indexOf(state as (typeof STATES)[number]);
}

export const states = STATES;

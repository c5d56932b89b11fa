import { t } from '../../texts/client';
import { number } from '../../texts/format';

/** What a state of an order is called; a state that this page does not know keeps the API's word. */
export function wordOf(state: string): string {
  return t.order.states[state as keyof typeof t.order.states] ?? state;
}

/** What an entry of the event log says. */
export function eventOf(kind: string): string {
  return t.order.events[kind as keyof typeof t.order.events] ?? wordOf(kind);
}

/** How many pieces of a line cost nothing; empty if none does. */
export function includedOf({ included, quantity }: { included: number; quantity: number }): string {
  if (included === 0) return '';
  if (included >= quantity) return t.included.all;
  return t.included.some.replace('#', number(included)).replace('@', number(quantity));
}

export function actorOf(actor: string, studio: string): string {
  if (actor === 'client') return t.order.actorYou;
  return actor === 'studio' ? studio : '';
}

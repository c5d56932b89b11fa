/** The states of an order in the order in which it passes them, and the one aside. */
export const boardStates = ['submitted', 'accepted', 'in_production', 'ready', 'completed'] as const;
export type BoardState = (typeof boardStates)[number];
export type OrderState = BoardState | 'cancelled';

export function isOrderState(text: string | null | undefined): text is OrderState {
  return text === 'cancelled' || (boardStates as readonly (string | null | undefined)[]).includes(text);
}

/** What comes next; null where nothing does. */
export function nextState(state: string): BoardState | null {
  const place = (boardStates as readonly string[]).indexOf(state);
  return place < 0 ? null : (boardStates[place + 1] ?? null);
}

/** Only what is not printed yet can be cancelled. */
export function canCancel(state: string): boolean {
  return state === 'submitted' || state === 'accepted' || state === 'in_production';
}

/** Whether the client may still change the order. */
export function isAmendable(order: { state: string; amendable_until: string }, now: Date): boolean {
  return order.state === 'submitted' && new Date(order.amendable_until) > now;
}

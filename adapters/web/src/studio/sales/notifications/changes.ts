/** Tells pages that an order was placed or went on, here or elsewhere. The bell hears of it from the server. */
const EVENT = 'halftone:order-changed';

export function announceOrderChange(): void {
  window.dispatchEvent(new Event(EVENT));
}

/** Calls `then` on every change; the reply ends that. */
export function onOrderChanged(then: () => void): () => void {
  window.addEventListener(EVENT, then);
  return () => window.removeEventListener(EVENT, then);
}

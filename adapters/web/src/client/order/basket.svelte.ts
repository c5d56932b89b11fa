import { clientName } from '../session/visit.svelte';
import { Draft } from './draft.svelte';

/** What this client is about to order. */
export const basket = new Draft();

let place = '';

/** Takes up the basket of this client. Another tab of the same client fills the same one. */
export function openBasket(): void {
  place = clientName('basket');
  // A first basket is kept at once, so that all tabs place it under one key.
  if (!basket.restore(place)) basket.save();
}

window.addEventListener('storage', (event) => {
  if (event.key === place && event.newValue !== null) basket.restore(place);
});

import { ok, type Schema } from '../../api/http';
import { ApiError } from '../../api/problem';
import { untilOnline } from '../session/online.svelte';
import { client } from '../session/visit.svelte';
import type { Draft } from './draft.svelte';

export type Order = Schema['Order'];

const TRIES = 3;
const PAUSE_MS = 3_000;

/**
 * Places the order. The draft's key makes this safe to repeat: after a lost connection it is sent again, and the server
 * answers with the same order.
 */
export async function placeOrder(draft: Draft): Promise<Order> {
  const body = draft.order();
  const params = { header: { 'Idempotency-Key': draft.key } };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ok(client.POST('/client/orders', { params, body }));
    } catch (error) {
      const isLost = error instanceof ApiError && (error.status === 0 || error.status >= 500);
      if (!isLost || attempt === TRIES) throw error;
      await untilOnline(PAUSE_MS);
    }
  }
}

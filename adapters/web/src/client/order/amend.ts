import { apiBase } from '../../api/base';
import type { Schema } from '../../api/http';
import { errorOf, unreachable } from '../../api/problem';
import { accessToken } from '../session/visit.svelte';
import { Draft } from './draft.svelte';
import type { Order } from './place';

/**
 * Changing an order that was placed. Everything about the request is in this file: `PATCH /client/orders/{id}` with the
 * whole list of lines, where lines that stay carry their id, and `If-Match` with the version that was seen.
 */
type AmendedItem = Schema['NewOrderItem'] & { id?: string };

export function isAmendable(order: Order, now = Date.now()): boolean {
  return order.state === 'submitted' && Date.parse(order.amendable_until) > now;
}

/** A draft that begins as the order is. */
export function draftOf(order: Order): Draft {
  const draft = new Draft();
  draft.lines = order.items.map((item) => ({
    id: item.id,
    photo: item.photo_id,
    product: item.product.id,
    quantity: item.quantity,
    crop: item.product.kind === 'print' ? { ...item.crop } : null,
    note: item.note,
  }));
  draft.special = order.special_request;
  draft.contact = { ...order.contact, phone: order.contact.phone ?? '' };
  return draft;
}

export async function amendOrder(order: Order, etag: string | null, draft: Draft): Promise<Order> {
  const known = new Set(order.items.map(({ id }) => id));
  const items: AmendedItem[] = draft.items().map((item, place) => {
    const id = draft.lines[place]?.id ?? '';
    return known.has(id) ? { id, ...item } : item;
  });
  const { contact } = draft.order();
  const body = JSON.stringify({ items, contact, special_request: draft.special.trim() });
  const response = await send(order.id, etag, body);
  const reply: unknown = await response.json().catch(() => null);
  if (!response.ok) throw errorOf(response, reply);
  return reply as Order;
}

async function send(id: string, etag: string | null, body: string): Promise<Response> {
  const request = async (renew: boolean): Promise<Response> =>
    fetch(`${apiBase}/client/orders/${encodeURIComponent(id)}`, {
      method: 'PATCH',
      body,
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${(await accessToken(renew)) ?? ''}`,
        ...(etag !== null && { 'If-Match': etag }),
      },
    });
  try {
    const response = await request(false);
    return response.status === 401 ? await request(true) : response;
  } catch {
    throw unreachable();
  }
}

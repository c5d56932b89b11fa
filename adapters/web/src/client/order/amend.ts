import { orNull } from '../../api/or-null';
import { ok, type Schema } from '../../api/http';
import { client } from '../session/visit.svelte';
import { Draft } from './draft.svelte';
import type { Order } from './place';

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

/**
 * Changes an order that was placed, if it still is as it was seen. What is left out of a change stays as it is, so what
 * was emptied is said too.
 */
export function amendOrder(order: Order, etag: string | null, draft: Draft): Promise<Order> {
  const { name, email, phone } = draft.contact;
  const body: Schema['OrderPatch'] = {
    contact: { name: name.trim(), email: email.trim(), phone: orNull(phone.trim() || null) },
    items: draft.lines.map(({ id, photo, product, quantity, crop, note }) => ({
      ...(order.items.some((item) => item.id === id) && { id }),
      photo_id: photo,
      product_id: product,
      quantity,
      crop: orNull(crop && { ...crop }),
      note: note.trim(),
    })),
    special_request: draft.special.trim(),
  };
  const params = { path: { order_id: order.id }, header: etag === null ? {} : { 'If-Match': etag } };
  return ok(client.PATCH('/client/orders/{order_id}', { params, body }));
}

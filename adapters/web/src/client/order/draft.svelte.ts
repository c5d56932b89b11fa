import { freshName } from '../../api/fresh-name';
import type { Schema } from '../../api/http';
import { keep, kept } from '../../api/keep';
import type { Area } from './crop';

export type Product = Schema['Product'];

/** One line that is being put together. */
export interface Line {
  /** Names the line on this page; the id of an order's line where it is one. */
  id: string;
  photo: string;
  product: string;
  quantity: number;
  /** Null for the largest centred part, which the server works out. */
  crop: Area | null;
  note: string;
}

export interface Contact {
  name: string;
  email: string;
  phone: string;
}

interface Kept {
  lines: Line[];
  special: string;
  contact: Contact;
  key: string;
}

export const MOST_PIECES = 10_000;

/** What an order will be. It is kept by the browser at every change, so that nothing typed is lost. */
export class Draft {
  lines: Line[] = $state([]);
  special = $state('');
  contact: Contact = $state({ name: '', email: '', phone: '' });
  /** The idempotency key: one for each order, kept until the order is confirmed. */
  key = $state.raw(freshName());
  #place: string | null = null;

  pieces = $derived(this.lines.reduce((sum, { quantity }) => sum + quantity, 0));

  /** Takes up what was kept under this name, and keeps every change from now on. Returns whether there was anything. */
  restore(place: string): boolean {
    this.#place = place;
    const found = kept<Kept>(localStorage, place);
    if (found === null) return false;
    this.lines = found.lines;
    this.special = found.special;
    this.contact = found.contact;
    this.key = found.key;
    return true;
  }

  save(): void {
    if (this.#place === null) return;
    const { lines, special, contact, key } = this;
    keep(localStorage, this.#place, { lines, special, contact, key });
  }

  /** Adds pieces of a product; more of a line that is there already if nothing tells them apart. */
  add(photo: string, product: string, quantity: number): void {
    const line = this.lines.find(
      (one) => one.photo === photo && one.product === product && one.crop === null,
    );
    if (line !== undefined && line.note === '') {
      line.quantity = Math.min(MOST_PIECES, line.quantity + quantity);
    } else {
      this.lines.push({ id: freshName(), photo, product, quantity, crop: null, note: '' });
    }
    this.save();
  }

  change(id: string, change: Partial<Omit<Line, 'id' | 'photo'>>): void {
    const line = this.lines.find((one) => one.id === id);
    if (line === undefined) return;
    Object.assign(line, change);
    this.save();
  }

  remove(id: string): void {
    this.lines = this.lines.filter((one) => one.id !== id);
    this.save();
  }

  /** After the order is confirmed: empty, with a new key; the contact stays for the next one. */
  clear(): void {
    this.lines = [];
    this.special = '';
    this.key = freshName();
    this.save();
  }

  /** Forgets the draft, here and in the browser. */
  discard(): void {
    if (this.#place !== null) keep(localStorage, this.#place, null);
    this.#place = null;
  }

  items(): Schema['NewOrderItem'][] {
    return itemsOf(this.lines);
  }

  order(): Schema['NewOrder'] {
    const { name, email, phone } = this.contact;
    return {
      contact: { name: name.trim(), email: email.trim(), ...(phone.trim() && { phone: phone.trim() }) },
      items: this.items(),
      ...(this.special.trim() && { special_request: this.special.trim() }),
    };
  }
}

export function itemsOf(lines: Line[]): Schema['NewOrderItem'][] {
  return lines.map(({ photo, product, quantity, crop, note }) => ({
    photo_id: photo,
    product_id: product,
    quantity,
    ...(crop !== null && { crop: { ...crop } }),
    ...(note.trim() && { note: note.trim() }),
  }));
}

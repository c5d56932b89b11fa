import type { Schema } from '../../../api/http';

export type Notification = Schema['Notification'];

/** How many the bell shows; it is no archive. */
export const MOST = 30;

/** Puts one on top of the list. The same one told twice is one. */
export function withNew(items: readonly Notification[], added: Notification): Notification[] {
  return [added, ...items.filter(({ id }) => id !== added.id)].slice(0, MOST);
}

/** The list after everything in it was read. */
export function allRead(items: readonly Notification[]): Notification[] {
  return items.map((one) => (one.read ? one : { ...one, read: true }));
}

/** A page of the studio; a notification that leads nowhere leads to the first one. */
export function pageOf({ link }: Notification): string {
  return link?.startsWith('/') && !link.startsWith('//') ? link : '/';
}

import { apiBase } from '../../../api/base';
import { withToken } from '../../../api/http';
import { errorOf, unreachable } from '../../../api/problem';
import { accessToken } from '../../../api/studio';
import { t } from '../../../texts/sales';

/** How things stand with push in this browser. */
export type PushState =
  | 'on'
  | 'off'
  /** The browser was told not to show notifications of this site. */
  | 'denied'
  /** The server sends none. */
  | 'unavailable'
  /** The browser has none. */
  | 'unsupported'
  /** An iPhone or iPad has it only for pages on the home screen. */
  | 'iphone'
  /** The page came over plain http from another computer. */
  | 'insecure';

/** What the browser itself has to say, before the server is asked; null when nothing stands in the way. */
export function obstacle(env: {
  isSecure: boolean;
  hasPush: boolean;
  userAgent: string;
  touchPoints: number;
  permission: NotificationPermission | undefined;
}): PushState | null {
  if (!env.isSecure) return 'insecure';
  if (!env.hasPush) {
    // An iPad calls itself a Mac; no Mac has a touch screen.
    const isMobile = /iPhone|iPad/.test(env.userAgent);
    const isTablet = /Macintosh/.test(env.userAgent) && env.touchPoints > 1;
    return isMobile || isTablet ? 'iphone' : 'unsupported';
  }
  return env.permission === 'denied' ? 'denied' : null;
}

export function browserObstacle(): PushState | null {
  return obstacle({
    isSecure: window.isSecureContext,
    hasPush: 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window,
    userAgent: navigator.userAgent,
    touchPoints: navigator.maxTouchPoints,
    permission: 'Notification' in window ? Notification.permission : undefined,
  });
}

/** The bytes of unpadded base64url, as a VAPID key is written (RFC 8292). */
export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

/** The server's VAPID key; null when it sends no push notifications. */
export async function serverKey(): Promise<string | null> {
  const response = await call('GET', '/notifications/vapid-key');
  // 409 is what a server says that sends none, and 404 one that has never heard of it.
  if (response.status === 404 || response.status === 409) return null;
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw errorOf(response, body);
  const key = (body as { public_key?: unknown } | null)?.public_key;
  return typeof key === 'string' ? key : null;
}

/** Whether this browser has a subscription. It does not wake the service worker. */
export async function isSubscribed(): Promise<boolean> {
  const registration = await navigator.serviceWorker.getRegistration('/');
  return Boolean(await registration?.pushManager.getSubscription());
}

/**
 * Subscribes this browser and tells the server. The browser has to have been asked for its permission before.
 * The label of the button in a notification goes with the worker's address: it has no texts of its own.
 */
export async function subscribe(key: string): Promise<void> {
  const address = `/sw.js?${new URLSearchParams({ open: t.notices.push.open })}`;
  await navigator.serviceWorker.register(address, { scope: '/' });
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(key),
  });
  const { endpoint, keys } = subscription.toJSON();
  const response = await call('POST', '/notifications/subscriptions', { kind: 'webpush', endpoint, keys });
  if (response.ok) return;
  // Half a subscription would look like a whole one.
  await subscription.unsubscribe();
  throw errorOf(response, await response.json().catch(() => null));
}

/** Ends this browser's subscription, and has the server forget it. A server that cannot be told learns of it by itself. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration('/');
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return;
  await subscription.unsubscribe();
  await forget(subscription.endpoint).catch(() => undefined);
}

/** The server shows no endpoints, because whoever knows one may send to it; this browser finds itself by the hash. */
async function forget(endpoint: string): Promise<void> {
  const response = await call('GET', '/notifications/subscriptions');
  const { items } = (await response.json()) as { items: { id: string; address_hash: string }[] };
  const hash = await addressHash(endpoint);
  const own = items.find(({ address_hash }) => address_hash === hash);
  if (own) await call('DELETE', `/notifications/subscriptions/${own.id}`);
}

/** SHA-256 in unpadded base64url, as the server tells devices apart. */
export async function addressHash(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  const text = String.fromCharCode(...new Uint8Array(hash));
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** These calls are not in the API's document on servers that have no push, so the typed client does not know them. */
async function call(method: string, path: string, body?: object): Promise<Response> {
  return withToken(accessToken, (token) =>
    fetch(apiBase + path, {
      method,
      headers: { ...token, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw unreachable();
    }),
  );
}

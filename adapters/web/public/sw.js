/*
 * The studio's service worker: shows push notifications, and opens what they are about. It caches nothing and answers no
 * requests. Its address carries the label of the button (`?open=`), for it has no texts of its own.
 */
const openLabel = new URLSearchParams(self.location.search).get('open');

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  const { title, body, url, tag, at } = messageOf(event.data);
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      // A message that comes twice is about the same event, shows once and is heard once.
      tag,
      timestamp: at,
      icon: '/icon-192.png',
      data: { url },
      actions: openLabel ? [{ action: 'open', title: openLabel }] : [],
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(addressOf(event.notification.data?.url)));
});

/** Browsers want every push to show something, so one that cannot be read shows at least the product's name. */
function messageOf(data) {
  let message = {};
  try {
    message = data?.json() ?? {};
  } catch {
    // Not ours.
  }
  const text = (value) => (typeof value === 'string' ? value : undefined);
  return {
    title: text(message.title) ?? 'Halftone',
    body: text(message.body),
    url: text(message.link),
    tag: text(message.id),
    at: Date.parse(text(message.at) ?? '') || Date.now(),
  };
}

/** A page of this studio, whatever the message says. */
function addressOf(url) {
  try {
    const address = new URL(url ?? '/', self.location.origin);
    if (address.origin === self.location.origin) return address.href;
  } catch {
    // No address.
  }
  return `${self.location.origin}/`;
}

/** Shows the page in a window of the studio that is open, or else in a new one. A client's gallery is none. */
async function open(address) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const studio = windows.find((one) => !new URL(one.url).pathname.startsWith('/s/'));
  if (studio === undefined) return self.clients.openWindow(address);
  await studio.focus();
  // A window that this worker does not control yet cannot be sent anywhere.
  return studio.url === address
    ? studio
    : studio.navigate(address).catch(() => self.clients.openWindow(address));
}

import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { photos } from './fixtures/photos';

/** What the server's Web Push channel encrypts for a browser. */
const message = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  kind: 'order_placed',
  at: '2026-05-14T12:00:00Z',
  title: 'New order from Zoë: 12 prints, 84.00 EUR',
  body: 'Gallery Ceremony. With a special request.',
  gallery: 'Ceremony',
  total: '84.00 EUR',
  link: '/orders/01890a5d-ac96-774b-bcce-000000000009',
};

/**
 * Registers the real service worker and answers a function that hands it a push message, as a push service would: browsers
 * of tests cannot subscribe to one.
 */
async function worker(context: BrowserContext, page: Page): Promise<(data: string) => Promise<void>> {
  const origin = new URL(page.url()).origin;
  await context.grantPermissions(['notifications'], { origin });
  const cdp: CDPSession = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${origin}/` && !isDeleted);
      if (own) resolve(own.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/sw.js?open=Open', { scope: '/' });
    await navigator.serviceWorker.ready;
  });
  const registrationId = await registered;
  return async (data) =>
    void (await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data }));
}

function shown(page: Page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const notifications = await registration.getNotifications();
    return notifications.map(({ title, body, tag, data, icon }) => ({
      title,
      body,
      tag,
      icon: new URL(icon).pathname,
      url: (data as { url?: string }).url,
    }));
  });
}

test('a push message is shown once, with what happened and where it leads', async ({
  context,
  page,
  logIn,
}) => {
  await logIn(page);
  await page.goto('/');
  const push = await worker(context, page);
  await push(JSON.stringify(message));
  const expected = {
    title: message.title,
    body: message.body,
    tag: message.id,
    icon: '/icon-192.png',
    url: message.link,
  };
  await expect.poll(() => shown(page)).toEqual([expected]);
  // The same event again, as after a crash of the server, and then another one.
  await push(JSON.stringify(message));
  await push(JSON.stringify({ ...message, id: 'another', title: 'Another' }));
  await expect
    .poll(() => shown(page).then((all) => all.map(({ tag }) => tag).sort()))
    .toEqual([message.id, 'another']);
});

test('a message that cannot be read still shows something', async ({ context, page, logIn }) => {
  await logIn(page);
  await page.goto('/');
  const push = await worker(context, page);
  await push('no JSON');
  await expect.poll(() => shown(page).then((all) => all.map(({ title }) => title))).toEqual(['Halftone']);
});

test('the bell tells what the server keeps, and what was read stays read', async ({
  page,
  logIn,
  studio,
}) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await logIn(page);
  await page.goto('/');
  await studio.upload(gallery.id, photos(1));
  const bell = page.getByRole('button', { name: /^Notifications: 1 new notification/ });
  await bell.filter({ visible: true }).click({ timeout: 60_000 });
  const told = page.getByRole('link', { name: /\.JPG is ready/ });
  await expect(told.filter({ visible: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(
    page.getByRole('button', { name: 'Notifications', exact: true }).filter({ visible: true }),
  ).toBeVisible();
  await page.reload();
  await expect(
    page.getByRole('button', { name: 'Notifications', exact: true }).filter({ visible: true }),
  ).toBeVisible();
});

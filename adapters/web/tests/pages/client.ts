import type { Page } from '@playwright/test';
import type { ListedPage, Words } from './listed';
import type { World } from './world';

const open = (fragment = '') => ({
  as: 'visitor' as const,
  address: ({ links, clientKey }: World) => `/s/${links.open}#${fragment}&key=${clientKey}`,
});
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click();
const lightbox = open();
const included = { as: 'visitor' as const, address: ({ links }: World) => `/s/${links.package}` };

/** Lays a photo open, in its place in the gallery. */
async function openPhoto(page: Page, { client }: Words): Promise<void> {
  await page
    .getByRole('button', { name: new RegExp(`^${client.gallery.open} `) })
    .nth(2)
    .click();
  await page.getByRole('button', { name: client.lightbox.close, exact: true }).waitFor();
}

const inLightbox = (page: Page, { client }: Words, name: string) =>
  page
    .getByRole('dialog', { name: client.lightbox.label, exact: true })
    .getByRole('button', { name, exact: true })
    .click();

/** Chooses prints of a photo, and goes to what has been chosen. */
async function fillBasket(page: Page, words: Words): Promise<void> {
  const { order } = words.client;
  await openPhoto(page, words);
  await inLightbox(page, words, words.client.lightbox.order);
  for (const product of ['10 × 15', '20 × 30']) {
    const pieces = page.getByRole('group', { name: order.quantityOf.replace('#', product) });
    await pieces.getByRole('button', { name: order.more }).click();
  }
  await press(page, order.add.other.replace('#', '2'));
  await press(page, order.toBasket);
  await page.getByRole('heading', { level: 1, name: order.title }).waitFor();
}

async function review(page: Page, words: Words): Promise<void> {
  const { order } = words.client;
  await fillBasket(page, words);
  await page.getByLabel(order.name, { exact: true }).fill('Ben Miller');
  await page.getByLabel(order.email, { exact: true }).fill('ben@example.com');
  await press(page, order.review);
  await page.getByRole('dialog', { name: order.reviewTitle }).waitFor();
}

const more = (page: Page, { client }: Words) => press(page, client.bar.more);

/** What clients see behind a link. */
export const clientPages: ListedPage[] = [
  { name: 'client-cover', ...open() },
  {
    name: 'client-grid',
    ...open(),
    prepare: (page, { client }) => press(page, client.gallery.view),
  },
  {
    name: 'client-end',
    ...open(),
    prepare: async (page) => {
      await page.getByRole('contentinfo').scrollIntoViewIfNeeded();
    },
  },
  { name: 'client-lightbox', ...lightbox, prepare: openPhoto },
  {
    name: 'client-comment',
    ...lightbox,
    prepare: async (page, words) => {
      await openPhoto(page, words);
      await inLightbox(page, words, words.client.lightbox.comment);
      await page.getByRole('dialog').getByRole('textbox').waitFor();
    },
  },
  {
    name: 'client-order-sheet',
    ...lightbox,
    prepare: async (page, words) => {
      await openPhoto(page, words);
      await inLightbox(page, words, words.client.lightbox.order);
      await page.getByText(words.client.order.addNone).waitFor();
    },
  },
  { name: 'client-picks', ...open('picks') },
  {
    name: 'client-submit',
    ...open('picks'),
    prepare: (page, { client }) => press(page, client.picks.submit),
  },
  {
    name: 'client-picks-locked',
    as: 'visitor',
    address: ({ links, lockedKey }) => `/s/${links.open}#picks&key=${lockedKey}`,
  },
  { name: 'client-picks-empty', as: 'visitor', address: ({ links }) => `/s/${links.open}#picks` },
  { name: 'client-basket-empty', as: 'visitor', address: ({ links }) => `/s/${links.open}#basket` },
  { name: 'client-basket', ...open(), prepare: fillBasket },
  {
    name: 'client-crop',
    ...open(),
    prepare: async (page, words) => {
      await fillBasket(page, words);
      await press(page, words.client.order.crop);
      await page.getByRole('dialog').getByRole('status').waitFor();
    },
  },
  { name: 'client-review', ...open(), prepare: review },
  {
    name: 'client-confirmation',
    as: 'visitor',
    address: ({ links }) => `/s/${links.open}`,
    prepare: async (page, words) => {
      await review(page, words);
      await press(page, words.client.order.place);
      await page.getByText(words.client.order.thanksTitle).waitFor();
    },
  },
  {
    name: 'client-order',
    as: 'visitor',
    address: ({ links, clientKey, order }) => `/s/${links.open}#order=${order}&key=${clientKey}`,
  },
  {
    name: 'client-order-change',
    as: 'visitor',
    address: ({ links, clientKey, order }) => `/s/${links.open}#order=${order}&key=${clientKey}`,
    prepare: async (page, { client }) => {
      await press(page, client.order.change);
      await page.getByRole('heading', { level: 1, name: client.order.changeTitle }).waitFor();
    },
  },
  {
    name: 'client-orders',
    as: 'visitor',
    address: ({ links, lockedKey }) => `/s/${links.open}#orders&key=${lockedKey}`,
  },
  { name: 'client-orders-empty', as: 'visitor', address: ({ links }) => `/s/${links.open}#orders` },
  { name: 'client-more', ...open(), prepare: more },
  {
    name: 'client-included',
    ...included,
    prepare: (page, { client }) => press(page, client.gallery.view),
  },
  {
    name: 'client-included-download',
    ...included,
    prepare: async (page, words) => {
      await openPhoto(page, words);
      await inLightbox(page, words, words.client.lightbox.download);
      await page.getByRole('dialog').getByRole('radio').first().waitFor();
    },
  },
  {
    name: 'client-included-spent',
    ...included,
    provokes: /409/,
    prepare: async (page, words) => {
      await more(page, words);
      await page.getByRole('dialog').getByRole('button', { name: words.client.more.download }).click();
      await press(page, words.client.download.start);
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'client-included-order-sheet',
    ...included,
    prepare: async (page, words) => {
      const { order, included } = words.client;
      await openPhoto(page, words);
      await inLightbox(page, words, words.client.lightbox.order);
      const pieces = page.getByRole('group', { name: order.quantityOf.replace('#', '10 × 15') });
      await pieces.getByRole('button', { name: order.more }).click();
      await page.getByText(included.less).waitFor();
    },
  },
  { name: 'client-included-basket', ...included, prepare: fillBasket },
  { name: 'client-included-review', ...included, prepare: review },
  {
    name: 'client-downloads',
    ...open(),
    prepare: async (page, words) => {
      await more(page, words);
      await page.getByRole('dialog').getByRole('button', { name: words.client.more.download }).click();
      await page.getByRole('dialog').getByRole('radio').first().waitFor();
    },
  },
  {
    name: 'client-device',
    ...open(),
    prepare: async (page, words) => {
      await more(page, words);
      await page.getByRole('dialog').getByRole('button', { name: words.client.more.device }).click();
      await page.getByRole('img', { name: words.client.device.qr }).waitFor();
    },
  },
  { name: 'client-empty', as: 'visitor', address: ({ links }) => `/s/${links.empty}` },
  { name: 'client-pin', as: 'visitor', address: ({ links }) => `/s/${links.pinned}`, provokes: /401/ },
  {
    name: 'client-pin-wrong',
    as: 'visitor',
    address: ({ links }) => `/s/${links.pinned}`,
    provokes: /401/,
    prepare: async (page, { client }) => {
      await page.getByLabel(client.gate.pin).fill('0000');
      await press(page, client.gate.enter);
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'client-expired',
    as: 'visitor',
    address: ({ links }) => `/s/${links.expired}`,
    provokes: /410|403/,
  },
  {
    name: 'client-revoked',
    as: 'visitor',
    address: ({ links }) => `/s/${links.revoked}`,
    provokes: /410|403/,
  },
  { name: 'client-unknown', as: 'visitor', address: () => '/s/nonsense', provokes: /404/ },
];

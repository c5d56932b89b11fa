import type { Page } from '@playwright/test';
import { photos } from '../fixtures';
import type { ListedPage, Words } from './listed';
import type { World } from './world';

const own = { as: 'photographer' as const };
const press = (page: Page, name: string | RegExp) =>
  page
    .getByRole('button', typeof name === 'string' ? { name, exact: true } : { name })
    .first()
    .click();
const gallery = (tab = '') => ({ ...own, address: (world: World) => `/galleries/${world.gallery}${tab}` });
const visible = (page: Page, name: string) =>
  page.getByRole('button', { name }).filter({ visible: true }).first();

async function choosePhotos(page: Page, { studio }: Words, count: number): Promise<void> {
  const cells = page.getByRole('grid', { name: studio.photos.title }).getByRole('gridcell');
  await cells.first().click();
  if (count > 1) await cells.nth(count - 1).click({ modifiers: ['Shift'] });
  await page.getByRole('toolbar', { name: studio.photos.actions }).waitFor();
}

async function makeLink(page: Page, { sales }: Words): Promise<void> {
  await press(page, sales.shares.make);
  const dialog = page.getByRole('dialog', { name: sales.shares.form.createTitle });
  await dialog.getByLabel(sales.shares.form.label).fill('Bride and groom');
}

/** What photographers see. */
export const studioPages: ListedPage[] = [
  { name: 'register', as: 'visitor', address: () => '/register' },
  { name: 'log-in', as: 'visitor', address: () => '/login' },
  { name: 'forgot-password', as: 'visitor', address: () => '/forgot-password' },
  { name: 'reset-password', as: 'visitor', address: () => '/reset-password?email=ana@example.com' },
  { name: 'confirm', as: 'visitor', address: () => '/confirm?email=ana@example.com' },
  { name: 'first-run', as: 'newcomer', address: () => '/' },
  { name: 'galleries', ...own, address: () => '/' },
  {
    name: 'galleries-none-found',
    ...own,
    address: () => '/?q=nowhere',
  },
  {
    name: 'gallery-new',
    ...own,
    address: () => '/',
    prepare: (page, { studio }) => press(page, studio.gallery.create),
  },
  { name: 'search', ...own, address: () => '/search?q=img' },
  { name: 'search-none-found', ...own, address: () => '/search?q=nowhere' },
  { name: 'collection', ...own, address: ({ collection }) => `/collections/${collection}` },
  { name: 'collection-empty', ...own, address: ({ emptyCollection }) => `/collections/${emptyCollection}` },
  { name: 'gallery', ...gallery() },
  { name: 'gallery-empty', ...own, address: ({ emptyGallery }) => `/galleries/${emptyGallery}` },
  { name: 'gallery-failed', ...own, address: ({ partyGallery }) => `/galleries/${partyGallery}` },
  { name: 'gallery-selected', ...gallery(), prepare: (page, words) => choosePhotos(page, words, 5) },
  {
    name: 'gallery-detail',
    ...gallery(),
    prepare: async (page, words) => {
      await choosePhotos(page, words, 1);
      await press(page, words.studio.photos.details);
      await page.getByRole('complementary', { name: words.studio.photos.details }).waitFor();
    },
  },
  {
    name: 'gallery-sections',
    ...gallery(),
    prepare: (page, { studio }) => press(page, studio.sections.edit),
  },
  {
    name: 'uploading',
    ...own,
    address: ({ emptyGallery }) => `/galleries/${emptyGallery}`,
    // Nothing is sent: the connection is slower than anybody waits.
    prepare: async (page, { studio }) => {
      const held: (() => void)[] = [];
      await page.route(
        /uploads/,
        (route) => new Promise<void>((done) => held.push(() => done(route.abort()))),
      );
      await page.locator('input[type="file"]').first().setInputFiles(photos(5));
      await press(page, studio.upload.files);
    },
  },
  { name: 'shares', ...gallery('?tab=shares') },
  {
    name: 'shares-ended',
    ...gallery('?tab=shares'),
    prepare: (page) => page.locator('summary').first().click(),
  },
  {
    name: 'shares-empty',
    ...own,
    address: ({ partyGallery }) => `/galleries/${partyGallery}?tab=shares`,
  },
  { name: 'share-new', ...gallery('?tab=shares'), prepare: makeLink },
  {
    name: 'share-created',
    ...gallery('?tab=shares'),
    prepare: async (page, words) => {
      await makeLink(page, words);
      await press(page, words.sales.shares.form.submitCreate);
      await page.getByRole('dialog', { name: words.sales.shares.ready.title }).waitFor();
    },
  },
  { name: 'gallery-settings', ...gallery('?tab=settings') },
  {
    name: 'gallery-settings-logo',
    ...gallery('?tab=settings'),
    prepare: (page, { studio }) =>
      page.getByRole('radio', { name: studio.settings.kinds.image, exact: true }).click(),
  },
  {
    name: 'gallery-settings-none',
    ...gallery('?tab=settings'),
    prepare: (page, { studio }) =>
      page.getByRole('radio', { name: studio.settings.kinds.none, exact: true }).click(),
  },
  { name: 'price-lists', ...own, address: () => '/price-lists' },
  { name: 'price-lists-empty', as: 'newcomer', address: () => '/price-lists' },
  {
    name: 'price-list-new',
    as: 'newcomer',
    address: () => '/price-lists',
    prepare: (page, { sales }) => press(page, sales.prices.make),
  },
  { name: 'price-list', ...own, address: ({ priceList }) => `/price-lists/${priceList}` },
  {
    name: 'product',
    ...own,
    address: ({ priceList }) => `/price-lists/${priceList}`,
    prepare: (page, { sales }) => press(page, sales.prices.list.edit('20 × 30')),
  },
  { name: 'orders', ...own, address: () => '/orders' },
  { name: 'orders-empty', as: 'newcomer', address: () => '/orders' },
  { name: 'order', ...own, address: ({ order }) => `/orders/${order}` },
  { name: 'order-printed', ...own, address: ({ order }) => `/orders/${order}`, printed: true },
  { name: 'settings', ...own, address: () => '/settings' },
  ...(['branding', 'notifications', 'appearance', 'keys', 'account'] as const).map((part) => ({
    name: `settings-${part}`,
    ...own,
    address: () => `/settings#${part}`,
  })),
  {
    name: 'delete-account',
    ...own,
    address: () => '/settings#account',
    prepare: (page, { sales }) => press(page, sales.settings.leave.open),
  },
  {
    name: 'bell',
    ...own,
    address: () => '/',
    prepare: (page, { sales }) => visible(page, sales.notices.bell.name).click(),
  },
  { name: 'nothing-here', ...own, address: () => '/no/such/page' },
];

import type { Page } from '@playwright/test';
import { brokenPhoto, edited, photos, zipOf } from '../fixtures';
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

async function choose(page: Page, name: string, files: ReturnType<typeof photos>): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
  await (await chooser).setFiles(files);
}

/** Opens the details of the first photo, and its replacement by a picture of another shape. */
async function replaceOne(page: Page, words: Words): Promise<void> {
  await choosePhotos(page, words, 1);
  await press(page, words.studio.photos.details);
  await press(page, words.studio.replace.one);
  await choose(
    page,
    words.studio.replace.chooseFile,
    photos(2)
      .slice(1)
      .map((photo) => edited(photo)),
  );
  await page.getByRole('dialog').getByRole('note').waitFor();
}

/** Chooses a file that is none, and waits until it is refused. */
async function replaceRefused(page: Page, words: Words): Promise<void> {
  const { replace } = words.studio;
  await choosePhotos(page, words, 1);
  await press(page, words.studio.photos.details);
  await press(page, replace.one);
  await choose(page, replace.chooseFile, [brokenPhoto()]);
  await press(page, replace.go);
  await page.getByRole('dialog').getByRole('alert').waitFor();
}

async function openReplaceMany(page: Page, { studio }: Words): Promise<void> {
  await press(page, studio.gallery.menu);
  await page.getByRole('menuitem', { name: studio.replace.many.menu }).click();
  await page.getByRole('dialog').waitFor();
}

/** Of these files two want the same photo, one is the very same, and one has no photo. */
async function reviewMany(page: Page, words: Words): Promise<void> {
  await openReplaceMany(page, words);
  const files = photos(6);
  await choose(page, words.studio.replace.chooseFiles, [
    ...files.slice(0, 3).map((photo) => edited(photo)),
    ...files.slice(3, 4).flatMap((photo) => [edited(photo), edited(photo, 'IMG_1004-Edit-2.jpg')]),
    ...files.slice(4, 5),
    ...files.slice(5, 6).map((photo) => edited(photo, 'bride-and-groom.jpg')),
  ]);
  await page.getByRole('dialog').getByRole('checkbox').first().waitFor();
}

/** One photo is replaced, another one is not: its new picture has another shape. */
async function reportMany(page: Page, words: Words): Promise<void> {
  await openReplaceMany(page, words);
  const [first, , third] = photos(3);
  if (!first || !third) throw new Error('there are three photos');
  await choose(page, words.studio.replace.chooseFiles, [edited(first), edited(third, 'IMG_1002.jpg')]);
  await page.getByRole('dialog').getByRole('checkbox').first().waitFor();
  await press(page, words.studio.replace.many.go.other.replace('#', '2'));
  await page.getByRole('button', { name: words.studio.replace.many.finish, exact: true }).waitFor();
}

async function uploadArchive(page: Page, { studio }: Words): Promise<void> {
  const note = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Noon, by the lake') };
  await page.getByTestId('files').setInputFiles([zipOf('card.zip', [...photos(2), note])]);
  await page.getByText(studio.upload.archive.added.other.replace('#', '2')).waitFor();
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
  {
    name: 'gallery-failed-detail',
    ...own,
    address: ({ partyGallery }) => `/galleries/${partyGallery}`,
    prepare: async (page, words) => {
      await page.getByRole('gridcell', { name: /IMG_0666/ }).click();
      await press(page, words.studio.photos.details);
      await page.getByRole('complementary', { name: words.studio.photos.details }).waitFor();
    },
  },
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
  { name: 'replace-one', ...gallery(), prepare: replaceOne },
  {
    name: 'replace-refused',
    ...gallery(),
    // The recorder asks for the pictures of files that are shown while a button is pressed; the page itself does not.
    provokes: /Connecting to 'blob:|connect-src refused blob/,
    prepare: replaceRefused,
  },
  { name: 'replace-many', ...gallery(), prepare: openReplaceMany },
  { name: 'replace-many-review', ...gallery(), prepare: reviewMany },
  {
    name: 'replace-many-report',
    ...own,
    address: ({ partyGallery }) => `/galleries/${partyGallery}`,
    prepare: reportMany,
  },
  {
    name: 'archive-done',
    ...own,
    address: ({ partyGallery }) => `/galleries/${partyGallery}`,
    prepare: uploadArchive,
  },
  {
    name: 'archive-report',
    ...own,
    address: ({ partyGallery }) => `/galleries/${partyGallery}`,
    prepare: async (page, words) => {
      await uploadArchive(page, words);
      await press(page, words.studio.upload.archive.showOf.replace('#', 'card.zip'));
      await page.getByRole('dialog').locator('details').first().waitFor();
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
    name: 'share-edit',
    ...gallery('?tab=shares'),
    prepare: async (page, { sales }) => {
      const { shares } = sales;
      await press(page, shares.actions.of(shares.actions.edit, 'Package'));
      await page.getByRole('dialog', { name: shares.form.editTitle }).waitFor();
      await page.getByLabel(shares.form.includedPrints).scrollIntoViewIfNeeded();
    },
  },
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

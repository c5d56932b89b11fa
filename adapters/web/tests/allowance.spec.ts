import type { Locator, Page } from '@playwright/test';
import { done, expect, expectAccessible, photos, test, type Studio } from './fixtures';

test.use({ actionTimeout: 20_000 });

/** What the browser says on its console about a clean file that is not included any more. */
const SPENT = /409 \([^)]*\) \(\S*\/client\/photos\/\S*\/download/;

test('a client takes what a link includes and pays for the rest; the photographer sees what is left', async ({
  page,
  studio,
  logIn,
  visitor,
  isMobile,
}) => {
  test.setTimeout(300_000);
  const press = (control: Locator) => (isMobile ? control.tap() : control.click());
  const { gallery } = await onSale(studio);
  const client = await visitor();
  const lightbox = client.getByRole('dialog', { name: 'Photo', exact: true });
  const main = client.getByRole('main');
  let link = '';
  await logIn(page);

  await test.step('the photographer makes a link that includes two files and three prints', async () => {
    await page.goto(`/galleries/${gallery}?tab=shares`);
    await press(page.getByRole('button', { name: 'New link' }));
    const form = page.getByRole('dialog', { name: 'New link' });
    await form.getByLabel('Label').fill('Package');
    await press(form.getByRole('radio', { name: 'Originals' }));
    await form.getByLabel('Included files').fill('two');
    await form.getByLabel('Included prints').fill('3');
    await press(form.getByRole('button', { name: 'Make the link' }));
    await expect(form.getByText('A whole number from 0 to 20,000, or nothing.')).toBeVisible();
    await expect(form.getByLabel('Included files')).toBeFocused();
    await expectAccessible(page);
    await form.getByLabel('Included files').fill('2');
    await press(form.getByRole('button', { name: 'Make the link' }));
    const ready = page.getByRole('dialog', { name: 'Your link is ready' });
    link = await ready.getByLabel('Link').inputValue();
    await press(ready.getByRole('button', { name: 'I have sent or saved it' }));
    const card = page.getByRole('article', { name: 'Package' });
    await expect(card).toContainText('2 of 2 included files left');
    await expect(card).toContainText('3 of 3 included prints left');
  });

  await test.step('the client sees in the gallery what is included', async () => {
    await client.goto(link);
    await press(client.getByRole('button', { name: 'View the photos' }));
    await expect(main.getByText('2 of 2 included files left')).toBeVisible();
    await expect(main.getByText('3 of 3 included prints left')).toBeVisible();
    await expectAccessible(client);
  });

  await test.step('downloads an included file, and sees the count go down', async () => {
    const sheet = await openDownload(client, 'IMG_1001.JPG', press);
    await expect(sheet.getByText('2 of 2 included files left')).toBeVisible();
    await expect(sheet.getByText('included prints')).toBeHidden();
    // The watermarked preview is always free.
    await press(sheet.getByRole('radio', { name: /Preview/ }));
    await expect(sheet.getByText('included files')).toBeHidden();
    await press(sheet.getByRole('radio', { name: /Full size/ }));
    await save(client, sheet, press);
    await expect(sheet.getByText('1 of 2 included files left')).toBeVisible();
    await expectAccessible(client);
    // The same photo once more counts no second time.
    await save(client, sheet, press);
    await press(sheet.getByRole('button', { name: 'Close' }));
    await press(lightbox.getByRole('button', { name: 'Close' }));
    await expect(main.getByText('1 of 2 included files left')).toBeVisible();
  });

  await test.step('orders four prints, of which three are included', async () => {
    await press(client.getByRole('button', { name: 'Open photo IMG_1002.JPG' }));
    await press(lightbox.getByRole('button', { name: 'Order' }));
    const sheet = client.getByRole('dialog', { name: 'Order IMG_1002.JPG' });
    await expect(sheet.getByText('3 of 3 included prints left')).toBeVisible();
    const more = sheet
      .getByRole('group', { name: 'Quantity: 10 × 15' })
      .getByRole('button', { name: 'One more' });
    await press(more);
    await press(more);
    await press(more);
    await expect(sheet.getByText('less what is included')).toBeVisible();
    await expectAccessible(client);
    await press(sheet.getByRole('button', { name: 'Add 3 pieces' }));
    await press(client.getByRole('button', { name: 'View order' }).last());

    const line = client.getByRole('listitem').filter({ hasText: 'IMG_1002.JPG' });
    await expect(line.getByText('Included', { exact: true })).toBeVisible();
    await expect(line).toContainText('€0.00');
    await expect(main.getByText('0 of 3 included prints left after this order')).toBeVisible();
    await press(line.getByRole('button', { name: 'One more' }));
    await expect(line).toContainText('€2.50');
    await expect(line).toContainText('3 of 4 included');
    await expectAccessible(client);
  });

  await test.step('reads before placing it what is included, and what it costs', async () => {
    await client.getByLabel('Name').fill('Ben Miller');
    await client.getByLabel('E-mail').fill('ben@example.com');
    await press(client.getByRole('button', { name: 'Review order' }));
    const review = client.getByRole('dialog', { name: 'Is everything right?' });
    await expect(review).toContainText('10 × 15, 4 pieces');
    await expect(review).toContainText('3 of 4 included');
    await expect(review).toContainText('€2.50');
    await expectAccessible(client);
    await press(review.getByRole('button', { name: 'Place order' }));
    await expect(client.getByText('Thank you, your order has arrived.')).toBeVisible();
    await expect(main).toContainText('3 of 4 included');
    await expect(main.getByText('€2.50').first()).toBeVisible();
    await expectAccessible(client);
  });

  await test.step('finds the price of every further print without a deduction', async () => {
    await press(client.getByRole('button', { name: 'Photos', exact: true }));
    await expect(main.getByText('0 of 3 included prints left')).toBeVisible();
    await press(client.getByRole('button', { name: 'Open photo IMG_1003.JPG' }));
    await press(lightbox.getByRole('button', { name: 'Order' }));
    const sheet = client.getByRole('dialog', { name: 'Order IMG_1003.JPG' });
    const large = sheet.getByRole('group', { name: 'Quantity: 20 × 30' });
    await press(large.getByRole('button', { name: 'One more' }));
    await press(sheet.getByRole('button', { name: 'Add 1 piece' }));
    await press(client.getByRole('button', { name: 'View order' }).last());
    const line = client.getByRole('listitem').filter({ hasText: 'IMG_1003.JPG' });
    await expect(line).toContainText('€12.90');
    await expect(line.getByText('Included', { exact: true })).toBeHidden();
  });

  await test.step('the photographer sees what is left, and what is included in the order', async () => {
    await page.reload();
    const card = page.getByRole('article', { name: 'Package' });
    await expect(card).toContainText('1 of 2 included files left');
    await expect(card).toContainText('0 of 3 included prints left');
    await expectAccessible(page);
    await page.goto('/orders');
    await press(page.getByRole('link', { name: 'Ben Miller' }));
    await expect(page.getByRole('heading', { level: 1, name: 'Order of Ben Miller' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('3 of 4 included');
    await expect(page.getByRole('main').getByText('€2.50').first()).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('the photographer includes more, and the client sees it', async () => {
    await page.goto(`/galleries/${gallery}?tab=shares`);
    await press(page.getByRole('button', { name: 'Edit: Package' }));
    const form = page.getByRole('dialog', { name: 'Edit link' });
    await expect(form.getByLabel('Included prints')).toHaveValue('3');
    await form.getByLabel('Included prints').fill('5');
    await press(form.getByRole('button', { name: 'Save' }));
    await expect(page.getByRole('article', { name: 'Package' })).toContainText('2 of 5 included prints left');
    await client.reload();
    await expect(main.getByText('1 of 5 included prints left after this order')).toBeVisible();
    const line = client.getByRole('listitem').filter({ hasText: 'IMG_1003.JPG' });
    await expect(line.getByText('Included', { exact: true })).toBeVisible();
  });
});

test('the last included file goes to one of two tabs, and the other one says what can be done', async ({
  page,
  studio,
  guard,
  isMobile,
}) => {
  guard.allow(SPENT);
  const press = (control: Locator) => (isMobile ? control.tap() : control.click());
  const { gallery } = await onSale(studio);
  const { token } = await studio.share(gallery, {
    permissions: { download: 'original' },
    allowance: { files: 1 },
  });
  await page.goto(`/s/${token}`);
  await press(page.getByRole('button', { name: 'View the photos' }));
  const sheet = await openDownload(page, 'IMG_1001.JPG', press);
  await expect(sheet.getByText('1 of 1 included files left')).toBeVisible();

  // The same client in another tab of the same browser.
  const tab = await page.context().newPage();
  await tab.goto(`/s/${token}`);
  await press(tab.getByRole('button', { name: 'View the photos' }));
  const other = await openDownload(tab, 'IMG_1002.JPG', press);
  await save(tab, other, press);
  await expect(other.getByText('0 of 1 included files left')).toBeVisible();
  await tab.close();

  await press(sheet.getByRole('button', { name: 'Download', exact: true }));
  await expect(sheet.getByRole('alert')).toContainText('No included file is left for this');
  await expect(sheet.getByRole('alert')).toContainText('You can order more as files.');
  await expect(sheet.getByText('0 of 1 included files left')).toBeVisible();
  await expectAccessible(page);
});

test('a client whose included prints somebody else takes is asked again before anything costs more', async ({
  page,
  studio,
  isMobile,
}) => {
  const press = (control: Locator) => (isMobile ? control.tap() : control.click());
  const { gallery, shown, print } = await onSale(studio);
  const { token } = await studio.share(gallery, { allowance: { prints: 1 } });
  await page.goto(`/s/${token}#photo=${shown[0]}`);
  await press(
    page.getByRole('dialog', { name: 'Photo', exact: true }).getByRole('button', { name: 'Order' }),
  );
  const sheet = page.getByRole('dialog', { name: 'Order IMG_1001.JPG' });
  await press(
    sheet.getByRole('group', { name: 'Quantity: 10 × 15' }).getByRole('button', { name: 'One more' }),
  );
  await press(sheet.getByRole('button', { name: 'Add 1 piece' }));
  await press(page.getByRole('button', { name: 'View order' }).last());
  await page.getByLabel('Name').fill('Ben Miller');
  await page.getByLabel('E-mail').fill('ben@example.com');
  await press(page.getByRole('button', { name: 'Review order' }));
  const review = page.getByRole('dialog', { name: 'Is everything right?' });
  await expect(review.getByText('Included', { exact: true })).toBeVisible();

  const somebody = await studio.visit(token);
  await somebody.order([shown[1] ?? ''], print);
  await press(review.getByRole('button', { name: 'Place order' }));
  await expect(review.getByText('The total has changed meanwhile')).toBeVisible();
  await expect(review).toContainText('€2.50');
  await expect(review.getByText('Included', { exact: true })).toBeHidden();
  await expectAccessible(page);
  expect((await done(studio.call.GET('/orders'))).items).toHaveLength(1);

  await press(review.getByRole('button', { name: 'Place order' }));
  await expect(page.getByText('Thank you, your order has arrived.')).toBeVisible();
  await expect(page.getByRole('main').getByText('€2.50').first()).toBeVisible();
});

/** A gallery with four photos, on sale. */
async function onSale(studio: Studio) {
  const gallery = await studio.gallery({ name: 'Ceremony', description: 'By the lake, in May' });
  const shown = (await studio.upload(gallery.id, photos(4))).map(({ id }) => id);
  const prices = await studio.sell(gallery.id);
  return { gallery: gallery.id, shown, print: prices.products[0]?.id ?? '' };
}

/** Opens a photo of the grid, and the sheet of its download. */
async function openDownload(
  page: Page,
  name: string,
  press: (control: Locator) => Promise<void>,
): Promise<Locator> {
  await press(page.getByRole('button', { name: `Open photo ${name}` }));
  const lightbox = page.getByRole('dialog', { name: 'Photo', exact: true });
  await press(lightbox.getByRole('button', { name: 'Download' }));
  const sheet = page.getByRole('dialog', { name: `Download ${name}` });
  await expect(sheet.getByRole('button', { name: 'Download', exact: true })).toBeVisible();
  return sheet;
}

/** Presses the button of a download's sheet, and waits for the file that the browser saves. */
async function save(page: Page, sheet: Locator, press: (control: Locator) => Promise<void>): Promise<void> {
  const download = page.waitForEvent('download');
  await press(sheet.getByRole('button', { name: 'Download', exact: true }));
  await download;
  await expect(sheet.getByText('Done.')).toBeVisible();
}

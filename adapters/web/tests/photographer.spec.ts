import type { Locator, Page } from '@playwright/test';
import { expect, expectAccessible, photos, test } from './fixtures';

test.use({ permissions: ['clipboard-read', 'clipboard-write'], actionTimeout: 20_000 });

test('a photographer gets from nothing to a link', async ({ page, visitor, guard }) => {
  test.setTimeout(300_000);
  const dock = page.getByRole('region', { name: 'Upload' });
  const parts = page.getByRole('navigation', { name: 'Parts of the gallery' });
  let link = '';

  await test.step('registers', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'Create a studio' }).click();
    await page.getByLabel('Name of your studio').fill('Lakeside Photography');
    await page.getByLabel('E-mail').fill(`ana-${crypto.randomUUID()}@example.com`);
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Create a studio' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Galleries' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Lakeside Photography' })).toBeVisible();
  });

  await test.step('is led to a first gallery', async () => {
    const guide = page.getByRole('region', { name: 'Your first gallery' });
    await expect(guide.getByRole('listitem')).toHaveCount(4);
    await expectAccessible(page);
    await guide.getByRole('button', { name: 'Create a gallery' }).click();
    const dialog = page.getByRole('dialog', { name: 'New gallery' });
    await dialog.getByLabel('Name').fill('Ceremony');
    await dialog.getByRole('button', { name: 'New gallery' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Ceremony' })).toBeVisible();
    await expect(page.getByText('Draft', { exact: true })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Drop your photos here' })).toBeVisible();
  });

  await test.step('uploads thirty photos and sees how far it is', async () => {
    await holdUploads(page, 10);
    await choose(page, page.getByRole('button', { name: 'Upload photos' }).last());
    await expect(dock).toContainText('Uploading, 10 of 30 done');
    await expect(dock.getByRole('progressbar', { name: 'Upload' })).toBeVisible();
    await dock.getByRole('button', { name: 'Show the files' }).click();
    await expect(dock.getByText('Waiting').first()).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('reloads in the middle and goes on from there', async () => {
    page.once('dialog', (dialog) => void dialog.accept());
    // Files that were on their way may have arrived: the server is asked, and says no.
    guard.allow(/409 \(Conflict\) \(\S*\/uploads\/\S*\/complete\)/);
    await page.reload();
    await expect(dock).toContainText('An upload is not finished');
    await expect(dock).toContainText('20 files for "Ceremony" were not uploaded before the page closed.');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await choose(page, dock.getByRole('button', { name: 'Choose the files again' }));
    await expect(dock).toContainText('20 photos uploaded');
    await dock.getByRole('button', { name: 'Close' }).click();
    await expect(dock).toBeHidden();
  });

  await test.step('sees all of them become ready', async () => {
    await expect(page.getByText('30 photos', { exact: true })).toBeVisible();
    await allReady(page);
    const cells = page.getByRole('grid', { name: 'Photos' }).getByRole('gridcell');
    await expect(cells.first()).toHaveAccessibleName('IMG_1001.JPG');
    await expectPicture(cells.first().locator('img'));
    await page.getByLabel('State').selectOption({ label: 'Failed' });
    await expect(page.getByRole('heading', { name: 'No photo found' })).toBeVisible();
    await page.getByRole('button', { name: 'Show all photos' }).click();
    await expect(cells.first()).toBeVisible();
  });

  await test.step('sees the watermark change while its opacity does, and saves it', async () => {
    await parts.getByRole('link', { name: 'Settings' }).click();
    const preview = page.getByRole('img', { name: 'A photo of this gallery with these settings' });
    await expectPicture(preview);
    const before = await preview.screenshot();
    await page.getByLabel(/^Opacity: /).fill('0.95');
    await expect(page.getByLabel('Opacity: 95%')).toHaveValue('0.95');
    await expect.poll(async () => (await preview.screenshot()).equals(before)).toBe(false);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save and update the proofs' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('Opacity: 95%')).toHaveValue('0.95');
    await expect(page.getByRole('button', { name: 'Save and update the proofs' })).toBeDisabled();
    await allReady(page);
  });

  await test.step('makes a link with a PIN and copies it', async () => {
    await parts.getByRole('link', { name: 'Shares' }).click();
    await expect(page.getByRole('heading', { name: 'Nobody can see this gallery yet' })).toBeVisible();
    await page.getByRole('button', { name: 'New link' }).click();
    const dialog = page.getByRole('dialog', { name: 'New link' });
    await dialog.getByLabel('Label').fill('Bride and groom');
    await dialog.getByLabel('Ask for a PIN').check();
    await dialog.getByLabel('PIN', { exact: true }).fill('4711');
    await dialog.getByLabel('Photos to pick').fill('3');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Make the link' }).click();

    const ready = page.getByRole('dialog', { name: 'Your link is ready' });
    link = await ready.getByLabel('Link').inputValue();
    await ready.getByRole('button', { name: 'Copy link' }).click();
    await expect(ready.getByRole('button', { name: 'Copied' })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await expect(ready.getByLabel('Message to your client')).toHaveValue(/PIN: 4711/);
    await ready.getByRole('button', { name: 'I have sent or saved it' }).click();
    const card = page.getByRole('article', { name: 'Bride and groom' });
    await expect(card).toContainText('Active');
    await expect(card).toContainText('Not opened yet');
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
  });

  await test.step('is led no further: the guide is done', async () => {
    await page.getByRole('link', { name: 'Galleries' }).first().click();
    const card = page.getByRole('link', { name: /Ceremony/ });
    await expect(card).toContainText('Live');
    await expect(card).toContainText('30 photos');
    await expect(page.getByRole('region', { name: 'Your first gallery' })).toBeHidden();
  });

  await test.step('whoever has link and PIN sees the photos', async () => {
    guard.allow(/401 \(Unauthorized\) \(\S*\/client\/sessions\)/);
    const client = await visitor();
    await client.goto(link);
    await client.getByLabel('PIN').fill('4711');
    await client.getByRole('button', { name: 'Open the gallery' }).click();
    await expect(client.getByRole('heading', { level: 1, name: 'Ceremony' })).toBeVisible();
    await expect(client.getByText('30 photos')).toBeVisible();
  });
});

/** Chooses thirty photos in the browser's dialog, which a button opens. */
async function choose(page: Page, button: Locator): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await button.click();
  await (await chooser).setFiles(photos(30));
}

/** Lets the bytes of some files through, and keeps the rest on their way until the page is left. */
async function holdUploads(page: Page, passing: number): Promise<void> {
  let passed = 0;
  await page.route('**/*', async (route) => {
    const isHeld = route.request().method() === 'PUT' && (passed += 1) > passing;
    if (!isHeld) await route.continue();
  });
}

/** Nothing of the gallery is in work. */
async function allReady(page: Page): Promise<void> {
  await expect(page.getByRole('progressbar', { name: 'Photos being made ready' })).toBeHidden({
    timeout: 60_000,
  });
}

/** A picture is there and can be seen. */
async function expectPicture(picture: Locator): Promise<void> {
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
}

import { readFileSync } from 'node:fs';
import type { Download, Page } from '@playwright/test';
import { expect, expectAccessible, photos, test } from './fixtures';

test.use({ actionTimeout: 20_000 });

/** Presses a button that begins a download, and waits for the file that the browser saves. */
async function saved(page: Page, press: () => Promise<void>): Promise<Download> {
  const download = page.waitForEvent('download');
  await press();
  return download;
}

/** The names in the directory at the end of a ZIP archive (APPNOTE 4.3.12). */
async function namesIn(download: Download): Promise<string[]> {
  const archive = readFileSync(await download.path());
  const names: string[] = [];
  const signature = Buffer.from('PK\x01\x02', 'latin1');
  for (let at = archive.indexOf(signature); at >= 0; at = archive.indexOf(signature, at + 4)) {
    const length = archive.readUInt16LE(at + 28);
    names.push(archive.subarray(at + 46, at + 46 + length).toString());
  }
  return names.sort();
}

test('a client saves favourites, one photo, and the whole gallery', async ({ page, studio }) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  const shown = await studio.upload(gallery.id, photos(3));
  const { token } = await studio.share(gallery.id, { permissions: { download: 'original' } });
  const client = await studio.visit(token);
  await client.pick(shown.slice(0, 2).map(({ id }) => id));
  await page.goto(`/s/${token}#picks&key=${client.key}`);
  const dialog = page.getByRole('dialog');
  const start = dialog.getByRole('button', { name: 'Download', exact: true });

  await test.step('the favourites, as one file', async () => {
    await page.getByRole('button', { name: 'Download all' }).click();
    await expect(dialog.getByRole('heading', { name: 'Download 2 photos' })).toBeVisible();
    const archive = await saved(page, () => start.click());
    expect(archive.suggestedFilename()).toMatch(/\.zip$/);
    expect(await namesIn(archive)).toEqual(['IMG_1001.JPG', 'IMG_1002.JPG']);
    await expect(dialog.getByText('Your browser is saving the file.')).toBeVisible();
    await expectAccessible(page);
    // For browsers that want to be asked again.
    const again = await saved(page, () => dialog.getByRole('link', { name: /Save the ZIP file/ }).click());
    expect(await namesIn(again)).toHaveLength(2);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('one photo, under its own name', async () => {
    await page.goto(`/s/${token}#photo=${shown[2]?.id}`);
    await page
      .getByRole('dialog', { name: 'Photo', exact: true })
      .getByRole('button', { name: 'Download' })
      .click();
    const sheet = page.getByRole('dialog', { name: 'Download IMG_1003.JPG' });
    const file = await saved(page, () =>
      sheet.getByRole('button', { name: 'Download', exact: true }).click(),
    );
    expect(file.suggestedFilename()).toBe('IMG_1003.JPG');
    await expect(sheet.getByText('Done.')).toBeVisible();
  });

  await test.step('everything', async () => {
    await page.goto(`/s/${token}`);
    await page.reload();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await dialog.getByRole('button', { name: 'Download photos' }).click();
    await expect(dialog.getByRole('heading', { name: 'Download 3 photos' })).toBeVisible();
    const archive = await saved(page, () => start.click());
    expect(await namesIn(archive)).toEqual(['IMG_1001.JPG', 'IMG_1002.JPG', 'IMG_1003.JPG']);
  });
});

test('a client hears that the limit of the link does not let so many through', async ({
  page,
  studio,
  guard,
}) => {
  guard.allow(/403 \([^)]*\) \(\S*\/client\/downloads/);
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await studio.upload(gallery.id, photos(3));
  const { token } = await studio.share(gallery.id, {
    permissions: { download: 'proof' },
    limits: { downloads: 2 },
  });
  await page.goto(`/s/${token}`);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Download photos' }).click();
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('The limit of downloads for this link is reached');
});

test('a photographer saves the originals of some photos, and of the gallery', async ({
  page,
  studio,
  logIn,
}) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await studio.upload(gallery.id, photos(3));
  await logIn(page);
  await page.goto(`/galleries/${gallery.id}`);
  const dialog = page.getByRole('dialog', { name: 'Download originals' });

  await test.step('of two photos', async () => {
    await page.getByRole('gridcell', { name: /IMG_1001/ }).click();
    await page.getByRole('gridcell', { name: /IMG_1002/ }).click({ modifiers: ['Shift'] });
    const bar = page.getByRole('toolbar');
    const archive = await saved(page, () => bar.getByRole('button', { name: 'Download originals' }).click());
    expect(await namesIn(archive)).toEqual(['IMG_1001.JPG', 'IMG_1002.JPG']);
    await expect(dialog.getByText('Your browser is saving the file.')).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Close' }).first().click();
  });

  await test.step('of all', async () => {
    await page.getByRole('button', { name: 'What to do with this gallery' }).click();
    const entry = page.getByRole('menuitem', { name: 'Download originals' });
    const archive = await saved(page, () => entry.click());
    expect(await namesIn(archive)).toHaveLength(3);
  });
});

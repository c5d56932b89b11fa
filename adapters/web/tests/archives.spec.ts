import { expect, expectAccessible, photos, test, zipOf } from './fixtures';

test.use({ actionTimeout: 20_000 });

const note = {
  name: 'card/notes.txt',
  mimeType: 'text/plain',
  buffer: Buffer.from('Lens cap was on until noon.'),
};

test('a photographer uploads a ZIP archive and reads what became of each file', async ({
  page,
  studio,
  logIn,
}) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  const pictures = photos(2).map((photo) => ({ ...photo, name: `card/${photo.name}` }));
  await logIn(page);
  await page.goto(`/galleries/${gallery.id}`);
  const dock = page.getByRole('region', { name: 'Upload' });
  const report = page.getByRole('dialog', { name: 'Report on card.zip' });
  const open = dock.getByRole('button', { name: 'Show the report on card.zip' });

  await test.step('chooses it like any other file', async () => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Upload photos' }).last().click();
    await (await chooser).setFiles([zipOf('card.zip', [...pictures, note])]);
    await expect(dock).toContainText('2 photos added');
    await expect(dock).toContainText('1 file refused');
    await expect(dock).toContainText('1 file done');
    await expect(page.getByRole('gridcell')).toHaveCount(2);
    await expect(page.getByRole('gridcell', { name: 'IMG_1002.JPG' })).toBeVisible();
  });

  await test.step('reads the report with the keyboard alone', async () => {
    await open.focus();
    await page.keyboard.press('Enter');
    await expect(report.getByRole('heading', { name: '1 file refused' })).toBeVisible();
    await expect(report.getByText('It is not a JPEG, PNG, WebP or TIFF.')).toBeVisible();
    await expect(report.getByText('card/notes.txt')).toBeVisible();
    await expect(report.getByText('card/IMG_1001.JPG')).toBeHidden();
    await report.getByText('These files became photos:').focus();
    await page.keyboard.press('Enter');
    await expect(report.getByText('card/IMG_1001.JPG')).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(report).toBeHidden();
    await expect(open).toBeFocused();
  });

  await test.step('finds it again after a reload, until it is put away', async () => {
    await page.reload();
    await open.click();
    await expect(report.getByText('card/notes.txt')).toBeVisible();
    await report.getByRole('button', { name: 'Close' }).last().click();
    await dock.getByRole('button', { name: 'Close' }).click();
    await expect(dock).toBeHidden();
    await page.reload();
    await expect(page.getByRole('gridcell')).toHaveCount(2);
    await expect(dock).toBeHidden();
  });
});

test('a photographer hears that a file is no ZIP archive', async ({ page, studio, logIn }) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await logIn(page);
  await page.goto(`/galleries/${gallery.id}`);
  await expect(page.getByRole('heading', { name: 'Drop your photos here' })).toBeVisible();
  const broken = { name: 'card.zip', mimeType: 'application/zip', buffer: Buffer.from('no archive at all') };
  await page.getByTestId('files').setInputFiles([broken]);
  const dock = page.getByRole('region', { name: 'Upload' });
  await expect(dock).toContainText('The archive could not be unpacked.');
  await dock.getByRole('button', { name: 'Show the report on card.zip' }).click();
  const report = page.getByRole('dialog', { name: 'Report on card.zip' });
  await expect(report.getByRole('alert')).toContainText('The archive cannot be read');
  await expectAccessible(page);
});

import { expect, photos, test, zipOf } from './fixtures';

test.use({ locale: 'de-DE', actionTimeout: 20_000 });

test('a photographer who reads German reads in German why files became no photos', async ({
  page,
  studio,
  logIn,
}) => {
  const gallery = await studio.gallery({ name: 'Trauung' });
  const [whole] = photos(1);
  if (!whole) throw new Error('there is a photo');
  const files = page.getByTestId('files');
  const dock = page.getByRole('region', { name: 'Upload' });
  await logIn(page);
  await page.goto(`/galleries/${gallery.id}`);
  await expect(page.getByRole('heading', { name: 'Zieh deine Fotos hierher' })).toBeVisible();

  await test.step('of an entry of an archive that is no picture', async () => {
    const note = { name: 'karte/notiz.txt', mimeType: 'text/plain', buffer: Buffer.from('Ring fehlt noch.') };
    await files.setInputFiles([zipOf('karte.zip', [note])]);
    await expect(dock).toContainText('1 Datei abgelehnt');
    await dock.getByRole('button', { name: 'Bericht über karte.zip zeigen' }).click();
    const report = page.getByRole('dialog', { name: 'Bericht über karte.zip' });
    await expect(report.getByText('Das ist kein JPEG, PNG, WebP oder TIFF.')).toBeVisible();
    await expect(report.getByText('karte/notiz.txt')).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('of a file that is no archive', async () => {
    const broken = { name: 'rest.zip', mimeType: 'application/zip', buffer: Buffer.from('kein Archiv') };
    await files.setInputFiles([broken]);
    await dock.getByRole('button', { name: 'Bericht über rest.zip zeigen' }).click();
    const report = page.getByRole('dialog', { name: 'Bericht über rest.zip' });
    await expect(report.getByRole('alert')).toHaveText('Das ist keine ZIP-Datei, oder ihr Ende fehlt.');
    await page.keyboard.press('Escape');
    await dock.getByRole('button', { name: 'Schließen' }).click();
  });

  await test.step('of a photo that ends in the middle', async () => {
    const half = whole.buffer.subarray(0, whole.buffer.length / 2);
    await files.setInputFiles([{ ...whole, buffer: half }]);
    await page.getByRole('gridcell', { name: 'IMG_1001.JPG, Fehlgeschlagen' }).click();
    await page.getByRole('toolbar').getByRole('button', { name: 'Details' }).click();
    const panel = page.getByRole('complementary', { name: 'Details' });
    await expect(panel.getByRole('alert')).toContainText('Die Datei ist beschädigt oder unvollständig.');
    await expect(panel).not.toContainText('The file');
  });
});

import { dropFiles, expect, expectAccessible, photos, test, zipOf } from './fixtures';

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

test('a photographer drops a ZIP archive onto the gallery', async ({ page, studio, logIn }) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await logIn(page);
  await page.goto(`/galleries/${gallery.id}`);
  await expect(page.getByRole('heading', { name: 'Drop your photos here' })).toBeVisible();
  await dropFiles(page.locator('body'), [zipOf('card.zip', photos(1))]);
  await expect(page.getByRole('region', { name: 'Upload' })).toContainText('1 photo added');
  await expect(page.getByRole('gridcell', { name: 'IMG_1001.JPG' })).toBeVisible();
});

// It is about parts and not about pages: one size of window is enough.
test(
  'a large archive goes on after a reload with the parts that are missing',
  { tag: '@desktop' },
  async ({ page, studio, logIn, guard }) => {
    test.setTimeout(240_000);
    // Whether all of it had arrived is asked first, and answered with no.
    guard.allow(/409 \(Conflict\) \(\S*\/uploads\/\S*\/complete\)/);
    const gallery = await studio.gallery({ name: 'Ceremony' });
    const filler = {
      name: 'film.mov',
      mimeType: 'video/quicktime',
      buffer: Buffer.alloc(33 * 1024 * 1024, 1),
    };
    const archive = zipOf('card.zip', [...photos(1), filler]);
    const dock = page.getByRole('region', { name: 'Upload' });
    let sent = 0;
    await page.route('**/*', async (route) => {
      if (route.request().method() !== 'PUT' || (sent += 1) <= 2) await route.continue();
    });
    await logIn(page);
    await page.goto(`/galleries/${gallery.id}`);
    await expect(page.getByRole('heading', { name: 'Drop your photos here' })).toBeVisible();
    await page.getByTestId('files').setInputFiles([archive]);
    await expect.poll(() => sent, { timeout: 60_000 }).toBe(3);
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await expect(dock).toContainText('1 file for "Ceremony" was not uploaded before the page closed.');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    let rest = 0;
    page.on('request', (request) => (rest += request.method() === 'PUT' ? 1 : 0));
    const chooser = page.waitForEvent('filechooser');
    await dock.getByRole('button', { name: 'Choose the files again' }).click();
    await (await chooser).setFiles([archive]);
    await expect(dock).toContainText('1 photo added', { timeout: 120_000 });
    // Five parts of 8 MiB, two of which were there.
    expect(rest).toBe(3);
  },
);

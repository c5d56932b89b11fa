import type { Locator, Page } from '@playwright/test';
import { brokenPhoto, dropFiles, edited, expect, expectAccessible, photos, test } from './fixtures';

test.use({ actionTimeout: 20_000 });

/** Chooses files in the browser's dialog, which a button opens. */
async function choose(
  page: Page,
  button: Locator,
  files: { name: string; mimeType: string; buffer: Buffer }[],
): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await button.click();
  await (await chooser).setFiles(files);
}

async function openDetails(page: Page, name: string): Promise<Locator> {
  await page.getByRole('gridcell', { name }).click();
  await page.getByRole('toolbar').getByRole('button', { name: 'Details' }).click();
  return page.getByRole('complementary', { name: 'Details' });
}

test('a photographer replaces a photo, and the client’s favourite stays', async ({
  page,
  studio,
  logIn,
  visitor,
  guard,
}) => {
  // What records traces fetches every picture, also one that could not be shown, and a page may not fetch.
  guard.allow(/Connecting to 'blob:/, /connect-src refused blob/);
  const gallery = await studio.gallery({ name: 'Ceremony' });
  const files = photos(2);
  const [first] = files;
  if (!first) throw new Error('there are two photos');
  const shown = await studio.upload(gallery.id, files);
  const { token } = await studio.share(gallery.id);
  const client = await studio.visit(token);
  await client.pick([shown[0]?.id ?? '']);
  await logIn(page);
  await page.goto(`/galleries/${gallery.id}`);
  const panel = await openDetails(page, 'IMG_1001.JPG');
  const thumb = page.getByRole('gridcell', { name: 'IMG_1001.JPG' }).locator('img');
  const before = await thumb.getAttribute('src');
  const replace = panel.getByRole('button', { name: 'Replace …' });
  const dialog = page.getByRole('dialog', { name: 'Replace IMG_1001.JPG' });

  await test.step('is told that a picture of another shape would move ordered crops', async () => {
    await replace.click();
    await expect(dialog).toContainText('Selections, comments and orders stay with the photo');
    await expectAccessible(page);
    await choose(page, dialog.getByRole('button', { name: 'Choose a file' }), files.slice(1));
    await expect(dialog.getByRole('img', { name: 'IMG_1002.JPG' })).toBeVisible();
    await expect(dialog.getByRole('note')).toContainText('The new picture has another shape');
    await expect(dialog.getByRole('button', { name: 'Replace it all the same' })).toBeEnabled();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Choose another file' }).click();
  });

  await test.step('is told that the very same file changes nothing', async () => {
    await choose(page, dialog.getByRole('button', { name: 'Choose a file' }), [
      { ...first, name: 'again.jpg' },
    ]);
    await expect(dialog.getByRole('note')).toContainText('This is the very file that the photo has already');
    await expect(dialog.getByRole('button', { name: 'Replace the photo' })).toBeDisabled();
    await dialog.getByRole('button', { name: 'Choose another file' }).click();
  });

  await test.step('hears why a damaged file is not taken', async () => {
    await choose(page, dialog.getByRole('button', { name: 'Choose a file' }), [brokenPhoto('IMG_1001.jpg')]);
    await dialog.getByRole('button', { name: 'Replace the photo' }).click();
    await expect(dialog.getByRole('alert')).toContainText('The photo stays as it was.');
    await expect(thumb).toHaveAttribute('src', /./);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Choose another file' }).click();
  });

  await test.step('replaces it', async () => {
    // What is dropped beside the place for it is no upload.
    await dropFiles(dialog.getByRole('heading'), [edited(first)]);
    await dropFiles(dialog.getByRole('group', { name: 'Drop the edited file here' }), [edited(first)]);
    await dialog.getByRole('button', { name: 'Replace the photo' }).click();
    await expect(dialog.getByText('The photo is replaced.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect(replace).toBeFocused();
    await expect(page.getByRole('gridcell')).toHaveCount(2);
    await expect(panel).toContainText('IMG_1001-Edit.jpg');
    await expect(panel.getByRole('alert')).toBeHidden();
    await expect(thumb).not.toHaveAttribute('src', before ?? '');
  });

  await test.step('the client has the favourite still', async () => {
    const device = await visitor();
    await device.goto(`/s/${token}#key=${client.key}`);
    const heart = device.getByRole('button', { name: 'Favourite: IMG_1001.JPG' });
    await expect(heart).toHaveAttribute('aria-pressed', 'true');
  });
});

test('a photographer replaces a folder of edited files, and says which photo the unclear one is', async ({
  page,
  studio,
  logIn,
}) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  const [first, second, third, fourth] = photos(4);
  if (!first || !second || !third || !fourth) throw new Error('there are four photos');
  // Two cameras with the same numbers.
  await studio.upload(gallery.id, [first, second, { ...third, name: second.name }, fourth]);
  await logIn(page);
  await page.goto(`/galleries/${gallery.id}`);
  await expect(page.getByRole('gridcell')).toHaveCount(4);
  const dialog = page.getByRole('dialog', { name: 'Replace with edited files' });

  await test.step('chooses the files', async () => {
    await page.getByRole('button', { name: 'What to do with this gallery' }).click();
    await page.getByRole('menuitem', { name: 'Replace with edited files …' }).click();
    await expect(dialog).toContainText('You see every pair before anything is replaced.');
    await expectAccessible(page);
    await choose(page, dialog.getByRole('button', { name: 'Choose files' }), [
      edited(first),
      edited(second),
      edited(third, 'bride-and-groom.jpg'),
      fourth,
    ]);
  });

  await test.step('sees what was found, and what was not', async () => {
    await expect(dialog.getByRole('heading', { name: '1 pair is certain' })).toBeVisible();
    await expect(
      dialog.getByRole('checkbox', { name: 'Replace IMG_1001.JPG with IMG_1001-Edit.jpg' }),
    ).toBeChecked();
    await expect(dialog.getByRole('heading', { name: '1 file needs you to choose' })).toBeVisible();
    await expect(dialog.getByRole('heading', { name: '1 file has no photo' })).toBeVisible();
    await expect(dialog.getByText('bride-and-groom.jpg')).toBeVisible();
    await expect(dialog.getByRole('heading', { name: '1 file is unchanged' })).toBeVisible();
    await expect(dialog.getByText('1 file still needs a photo.')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Replace 1 photo' })).toBeEnabled();
    await expectAccessible(page);
  });

  await test.step('chooses the photo of the unclear one, with the keyboard', async () => {
    const question = dialog.getByRole('group', { name: 'Which photo does IMG_1002-Edit.jpg belong to?' });
    const options = question.getByRole('radio', { name: /^IMG_1002\.JPG/ });
    await expect(options).toHaveCount(2);
    await expect(question.getByRole('radio', { checked: true })).toHaveCount(0);
    await options.first().focus();
    await page.keyboard.press('Space');
    await expect(options.first()).toBeChecked();
    await expect(dialog.getByText('1 file still needs a photo.')).toBeHidden();
    await dialog.getByRole('button', { name: 'Replace 2 photos' }).click();
  });

  await test.step('reads the report', async () => {
    await expect(dialog.getByText('2 photos are replaced.')).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Done' }).click();
    const panel = await openDetails(page, 'IMG_1001.JPG');
    await expect(panel).toContainText('IMG_1001-Edit.jpg');
  });
});

test('a photographer hears which of many files were refused, and takes one of another shape all the same', async ({
  page,
  studio,
  logIn,
}) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  const [first, second] = photos(2);
  if (!first || !second) throw new Error('there are two photos');
  await studio.upload(gallery.id, [first]);
  await logIn(page);
  await page.goto(`/galleries/${gallery.id}`);
  await page.getByRole('button', { name: 'What to do with this gallery' }).click();
  await page.getByRole('menuitem', { name: 'Replace with edited files …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replace with edited files' });
  // Another picture, under the name of the first.
  await choose(page, dialog.getByRole('button', { name: 'Choose files' }), [edited(second, 'IMG_1001.jpg')]);
  await dialog.getByRole('button', { name: 'Replace 1 photo' }).click();
  await expect(dialog.getByText('No photo was replaced.')).toBeVisible();
  await expect(dialog.getByRole('heading', { name: '1 photo stays as it was' })).toBeVisible();
  await expect(dialog).toContainText('The new picture has another shape');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Replace 1 photo although its shape differs' }).click();
  await expect(dialog.getByText('1 photo is replaced.')).toBeVisible();
});

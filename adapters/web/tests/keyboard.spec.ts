import type { Locator, Page } from '@playwright/test';
import { expect, photos, test } from './fixtures';

/** More stops than any page has before what is looked for. */
const MOST_STOPS = 40;

test('a client opens a gallery, favourites and looks at photos with the keyboard alone', async ({
  page,
  studio,
  guard,
}) => {
  guard.allow(/401 \(Unauthorized\) \(\S*\/client\/sessions\)/);
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await studio.upload(gallery.id, photos(6));
  const { token } = await studio.share(gallery.id, { pin: '4711' });
  const photo = (name: string) => page.getByRole('button', { name: `Open photo ${name}` });
  const heart = (name: string) => page.getByRole('button', { name: `Favourite: ${name}` });
  const lightbox = page.getByRole('dialog', { name: 'Photo', exact: true });

  await page.goto(`/s/${token}`);
  await expect(page.getByLabel('PIN')).toBeFocused();
  await page.keyboard.type('4711');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Ceremony' })).toBeVisible();

  // The first stop leads past the bar and the cover.
  await expect(photo('IMG_1001.JPG')).toBeAttached();
  await tabTo(page, page.getByRole('link', { name: 'Skip to the photos' }));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(photo('IMG_1001.JPG')).toBeFocused();
  await expect(photo('IMG_1001.JPG')).toBeInViewport();

  await page.keyboard.press('ArrowRight');
  await expect(photo('IMG_1002.JPG')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(heart('IMG_1002.JPG')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(heart('IMG_1002.JPG')).toHaveAttribute('aria-pressed', 'true');

  await page.keyboard.press('Shift+Tab');
  await expect(photo('IMG_1002.JPG')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(lightbox.getByText('2 of 6')).toBeVisible();
  await expect(lightbox).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(lightbox.getByText('3 of 6')).toBeVisible();
  await page.keyboard.press('f');
  await expect(lightbox.getByRole('button', { name: 'Favourite: IMG_1003.JPG' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await tabTo(page, lightbox.getByRole('button', { name: 'Comment' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Comment on IMG_1003.JPG' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Comment on IMG_1003.JPG' })).toBeHidden();
  await expect(lightbox.getByText('3 of 6')).toBeVisible();
  await expect(lightbox.getByRole('button', { name: 'Comment' })).toBeFocused();

  await page.keyboard.press('Escape');
  await expect(lightbox).toBeHidden();
  await expect(photo('IMG_1003.JPG')).toBeFocused();
  await expect(heart('IMG_1003.JPG')).toHaveAttribute('aria-pressed', 'true');
});

test('a photographer logs in, opens a gallery and selects photos with the keyboard alone', async ({
  page,
  studio,
}) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await studio.upload(gallery.id, photos(6));
  const cell = (name: string) => page.getByRole('gridcell', { name });
  const selected = page.getByRole('gridcell', { selected: true });

  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1, name: 'Log in' })).toBeVisible();
  await tabTo(page, page.getByLabel('E-mail'));
  await page.keyboard.type(studio.credentials.email);
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Password')).toBeFocused();
  await page.keyboard.type(studio.credentials.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Galleries' })).toBeVisible();

  await tabTo(page, page.getByRole('link', { name: /^Ceremony/ }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Ceremony' })).toBeVisible();

  await expect(cell('IMG_1006.JPG')).toBeVisible();
  await tabTo(page, cell('IMG_1001.JPG'));
  await page.keyboard.press('ArrowRight');
  await expect(cell('IMG_1002.JPG')).toBeFocused();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(cell('IMG_1004.JPG')).toBeFocused();
  await expect(selected).toHaveText(['IMG_1002.JPG', 'IMG_1003.JPG', 'IMG_1004.JPG']);
  const toolbar = page.getByRole('toolbar', { name: 'What to do with the selected photos' });
  await expect(toolbar.getByText('3 selected')).toBeVisible();

  await page.keyboard.press('Shift+ArrowLeft');
  await expect(selected).toHaveCount(2);
  await page.keyboard.press('Control+a');
  await expect(toolbar.getByText('6 selected')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(toolbar).toBeHidden();

  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Close the details' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(cell('IMG_1003.JPG')).toBeFocused();
});

/** Presses Tab until something has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeAttached();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  await expect(wanted, `reached with ${MOST_STOPS} stops`).toBeFocused();
}

import { expect, expectAccessible, test } from './fixtures';

test('the studio opens', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test('a link opens the client gallery', async ({ page, studio }) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  const share = await studio.share(gallery.id);
  await page.goto(`/s/${share.token}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

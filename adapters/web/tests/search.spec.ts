import { expect, expectAccessible, photos, test } from './fixtures';

// Narrow windows have a page for it.
test(
  'a photographer finds a photo and a gallery without touching the mouse',
  { tag: '@desktop' },
  async ({ page, studio, logIn }) => {
    const gallery = await studio.gallery({ name: 'Zoë & Ben' });
    await studio.upload(gallery.id, photos(3));
    await logIn(page);
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1, name: 'Galleries' })).toBeVisible();

    const field = page.getByRole('combobox', { name: 'Search the studio' });
    await page.keyboard.press('/');
    await expect(field).toBeFocused();
    await page.keyboard.type('ZOE');
    const option = page.getByRole('option', { name: 'Zoë & Ben' });
    await expect(option).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('ArrowDown');
    await expect(option).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Zoë & Ben' })).toBeVisible();

    await page.keyboard.press('/');
    await page.keyboard.type('img_1002');
    await expect(page.getByRole('group', { name: 'Photos' }).getByRole('option')).toHaveCount(1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/q=IMG_1002/);
    await expect(page.getByRole('gridcell')).toHaveCount(1);

    await page.keyboard.press('/');
    await page.keyboard.type('nowhere at all');
    await expect(page.getByText('Nothing is found by “nowhere at all”.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByText('Nothing is found by')).toBeHidden();
  },
);

test('the search has a page of its own', async ({ page, studio, logIn }, { project }) => {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await studio.upload(gallery.id, photos(2));
  await logIn(page);
  await page.goto('/');
  if (project.name === 'phone') await page.getByRole('link', { name: 'Search' }).click();
  else await page.goto('/search');
  const main = page.getByRole('main');
  await main.getByRole('searchbox', { name: 'Search the studio' }).fill('img');
  const found = main.getByRole('region', { name: 'Photos' }).getByRole('link');
  await expect(found).toHaveCount(2);
  await expectAccessible(page);
  await found.first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ceremony' })).toBeVisible();
  await page.goBack();
  await expect(found).toHaveCount(2);
});

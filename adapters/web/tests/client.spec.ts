import type { Locator, Page } from '@playwright/test';
import type { Schema } from '../src/api/http';
import { done, expect, expectAccessible, photos, settled, test, type Studio } from './fixtures';

test.use({ actionTimeout: 20_000 });

/** What the browser says on its console about an answer that a test asks for. */
const refused = (status: number, path: string) => new RegExp(`${status} \\([^)]*\\) \\(\\S*/client/${path}`);

test('a client picks, comments, orders, changes the order and submits; the photographer accepts', async ({
  page,
  studio,
  visitor,
  logIn,
  guard,
  isMobile,
}) => {
  test.setTimeout(300_000);
  guard.allow(refused(401, 'sessions'));
  const press = (control: Locator) => (isMobile ? control.tap() : control.click());
  const bar = page.getByRole('navigation', { name: 'This gallery' });
  const lightbox = page.getByRole('dialog', { name: 'Photo', exact: true });
  const heart = (name: string) => page.getByRole('button', { name: `Favourite: ${name}` });
  const { token } = await onSale(studio, { pin: '4711', limits: { selections: 3 } });

  await test.step('opens the link with the PIN', async () => {
    await page.goto(`/s/${token}`);
    await expect(page.getByRole('heading', { name: 'This gallery is private' })).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('PIN').fill('0000');
    await press(page.getByRole('button', { name: 'Open the gallery' }));
    await expect(page.getByRole('alert')).toHaveText('That PIN is not right. Try it again.');
    await expect(page.getByLabel('PIN')).toBeFocused();
    await page.getByLabel('PIN').fill('4711');
    await press(page.getByRole('button', { name: 'Open the gallery' }));
  });

  await test.step('sees the cover, and the photos below it', async () => {
    await expect(page.getByRole('heading', { level: 1, name: 'Ceremony' })).toBeVisible();
    await expect(page.getByRole('banner').getByText('Lakeside Photography')).toBeVisible();
    await expect(page.getByText('8 photos')).toBeVisible();
    await expect(bar.getByRole('button', { name: 'Favourites' })).toContainText('0 of 3');
    await press(page.getByRole('button', { name: 'View the photos' }));
    const first = page.getByRole('button', { name: 'Open photo IMG_1001.JPG' });
    await expect(first).toBeInViewport();
    const picture = first.locator('img');
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);
    await expectAccessible(page);
  });

  await test.step('picks a favourite in the grid', async () => {
    await press(heart('IMG_1001.JPG'));
    await expect(heart('IMG_1001.JPG')).toHaveAttribute('aria-pressed', 'true');
    await expect(bar.getByRole('button', { name: 'Favourites' })).toContainText('1 of 3');
  });

  await test.step('picks another one in the lightbox, and says something about it', async () => {
    await press(page.getByRole('button', { name: 'Open photo IMG_1002.JPG' }));
    await expect(lightbox.getByText('2 of 8')).toBeVisible();
    await press(lightbox.getByRole('button', { name: 'Favourite: IMG_1002.JPG' }));
    await expect(lightbox.getByRole('button', { name: 'Favourite: IMG_1002.JPG' })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await press(lightbox.getByRole('button', { name: 'Comment' }));
    const dialog = page.getByRole('dialog', { name: 'Comment on IMG_1002.JPG' });
    await dialog.getByLabel('Comment').fill('In black and white, please');
    await press(dialog.getByRole('button', { name: 'Save' }));
    await expect(page.getByText('Comment saved')).toBeVisible();
    await expect(dialog).toBeHidden();
  });

  await test.step('goes on to the next photo and back to the grid', async () => {
    if (isMobile) await swipeLeft(page);
    else {
      // The arrows come with the mouse.
      await lightbox.hover();
      await press(lightbox.getByRole('button', { name: 'Next photo' }));
    }
    await expect(lightbox.getByText('3 of 8')).toBeVisible();
    await expectAccessible(page);
    await press(lightbox.getByRole('button', { name: 'Close' }));
    await expect(lightbox).toBeHidden();
    await expect(page.getByRole('button', { name: 'Open photo IMG_1003.JPG' })).toBeFocused();
  });

  await test.step('learns that three are all', async () => {
    await press(heart('IMG_1003.JPG'));
    await expect(bar.getByRole('button', { name: 'Favourites' })).toContainText('3 of 3');
    await press(heart('IMG_1004.JPG'));
    await expect(
      page.getByText('You have picked all 3 that you can. Take one out to pick another.'),
    ).toBeVisible();
    await expect(heart('IMG_1004.JPG')).toHaveAttribute('aria-pressed', 'false');
  });

  await test.step('finds everything again after a reload', async () => {
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: 'Ceremony' })).toBeVisible();
    for (const name of ['IMG_1001.JPG', 'IMG_1002.JPG', 'IMG_1003.JPG']) {
      await expect(heart(name)).toHaveAttribute('aria-pressed', 'true');
    }
    await expect(bar.getByRole('button', { name: 'Favourites' })).toContainText('3 of 3');
  });

  await test.step('chooses two prints, one of them too large for its photo', async () => {
    await press(page.getByRole('button', { name: 'View the photos' }));
    await press(page.getByRole('button', { name: 'Open photo IMG_1005.JPG' }));
    await press(lightbox.getByRole('button', { name: 'Order' }));
    const small = page.getByRole('dialog', { name: 'Order IMG_1005.JPG' });
    await expect(small.getByRole('listitem').filter({ hasText: '10 × 15' })).toContainText('Prints well');
    await expect(small.getByRole('listitem').filter({ hasText: '20 × 30' })).toContainText('Too small');
    await expectAccessible(page);
    const pieces = small.getByRole('group', { name: 'Quantity: 10 × 15' });
    await press(pieces.getByRole('button', { name: 'One more' }));
    await press(pieces.getByRole('button', { name: 'One more' }));
    await expect(small.getByText('€5.00')).toBeVisible();
    await press(small.getByRole('button', { name: 'Add 2 pieces' }));
    await expect(page.getByText('2 pieces added to your order')).toBeVisible();
    await press(lightbox.getByRole('button', { name: 'Close' }));

    await press(page.getByRole('button', { name: 'Open photo IMG_1003.JPG' }));
    await press(lightbox.getByRole('button', { name: 'Order' }));
    const large = page.getByRole('dialog', { name: 'Order IMG_1003.JPG' });
    await press(
      large.getByRole('group', { name: 'Quantity: 20 × 30' }).getByRole('button', { name: 'One more' }),
    );
    await press(large.getByRole('button', { name: 'Add 1 piece' }));
    await press(page.getByRole('button', { name: 'View order' }).last());
    await expect(page.getByRole('heading', { level: 1, name: 'Your order' })).toBeVisible();
    await expect(lightbox).toBeHidden();
    await expect(bar.getByRole('button', { name: 'Order' })).toContainText('3');
  });

  const line = (name: string) => page.getByRole('listitem').filter({ hasText: name });

  await test.step('changes the crop, and sees how it will print', async () => {
    await expect(line('IMG_1005.JPG')).toContainText('Prints well');
    await press(line('IMG_1005.JPG').getByRole('button', { name: 'Crop' }));
    const dialog = page.getByRole('dialog', { name: 'Crop for 10 × 15' });
    await expect(dialog.getByRole('status')).toContainText('Prints well');
    await dialog.getByLabel('Enlarge').fill('2');
    await expect(dialog.getByRole('status')).toContainText('Prints fairly');
    await dialog.getByRole('application', { name: 'Part of the photo that is printed' }).press('ArrowLeft');
    await expectAccessible(page);
    await press(dialog.getByRole('button', { name: 'Use this crop' }));
    await expect(dialog).toBeHidden();
    await expect(line('IMG_1005.JPG')).toContainText('Prints fairly');
  });

  await test.step('changes a quantity, and says what else is wished', async () => {
    await press(
      page.getByRole('group', { name: 'Quantity: IMG_1005.JPG' }).getByRole('button', { name: 'One more' }),
    );
    await expect(line('IMG_1005.JPG')).toContainText('€7.50');
    await press(line('IMG_1005.JPG').getByRole('button', { name: 'Add a wish' }));
    await page.getByLabel('Wish for this print').fill('A little brighter');
    await page.getByLabel('Wishes for the whole order').fill('By Christmas, please');
    await press(page.getByRole('button', { name: 'Review order' }));
    await expect(page.getByText('Tell your photographer who orders.')).toBeVisible();
    await expect(page.getByLabel('Name')).toBeFocused();
    await page.getByLabel('Name').fill('Ben Miller');
    await page.getByLabel('E-mail').fill('ben@example.com');
    await page.getByLabel('Phone').fill('+49 170 1234567');
  });

  await test.step('finds the basket again after a reload', async () => {
    await page.reload();
    await expect(line('IMG_1005.JPG')).toContainText('€7.50');
    await expect(line('IMG_1005.JPG')).toContainText('Prints fairly');
    await expect(page.getByLabel('Wish for this print')).toHaveValue('A little brighter');
    await expect(page.getByLabel('Wishes for the whole order')).toHaveValue('By Christmas, please');
    await expect(page.getByLabel('E-mail')).toHaveValue('ben@example.com');
  });

  await test.step('reviews the order and places it with a double click, once', async () => {
    await press(page.getByRole('button', { name: 'Review order' }));
    const review = page.getByRole('dialog', { name: 'Is everything right?' });
    await expect(review).toContainText('10 × 15, 3 pieces');
    await expect(review).toContainText('20 × 30, 1 piece');
    await expect(review).toContainText('1 print may look soft or coarse');
    await expect(review).toContainText('Ben Miller, ben@example.com, +49 170 1234567');
    await expect(review).toContainText('By Christmas, please');
    await expect(review).toContainText('€20.40');
    await expectAccessible(page);
    await review.getByRole('button', { name: 'Place order' }).dblclick();
    await expect(page.getByText('Thank you, your order has arrived.')).toBeVisible();
    await expect(page.getByText('confirmation')).toBeHidden();
    await expect(page.getByText('Received').first()).toBeVisible();
    await expect(page.getByText('€20.40')).toBeVisible();
    await expectAccessible(page);
    await press(page.getByRole('button', { name: 'Your orders' }));
    await expect(page.getByRole('heading', { level: 1, name: 'Your orders' })).toBeVisible();
    await expect(page.getByRole('button', { name: /Received/ })).toHaveCount(1);
    const { items } = await done(studio.call.GET('/orders'));
    expect(items).toHaveLength(1);
  });

  await test.step('changes the order', async () => {
    await press(page.getByRole('button', { name: /Received/ }));
    await press(page.getByRole('button', { name: 'Change order' }));
    await expect(page.getByRole('heading', { level: 1, name: 'Change order' })).toBeVisible();
    await expect(page.getByLabel('Wish for this print')).toHaveValue('A little brighter');
    await page.getByLabel('Wish for this print').fill('');
    await page.getByLabel('Phone').fill('');
    await press(
      page.getByRole('group', { name: 'Quantity: IMG_1003.JPG' }).getByRole('button', { name: 'One more' }),
    );
    await press(page.getByRole('button', { name: 'Review changes' }));
    const review = page.getByRole('dialog', { name: 'Is everything right?' });
    await expect(review).toContainText('20 × 30, 2 pieces');
    await expect(review).toContainText('€33.30');
    await press(review.getByRole('button', { name: 'Save changes' }));
    await expect(page.getByText('Your order has been changed.')).toBeVisible();
    await expect(page.getByRole('heading', { name: '20 × 30, 2 pieces' })).toBeVisible();
    await expect(page.getByText('€33.30')).toBeVisible();
    await expect(page.getByText('Order changed')).toBeVisible();
    await expect(line('IMG_1005.JPG').first()).toContainText('Prints fairly');
    await expect(page.getByText('A little brighter')).toBeHidden();
    await expect(page.getByText('Ben Miller, ben@example.com', { exact: true })).toBeVisible();
  });

  await test.step('sends the favourites, which are locked then', async () => {
    await press(bar.getByRole('button', { name: 'Favourites' }));
    await expect(page.getByRole('heading', { level: 1, name: 'Favourites' })).toBeVisible();
    await expect(page.getByText('In black and white, please')).toBeVisible();
    await expectAccessible(page);
    await press(page.getByRole('button', { name: 'Send to the photographer' }));
    const dialog = page.getByRole('dialog', { name: 'Send this list?' });
    await expect(dialog).toContainText('Your photographer receives “Favourites” with 3 photos.');
    await press(dialog.getByRole('button', { name: 'Send' }));
    await expect(page.getByText('Sent. Your photographer has been told.')).toBeVisible();
    await expect(page.getByText(/^Sent on /)).toBeVisible();
    const sent = page.getByRole('main').getByRole('button', { name: 'Favourite: IMG_1001.JPG' });
    await press(sent);
    await expect(page.getByText('This list is sent and locked.')).toBeVisible();
    await expect(sent).toHaveAttribute('aria-pressed', 'true');
  });

  const office = await visitor();
  const desk = office.getByRole('main');

  await test.step('the photographer sees what was ordered, and accepts it', async () => {
    await logIn(office);
    await office.goto('/orders');
    const card = desk.getByRole('article').filter({ hasText: 'Ben Miller' });
    await expect(card).toHaveCount(1);
    await expect(card).toContainText('€33.30');
    await expect(card).toContainText('5 pieces');
    await expect(card).toContainText('By Christmas, please');
    await expectAccessible(office);
    await press(card.getByRole('link', { name: 'Ben Miller' }));
    await expect(desk.getByRole('heading', { level: 1, name: 'Order of Ben Miller' })).toBeVisible();
    await expect(desk.getByRole('heading', { name: '10 × 15, 3 pieces' })).toBeVisible();
    await expect(desk.getByRole('heading', { name: '20 × 30, 2 pieces' })).toBeVisible();
    await expect(desk.getByText('€33.30')).toBeVisible();
    await expect(desk.getByText('A little brighter')).toBeHidden();
    await expect(desk.getByText('changed the order', { exact: true })).toBeVisible();
    await expect(desk.getByText('Too small')).toBeVisible();
    await expectAccessible(office);
    await press(desk.getByRole('button', { name: 'Accept', exact: true }));
    await expect(office.getByText('The order was accepted.')).toBeVisible();
    await expect(desk.getByRole('listitem').filter({ hasText: 'Accepted' }).first()).toHaveAttribute(
      'aria-current',
      'step',
    );
    await expect(desk.getByRole('button', { name: 'Start production' })).toBeVisible();
  });

  await test.step('the photographer sees the favourites with the comment', async () => {
    await office.getByRole('link', { name: 'Galleries' }).first().click();
    await press(desk.getByRole('link', { name: /Ceremony/ }));
    await press(
      office.getByRole('navigation', { name: 'Parts of the gallery' }).getByRole('link', { name: 'Shares' }),
    );
    await expect(desk.getByText('Submitted', { exact: true })).toBeVisible();
    await expect(desk.getByText('1 comment')).toBeVisible();
    // The page was reloaded since the PIN was typed; the name went along all the same.
    await expect(desk.getByRole('article', { name: 'Ben Miller: Favourites' })).toBeVisible();
  });

  await test.step('the client sees that it is accepted, and can change it no more', async () => {
    await press(bar.getByRole('button', { name: 'More' }));
    await press(page.getByRole('button', { name: 'Your orders' }));
    await press(page.getByRole('button', { name: /Accepted/ }));
    await expect(page.getByRole('heading', { level: 1, name: 'Order' })).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: /^Accepted$/ })).toHaveAttribute(
      'aria-current',
      'step',
    );
    await expect(page.getByText('Order accepted')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Change order' })).toBeHidden();
  });
});

test('the page of an order asks for it once', async ({ page, studio }) => {
  const { order, open } = await ordered(studio);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith(`/client/orders/${order}`)) asked.push(request.method());
  });
  await open(page);
  await settled(page);
  expect(asked).toEqual(['GET']);
});

test('a change that comes after the photographer accepted is not made, and says so', async ({
  page,
  studio,
  guard,
}) => {
  guard.allow(refused(409, 'orders/'));
  const { order, open } = await ordered(studio);
  await open(page);
  await page.getByRole('button', { name: 'Change order' }).click();
  await page.getByRole('button', { name: 'One more' }).click();
  const path = { order_id: order };
  await done(
    studio.call.POST('/orders/{order_id}/transitions', { params: { path }, body: { to: 'accepted' } }),
  );
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The order cannot be changed any more. This is how it stands.')).toBeVisible();
  await expect(page.getByText('Order accepted')).toBeVisible();
  await expect(page.getByRole('heading', { name: '10 × 15, 1 piece' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Change order' })).toBeHidden();
});

test('a change to an order that was changed elsewhere meanwhile is made once it was looked at again', async ({
  page,
  studio,
  guard,
}) => {
  guard.allow(refused(412, 'orders/'));
  const { order, open, client } = await ordered(studio);
  await open(page);
  await page.getByRole('button', { name: 'Change order' }).click();
  await page.getByRole('button', { name: 'One more' }).click();
  const params = { path: { order_id: order } };
  const body = { special_request: 'From the other device' };
  await done(client.call.PATCH('/client/orders/{order_id}', { params, body }));
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The order was changed elsewhere meanwhile.')).toBeVisible();
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Your order has been changed.')).toBeVisible();
  await expect(page.getByRole('heading', { name: '10 × 15, 2 pieces' })).toBeVisible();
  await expect(page.getByText('The order cannot be changed any more.')).toBeHidden();
});

test('a line that keeps its product keeps the price at which it was ordered', async ({ page, studio }) => {
  const { open, prices } = await ordered(studio);
  const [small, ...others] = prices.products;
  const path = { price_list_id: prices.id };
  const dearer = { ...small, price: { amount: 400, currency: 'EUR' } };
  const list = (products: unknown[]) => ({ products }) as Schema['PriceListPatch'];
  await done(
    studio.call.PATCH('/price-lists/{price_list_id}', {
      params: { path },
      body: list([dearer, ...others]),
    }),
  );
  await open(page);
  await page.getByRole('button', { name: 'Change order' }).click();
  await expect(page.getByText('1 piece', { exact: true })).toBeVisible();
  await expect(page.getByLabel('Product for IMG_1001.JPG')).toContainText('10 × 15, €2.50');
  await page.getByRole('button', { name: 'One more' }).click();
  await expect(page.getByRole('strong')).toHaveText('€5.00');

  // Even a product that is no longer sold.
  await done(studio.call.PATCH('/price-lists/{price_list_id}', { params: { path }, body: list(others) }));
  await page.reload();
  await page.getByRole('button', { name: 'Change order' }).click();
  await expect(page.getByLabel('Product for IMG_1001.JPG')).toContainText('10 × 15, €2.50');
  await expect(page.getByRole('strong')).toHaveText('€5.00');
  await page.getByRole('button', { name: 'Review changes' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Your order has been changed.')).toBeVisible();
  await expect(page.getByRole('heading', { name: '10 × 15, 2 pieces' })).toBeVisible();
  await expect(page.getByText('€5.00').first()).toBeVisible();
});

test('no button moves away when the answer comes how photos print', async ({ page, studio }) => {
  const { token, shown } = await onSale(studio, {});
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/client/orders/quote', async (route) => {
    await asked;
    await route.continue();
  });
  await page.goto(`/s/${token}#photo=${shown[4]?.id}`);
  await page
    .getByRole('dialog', { name: 'Photo', exact: true })
    .getByRole('button', { name: 'Order' })
    .click();
  const sheet = page.getByRole('dialog', { name: /^Order IMG/ });
  const controls = sheet.getByRole('button');
  await expect(controls).not.toHaveCount(0);
  await sheet.evaluate((element) =>
    Promise.all(element.getAnimations({ subtree: true }).map(({ finished }) => finished)),
  );
  const places = () => controls.evaluateAll((all) => all.map((control) => control.getBoundingClientRect().y));
  const before = await places();
  answer();
  await expect(sheet.getByText('Prints well').first()).toBeVisible();
  expect(await places()).toEqual(before);
});

/** A gallery with eight photos, on sale, and a link to it. */
async function onSale(studio: Studio, share: Parameters<Studio['share']>[1]) {
  const gallery = await studio.gallery({ name: 'Ceremony', description: 'By the lake, in May' });
  const shown = await studio.upload(gallery.id, photos(8));
  const prices = await studio.sell(gallery.id);
  const { token } = await studio.share(gallery.id, share);
  return { token, shown, prices };
}

/** A client's order of one print, and how its page is opened. */
async function ordered(studio: Studio) {
  const { token, shown, prices } = await onSale(studio, {});
  const client = await studio.visit(token);
  const { id } = await client.order([shown[0]?.id ?? ''], prices.products[0]?.id ?? '');
  const open = async (page: Page): Promise<void> => {
    await page.goto(`/s/${token}#order=${id}&key=${client.key}`);
    await expect(page.getByRole('heading', { level: 1, name: 'Order' })).toBeVisible();
  };
  return { order: id, client, open, prices };
}

/** A finger that goes from right to left. */
async function swipeLeft(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize() ?? { width: 390, height: 844 };
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: x === undefined ? [] : [{ x, y: height / 2 }],
    });
  await touch('touchStart', width * 0.8);
  for (let part = 0.7; part > 0.15; part -= 0.1) await touch('touchMove', width * part);
  await touch('touchEnd');
  await session.detach();
}

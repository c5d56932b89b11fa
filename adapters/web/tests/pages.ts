import { done, photos, type Studio } from './fixtures';

/** What the pages are about: a studio with something of everything, and the ids by which addresses name it. */
export interface World {
  gallery: string;
  priceList: string;
  order: string;
  token: string;
  pinned: string;
  clientKey: string;
}

/** A page of the application, for the pictures of all of them and for checks that all must pass. */
export interface ListedPage {
  /** The name of its picture. */
  name: string;
  /** Who looks at it: a photographer who is logged in, or somebody who has only the address. */
  as: 'photographer' | 'visitor';
  address: (world: World) => string;
  /** What the browser says on its console because the page is about something that is refused. */
  provokes?: RegExp;
}

export const pages: ListedPage[] = [
  { name: 'register', as: 'visitor', address: () => '/register' },
  { name: 'log-in', as: 'visitor', address: () => '/login' },
  { name: 'forgot-password', as: 'visitor', address: () => '/forgot-password' },
  { name: 'reset-password', as: 'visitor', address: () => '/reset-password' },
  { name: 'galleries', as: 'photographer', address: () => '/' },
  { name: 'gallery', as: 'photographer', address: ({ gallery }) => `/galleries/${gallery}` },
  { name: 'price-lists', as: 'photographer', address: () => '/price-lists' },
  { name: 'price-list', as: 'photographer', address: ({ priceList }) => `/price-lists/${priceList}` },
  { name: 'orders', as: 'photographer', address: () => '/orders' },
  { name: 'order', as: 'photographer', address: ({ order }) => `/orders/${order}` },
  { name: 'settings', as: 'photographer', address: () => '/settings' },
  { name: 'nothing-here', as: 'photographer', address: () => '/no/such/page' },
  { name: 'share', as: 'visitor', address: ({ token }) => `/s/${token}` },
  { name: 'share-pin', as: 'visitor', address: ({ pinned }) => `/s/${pinned}`, provokes: /401/ },
  { name: 'share-unknown', as: 'visitor', address: () => '/s/nonsense', provokes: /404/ },
  {
    name: 'share-picks',
    as: 'visitor',
    address: ({ token, clientKey }) => `/s/${token}#picks&key=${clientKey}`,
  },
  {
    name: 'share-orders',
    as: 'visitor',
    address: ({ token, clientKey }) => `/s/${token}#orders&key=${clientKey}`,
  },
  {
    name: 'share-order',
    as: 'visitor',
    address: ({ token, clientKey, order }) => `/s/${token}#order=${order}&key=${clientKey}`,
  },
];

/** Fills a studio: a live gallery with thirty photos, a price list, two links, a client with picks and an order. */
export async function fill(studio: Studio): Promise<World> {
  const gallery = await studio.gallery({ name: 'Ceremony', description: 'By the lake, in May' });
  const shown = await studio.upload(gallery.id, photos(30));
  const prices = await studio.sell(gallery.id);
  const path = { gallery_id: gallery.id };
  await done(studio.call.PATCH('/galleries/{gallery_id}', { params: { path }, body: { state: 'live' } }));
  const share = await studio.share(gallery.id, { label: 'Family', limits: { selections: 30 } });
  const pinned = await studio.share(gallery.id, { label: 'Guests', pin: '4711' });
  const client = await studio.visit(share.token);
  const picked = shown.slice(0, 17).map((photo) => photo.id);
  await client.pick(picked);
  const order = await client.order(picked.slice(0, 3), prices.products[0]?.id ?? '');
  return {
    gallery: gallery.id,
    priceList: prices.id,
    order: order.id,
    token: share.token,
    pinned: pinned.token,
    clientKey: client.key,
  };
}

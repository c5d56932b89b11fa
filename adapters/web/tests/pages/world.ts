import { brokenPhoto, done, photos, type Studio } from '../fixtures';

/** What the pages are about: a studio with something of everything, and the ids by which addresses name it. */
export interface World {
  gallery: string;
  emptyGallery: string;
  /** One of its photos failed. */
  partyGallery: string;
  collection: string;
  emptyCollection: string;
  priceList: string;
  order: string;
  photo: string;
  links: Record<'open' | 'package' | 'pinned' | 'expired' | 'revoked' | 'empty', string>;
  /** What resumes a client who has picks, comments and an order; and one whose list is sent. */
  clientKey: string;
  lockedKey: string;
}

/** Fills a studio: a live gallery with thirty photos, a price list, links of all kinds, clients with picks and orders. */
export async function fill(studio: Studio): Promise<World> {
  await dress(studio);
  const collection = await done(
    studio.call.POST('/collections', {
      body: { name: 'Anna & Ben', client_name: 'Anna Weber', event_date: '2026-05-14', tags: ['wedding'] },
    }),
  );
  const emptyCollection = await done(
    studio.call.POST('/collections', { body: { name: 'Autumn portraits' } }),
  );
  const gallery = await studio.gallery({
    name: 'Ceremony',
    description: 'By the lake, in May',
    collection_id: collection.id,
    tags: ['outdoors'],
  });
  const shown = (await studio.upload(gallery.id, photos(30))).map(({ id }) => id);
  await chapters(studio, gallery.id, shown);
  const emptyGallery = await studio.gallery({ name: 'Family portraits' });
  const party = await studio.gallery({ name: 'The party', collection_id: collection.id });
  await studio.upload(party.id, photos(4));
  // It fails, as it shall.
  await studio.upload(party.id, [brokenPhoto()]).catch(() => undefined);
  const prices = await studio.sell(gallery.id);
  const path = { gallery_id: gallery.id };
  await done(studio.call.PATCH('/galleries/{gallery_id}', { params: { path }, body: { state: 'live' } }));
  const links = await share(studio, gallery.id, emptyGallery.id);
  const clients = await visits(studio, links.open, shown, prices.products[0]?.id ?? '');
  return {
    gallery: gallery.id,
    emptyGallery: emptyGallery.id,
    partyGallery: party.id,
    collection: collection.id,
    emptyCollection: emptyCollection.id,
    priceList: prices.id,
    photo: shown[0] ?? '',
    links,
    ...clients,
  };
}

async function dress(studio: Studio): Promise<void> {
  const branding = {
    tagline: 'Weddings and portraits by the lake',
    website: 'https://lakeside.example',
    logo_id: await studio.logo(),
  };
  await done(studio.call.PATCH('/studio', { body: { branding } }));
}

async function chapters(studio: Studio, gallery_id: string, shown: string[]): Promise<void> {
  const { sections } = await done(
    studio.call.PUT('/galleries/{gallery_id}/sections', {
      params: { path: { gallery_id } },
      body: { sections: [{ name: 'Arrival' }, { name: 'Rings' }] },
    }),
  );
  const [arrival, rings] = sections;
  for (const [section, ids] of [
    [arrival?.id, shown.slice(0, 12)],
    [rings?.id, shown.slice(12, 24)],
  ] as const) {
    if (section) await done(studio.call.POST('/photos/batch', { body: { action: 'section', section, ids } }));
  }
}

async function share(studio: Studio, galleryId: string, emptyId: string): Promise<World['links']> {
  const soon = new Date(Date.now() + 1_000).toISOString();
  const expired = await studio.share(galleryId, { label: 'Printers', expires_at: soon });
  const revoked = await studio.share(galleryId, { label: 'Old link' });
  const path = { share_id: revoked.id };
  await done(studio.call.DELETE('/shares/{share_id}', { params: { path } }));
  const pinned = await studio.share(galleryId, {
    label: 'Guests',
    pin: '4711',
    permissions: { order: false },
  });
  const open = await studio.share(galleryId, {
    label: 'Family',
    limits: { selections: 30 },
    permissions: { download: 'sized' },
  });
  const included = await studio.share(galleryId, {
    label: 'Package',
    permissions: { download: 'original' },
    allowance: { files: 1, prints: 3 },
  });
  const empty = await studio.share(emptyId, { label: 'Family' });
  return {
    open: open.token,
    package: included.token,
    pinned: pinned.token,
    expired: expired.token,
    revoked: revoked.token,
    empty: empty.token,
  };
}

/** A client with picks and an order, one whose list is sent, and orders in every state. */
async function visits(studio: Studio, token: string, shown: string[], product: string) {
  const client = await studio.visit(token);
  await client.pick(shown.slice(0, 17));
  const selections = await done(client.call.GET('/client/selections'));
  const selection_id = selections.items[0]?.id ?? '';
  const call = '/client/selections/{selection_id}/photos/{photo_id}';
  const body = { comment: 'In black and white, please. And could the left edge be a little tighter?' };
  const path = { selection_id, photo_id: shown[2] ?? '' };
  await done(client.call.PUT(call, { params: { path }, body }));
  const order = await client.order(shown.slice(0, 3), product);

  const sent = await studio.visit(token);
  const locked = await sent.pick(shown.slice(4, 10));
  await done(
    sent.call.POST('/client/selections/{selection_id}/submit', {
      params: { path: { selection_id: locked.id } },
    }),
  );

  const states = ['accepted', 'in_production', 'ready', 'completed'] as const;
  for (let many = 1; many <= states.length; many += 1) {
    const { id } = await sent.order(shown.slice(many, many + 2 + many), product);
    for (const to of states.slice(0, many)) await move(studio, id, to);
  }
  const { id } = await sent.order(shown.slice(0, 1), product);
  await move(studio, id, 'cancelled');
  return { order: order.id, clientKey: client.key, lockedKey: sent.key };
}

async function move(
  studio: Studio,
  order_id: string,
  to: 'accepted' | 'in_production' | 'ready' | 'completed' | 'cancelled',
) {
  const params = { path: { order_id } };
  await done(studio.call.POST('/orders/{order_id}/transitions', { params, body: { to } }));
}

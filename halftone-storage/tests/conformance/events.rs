//! Events are recorded in the same write as the document: with it or not at all, and they go when it goes.

use halftone_core::event::{Event, EventSubject};
use halftone_core::id::{ClientId, GalleryId, ShareId, StudioId};
use halftone_core::page::Version;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::share::{ActivityKind, ShareTarget};
use jiff::SignedDuration;

use crate::fixtures::clients::{activity, selections, share};
use crate::fixtures::orders::order;
use crate::fixtures::photos::photo;
use crate::fixtures::{self, event};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    an_updated_studio_records_its_events,
    a_refused_update_of_a_studio_records_nothing,
    a_purged_studio_takes_its_events_along,
    an_updated_photo_records_its_events,
    a_refused_update_of_a_photo_records_nothing,
    of_concurrent_updates_of_a_photo_the_winner_alone_records,
    a_purged_photo_takes_its_events_along,
    a_photo_marked_as_deleted_keeps_its_events,
    a_purge_by_a_foreign_studio_leaves_the_events,
    recorded_activity_records_its_events,
    updated_selections_record_their_events,
    a_refused_update_of_selections_records_nothing,
    a_placed_order_records_its_events,
    a_refused_order_records_nothing,
    of_concurrent_orders_the_winner_alone_records,
    an_updated_order_records_its_events,
    a_refused_update_of_an_order_records_nothing,
    purged_orders_take_their_events_along,
];

fn new_event(world: &World, studio: StudioId) -> Event {
    event(world, studio, EventSubject::ShareOpened { share: world.id(ShareId::generate) })
}

/// What is in the outbox, by id; asking again gives the same.
async fn recorded(world: &World) -> Vec<Event> {
    let lease = SignedDuration::from_secs(1);
    let events = world.metadata.outbox.claim(1_000, lease).await.unwrap();
    world.advance_secs(2);
    events
}

async fn an_updated_studio_records_its_events(world: World) {
    let studio = fixtures::studio(&world);
    world.metadata.studios.create(&studio).await.unwrap();
    let event = new_event(&world, studio.id);
    world.metadata.studios.update(&studio, Version::FIRST, std::slice::from_ref(&event)).await.unwrap();
    assert_eq!(recorded(&world).await, [event]);
}

async fn a_refused_update_of_a_studio_records_nothing(world: World) {
    let studio = fixtures::studio(&world);
    let event = [new_event(&world, studio.id)];
    let studios = &world.metadata.studios;
    assert_kind(studios.update(&studio, Version::FIRST, &event).await, StorageErrorKind::NotFound);
    studios.create(&studio).await.unwrap();
    assert_kind(studios.update(&studio, Version::restore(7), &event).await, StorageErrorKind::Conflict);
    studios.mark_deleted(studio.id, world.now()).await.unwrap();
    assert_kind(studios.update(&studio, Version::FIRST, &event).await, StorageErrorKind::NotFound);
    assert_eq!(recorded(&world).await, []);
}

async fn a_purged_studio_takes_its_events_along(world: World) {
    let (gone, kept) = (fixtures::studio(&world), fixtures::studio(&world));
    for studio in [&gone, &kept] {
        world.metadata.studios.create(studio).await.unwrap();
        let event = [new_event(&world, studio.id)];
        world.metadata.studios.update(studio, Version::FIRST, &event).await.unwrap();
    }
    world.metadata.studios.purge(gone.id).await.unwrap();
    let rest: Vec<StudioId> = recorded(&world).await.into_iter().map(|event| event.studio).collect();
    assert_eq!(rest, [kept.id]);
}

async fn new_photo(world: &World) -> halftone_core::photo::Photo {
    let photo = photo(world, world.id(StudioId::generate), world.id(GalleryId::generate), "IMG_0412.JPG");
    world.metadata.photos.create_many(std::slice::from_ref(&photo)).await.unwrap();
    photo
}

async fn an_updated_photo_records_its_events(world: World) {
    let photo = new_photo(&world).await;
    let mut events = fixtures::events(&world, photo.studio);
    let photos = &world.metadata.photos;
    let version = photos.update(&photo, Version::FIRST, &events[..2]).await.unwrap();
    photos.update(&photo, version, &events[2..]).await.unwrap();
    events.sort_unstable_by_key(|event| event.id);
    assert_eq!(recorded(&world).await, events);
}

async fn a_refused_update_of_a_photo_records_nothing(world: World) {
    let photo = new_photo(&world).await;
    let event = [new_event(&world, photo.studio)];
    let photos = &world.metadata.photos;
    assert_kind(photos.update(&photo, Version::restore(7), &event).await, StorageErrorKind::Conflict);
    photos.mark_deleted(photo.studio, photo.id, world.now()).await.unwrap();
    assert_kind(photos.update(&photo, Version::FIRST, &event).await, StorageErrorKind::NotFound);
    assert_eq!(recorded(&world).await, []);
}

async fn of_concurrent_updates_of_a_photo_the_winner_alone_records(world: World) {
    let photo = new_photo(&world).await;
    let results = race(|_| {
        let (world, photo, event) = (world.clone(), photo.clone(), new_event(&world, photo.studio));
        async move {
            let events = [event];
            world.metadata.photos.update(&photo, Version::FIRST, &events).await.map(|_| events)
        }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::Conflict);
    let winner = results.into_iter().find_map(Result::ok).unwrap();
    assert_eq!(recorded(&world).await, winner);
}

async fn a_purged_photo_takes_its_events_along(world: World) {
    let (gone, kept) = (new_photo(&world).await, new_photo(&world).await);
    let photos = &world.metadata.photos;
    let kept_event = new_event(&world, kept.studio);
    photos.update(&gone, Version::FIRST, &[new_event(&world, gone.studio)]).await.unwrap();
    photos.update(&kept, Version::FIRST, std::slice::from_ref(&kept_event)).await.unwrap();
    photos.purge(gone.studio, gone.id).await.unwrap();
    assert_eq!(recorded(&world).await, [kept_event]);
}

async fn a_photo_marked_as_deleted_keeps_its_events(world: World) {
    let photo = new_photo(&world).await;
    let event = new_event(&world, photo.studio);
    let photos = &world.metadata.photos;
    photos.update(&photo, Version::FIRST, std::slice::from_ref(&event)).await.unwrap();
    photos.mark_deleted(photo.studio, photo.id, world.now()).await.unwrap();
    assert_eq!(recorded(&world).await, [event]);
}

async fn a_purge_by_a_foreign_studio_leaves_the_events(world: World) {
    let photo = new_photo(&world).await;
    let event = new_event(&world, photo.studio);
    let photos = &world.metadata.photos;
    photos.update(&photo, Version::FIRST, std::slice::from_ref(&event)).await.unwrap();
    photos.purge(world.id(StudioId::generate), photo.id).await.unwrap();
    assert_eq!(recorded(&world).await, [event]);
}

async fn recorded_activity_records_its_events(world: World) {
    let target = ShareTarget::Gallery(world.id(GalleryId::generate));
    let share = share(&world, world.id(StudioId::generate), target);
    world.metadata.shares.create(&share).await.unwrap();
    let joined = activity(&world, world.id(ClientId::generate), ActivityKind::Joined);
    let event = new_event(&world, share.studio);
    let events = [event];
    world.metadata.shares.record(share.studio, share.id, &joined, &events).await.unwrap();
    assert_eq!(recorded(&world).await, events);
}

async fn new_selections(world: &World) -> halftone_core::selection::ClientSelections {
    let target = ShareTarget::Gallery(world.id(GalleryId::generate));
    let selections = selections(world, &share(world, world.id(StudioId::generate), target));
    world.metadata.selections.create(&selections).await.unwrap();
    selections
}

async fn updated_selections_record_their_events(world: World) {
    let selections = new_selections(&world).await;
    let events = [new_event(&world, selections.studio)];
    world.metadata.selections.update(&selections, Version::FIRST, &events).await.unwrap();
    assert_eq!(recorded(&world).await, events);
}

async fn a_refused_update_of_selections_records_nothing(world: World) {
    let selections = new_selections(&world).await;
    let events = [new_event(&world, selections.studio)];
    let refused = world.metadata.selections.update(&selections, Version::restore(7), &events).await;
    assert_kind(refused, StorageErrorKind::Conflict);
    assert_eq!(recorded(&world).await, []);
}

fn new_order(world: &World) -> halftone_core::order::Order {
    order(world, world.id(StudioId::generate), world.id(ClientId::generate))
}

async fn a_placed_order_records_its_events(world: World) {
    let order = new_order(&world);
    let events = [new_event(&world, order.studio)];
    world.metadata.orders.create(&order, &events).await.unwrap();
    assert_eq!(recorded(&world).await, events);
}

async fn a_refused_order_records_nothing(world: World) {
    let placed = new_order(&world);
    let orders = &world.metadata.orders;
    orders.create(&placed, &[]).await.unwrap();
    let events = [new_event(&world, placed.studio)];
    assert_kind(orders.create(&placed, &events).await, StorageErrorKind::AlreadyExists);
    let idempotency = placed.idempotency.clone();
    let again = halftone_core::order::Order { idempotency, ..order(&world, placed.studio, placed.client) };
    assert_kind(orders.create(&again, &events).await, StorageErrorKind::AlreadyExists);
    assert_eq!(recorded(&world).await, []);
}

async fn of_concurrent_orders_the_winner_alone_records(world: World) {
    let first = new_order(&world);
    let results = race(|_| {
        let again = order(&world, first.studio, first.client);
        let again = halftone_core::order::Order { idempotency: first.idempotency.clone(), ..again };
        let (world, events) = (world.clone(), [new_event(&world, first.studio)]);
        async move { world.metadata.orders.create(&again, &events).await.map(|_| events) }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::AlreadyExists);
    let winner = results.into_iter().find_map(Result::ok).unwrap();
    assert_eq!(recorded(&world).await, winner);
}

async fn an_updated_order_records_its_events(world: World) {
    let order = new_order(&world);
    world.metadata.orders.create(&order, &[]).await.unwrap();
    let events = [new_event(&world, order.studio)];
    world.metadata.orders.update(&order, Version::FIRST, &events).await.unwrap();
    assert_eq!(recorded(&world).await, events);
}

async fn a_refused_update_of_an_order_records_nothing(world: World) {
    let order = new_order(&world);
    world.metadata.orders.create(&order, &[]).await.unwrap();
    let events = [new_event(&world, order.studio)];
    let refused = world.metadata.orders.update(&order, Version::restore(7), &events).await;
    assert_kind(refused, StorageErrorKind::Conflict);
    assert_eq!(recorded(&world).await, []);
}

async fn purged_orders_take_their_events_along(world: World) {
    let (gone, kept) = (new_order(&world), new_order(&world));
    let kept_events = [new_event(&world, kept.studio)];
    world.metadata.orders.create(&gone, &[new_event(&world, gone.studio)]).await.unwrap();
    world.metadata.orders.create(&kept, &kept_events).await.unwrap();
    world.metadata.orders.purge_by_studio(gone.studio).await.unwrap();
    assert_eq!(recorded(&world).await, kept_events);
}

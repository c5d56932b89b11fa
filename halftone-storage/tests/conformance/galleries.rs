//! `GalleryRepository`.

use halftone_core::gallery::{Gallery, GalleryState};
use halftone_core::id::{CollectionId, GalleryId, StudioId};
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::galleries::GalleryFilter;

use crate::fixtures::{self, asked, name};
use crate::pages::{after, assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_missing_gallery_is_none,
    a_foreign_studio_finds_and_changes_nothing,
    an_id_can_be_created_once,
    an_update_replaces_the_gallery_and_counts_its_version,
    an_update_of_a_missing_or_deleted_gallery_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
    a_list_has_the_newest_first_on_pages_of_any_length,
    a_cursor_stays_where_it_is_while_others_insert,
    filters_narrow_a_list_together,
    a_filtered_list_has_pages_of_any_length,
    a_gallery_follows_its_changed_fields_into_the_filters,
    the_galleries_of_a_collection_are_counted,
    a_deleted_gallery_is_hidden_and_not_counted,
    deleted_galleries_of_all_studios_are_listed_by_id,
    a_purge_can_be_repeated,
];

async fn store(world: &World, gallery: Gallery) -> Gallery {
    world.metadata.galleries.create(&gallery).await.unwrap();
    gallery
}

async fn create(world: &World, studio: StudioId) -> Gallery {
    store(world, fixtures::gallery(world, studio)).await
}

async fn ids_with(world: &World, studio: StudioId, filter: GalleryFilter) -> Vec<GalleryId> {
    let page = world.metadata.galleries.list(studio, &filter, &first(50)).await.unwrap();
    page.items.into_iter().map(|item| item.value.id).collect()
}

async fn what_was_created_is_found(world: World) {
    let studio = world.id(StudioId::generate);
    for gallery in fixtures::gallery_variants(&world, studio) {
        assert_eq!(world.metadata.galleries.create(&gallery).await.unwrap(), Version::FIRST);
        let stored = world.metadata.galleries.find(studio, gallery.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(gallery, Version::FIRST)));
    }
}

async fn a_missing_gallery_is_none(world: World) {
    let studio = world.id(StudioId::generate);
    create(&world, studio).await;
    let missing = world.id(GalleryId::generate);
    assert_eq!(world.metadata.galleries.find(studio, missing).await.unwrap(), None);
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let (studio, stranger) = (world.id(StudioId::generate), world.id(StudioId::generate));
    let collection = world.id(CollectionId::generate);
    let plain = fixtures::gallery(&world, studio);
    let gallery = store(&world, Gallery { collection: Some(collection), ..plain }).await;
    let galleries = &world.metadata.galleries;
    assert_eq!(galleries.find(stranger, gallery.id).await.unwrap(), None);
    assert_eq!(ids_with(&world, stranger, GalleryFilter::default()).await, []);
    assert_eq!(galleries.count_by_collection(stranger, collection).await.unwrap(), 0);
    let stolen = Gallery { studio: stranger, ..gallery.clone() };
    assert_kind(galleries.update(&stolen, Version::FIRST).await, StorageErrorKind::NotFound);
    galleries.mark_deleted(stranger, gallery.id, world.now()).await.unwrap();
    galleries.purge(stranger, gallery.id).await.unwrap();
    let stored = galleries.find(studio, gallery.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(gallery, Version::FIRST)));
}

async fn an_id_can_be_created_once(world: World) {
    let gallery = create(&world, world.id(StudioId::generate)).await;
    for studio in [gallery.studio, world.id(StudioId::generate)] {
        let same_id = Gallery { studio, name: name("Other"), ..gallery.clone() };
        assert_kind(world.metadata.galleries.create(&same_id).await, StorageErrorKind::AlreadyExists);
    }
    let stored = world.metadata.galleries.find(gallery.studio, gallery.id).await.unwrap();
    assert_eq!(stored.unwrap().value, gallery);
}

async fn an_update_replaces_the_gallery_and_counts_its_version(world: World) {
    let before = create(&world, world.id(StudioId::generate)).await;
    for (count, variant) in fixtures::gallery_variants(&world, before.studio).into_iter().enumerate() {
        let changed = Gallery { id: before.id, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(world.metadata.galleries.update(&changed, seen).await.unwrap(), seen.next());
        let stored = world.metadata.galleries.find(before.studio, before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn an_update_of_a_missing_or_deleted_gallery_is_not_found(world: World) {
    let studio = world.id(StudioId::generate);
    let galleries = &world.metadata.galleries;
    let missing = fixtures::gallery(&world, studio);
    assert_kind(galleries.update(&missing, Version::FIRST).await, StorageErrorKind::NotFound);
    let deleted = create(&world, studio).await;
    galleries.mark_deleted(studio, deleted.id, world.now()).await.unwrap();
    assert_kind(galleries.update(&deleted, Version::FIRST).await, StorageErrorKind::NotFound);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let gallery = create(&world, world.id(StudioId::generate)).await;
    let results = race(|number| {
        let world = world.clone();
        let changed = Gallery { name: name(&format!("Racer {number}")), ..gallery.clone() };
        async move { world.metadata.galleries.update(&changed, Version::FIRST).await.map(|_| changed) }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::Conflict);
    let winner = results.into_iter().find_map(Result::ok).unwrap();
    let stored = world.metadata.galleries.find(gallery.studio, gallery.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(winner, Version::FIRST.next())));
}

async fn a_list_has_the_newest_first_on_pages_of_any_length(world: World) {
    let studio = world.id(StudioId::generate);
    let mut expected = Vec::new();
    for _ in 0..6 {
        create(&world, world.id(StudioId::generate)).await;
        expected.push(Versioned::new(create(&world, studio).await, Version::FIRST));
        world.advance_secs(1);
    }
    expected.reverse();
    let filter = &GalleryFilter::default();
    let list = |page| {
        let galleries = &world.metadata.galleries;
        async move { galleries.list(studio, filter, &page).await }
    };
    assert_walks(&expected, list).await;
}

async fn a_cursor_stays_where_it_is_while_others_insert(world: World) {
    let studio = world.id(StudioId::generate);
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(create(&world, studio).await.id);
        world.advance_secs(1);
    }
    let filter = GalleryFilter::default();
    let page = world.metadata.galleries.list(studio, &filter, &first(2)).await.unwrap();
    create(&world, studio).await;
    world.metadata.galleries.mark_deleted(studio, ids[2], world.now()).await.unwrap();
    let next = after(2, &page.next.unwrap());
    let rest = world.metadata.galleries.list(studio, &filter, &next).await.unwrap();
    let rest: Vec<GalleryId> = rest.items.into_iter().map(|item| item.value.id).collect();
    assert_eq!(rest, [ids[1], ids[0]]);
}

async fn filters_narrow_a_list_together(world: World) {
    let studio = world.id(StudioId::generate);
    let collection = Some(world.id(CollectionId::generate));
    let live = GalleryState::Live;
    let of = |collection, state, text| Gallery {
        collection,
        state,
        name: name(text),
        ..fixtures::gallery(&world, studio)
    };
    let wanted = store(&world, of(collection, live, "Ceremony")).await.id;
    store(&world, of(None, live, "Ceremony")).await;
    store(&world, of(Some(world.id(CollectionId::generate)), live, "Ceremony")).await;
    let draft = store(&world, of(collection, GalleryState::Draft, "Ceremony")).await.id;
    let party = store(&world, of(collection, live, "Party")).await.id;
    let all = GalleryFilter { collection, state: Some(live), text: Some(asked("ceremony")) };
    assert_eq!(ids_with(&world, studio, all.clone()).await, [wanted]);
    let mut found = ids_with(&world, studio, GalleryFilter { state: None, text: None, ..all.clone() }).await;
    let mut expected = [wanted, draft, party];
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let archived = GalleryFilter { state: Some(GalleryState::Archived), ..all };
    assert_eq!(ids_with(&world, studio, archived).await, []);
}

async fn a_filtered_list_has_pages_of_any_length(world: World) {
    let studio = world.id(StudioId::generate);
    let mut expected = Vec::new();
    for _ in 0..6 {
        let live = Gallery { state: GalleryState::Live, ..fixtures::gallery(&world, studio) };
        expected.push(Versioned::new(store(&world, live).await, Version::FIRST));
        world.advance_secs(1);
        create(&world, studio).await;
        world.advance_secs(1);
    }
    expected.reverse();
    let filter = &GalleryFilter { state: Some(GalleryState::Live), ..GalleryFilter::default() };
    let list = |page| {
        let galleries = &world.metadata.galleries;
        async move { galleries.list(studio, filter, &page).await }
    };
    assert_walks(&expected, list).await;
}

async fn a_gallery_follows_its_changed_fields_into_the_filters(world: World) {
    let studio = world.id(StudioId::generate);
    let gallery = create(&world, studio).await;
    let collection = Some(world.id(CollectionId::generate));
    let changed =
        Gallery { collection, state: GalleryState::Archived, name: name("Renamed"), ..gallery.clone() };
    world.metadata.galleries.update(&changed, Version::FIRST).await.unwrap();
    let now = GalleryFilter { collection, state: Some(GalleryState::Archived), text: Some(asked("renamed")) };
    assert_eq!(ids_with(&world, studio, now).await, [gallery.id]);
    let state = Some(gallery.state);
    let before = [
        GalleryFilter { state, ..GalleryFilter::default() },
        GalleryFilter { text: Some(asked(gallery.name.as_str())), ..GalleryFilter::default() },
    ];
    for filter in before {
        assert_eq!(ids_with(&world, studio, filter).await, []);
    }
}

async fn the_galleries_of_a_collection_are_counted(world: World) {
    let studio = world.id(StudioId::generate);
    let (collection, other) = (world.id(CollectionId::generate), world.id(CollectionId::generate));
    let galleries = &world.metadata.galleries;
    assert_eq!(galleries.count_by_collection(studio, collection).await.unwrap(), 0);
    create(&world, studio).await;
    let plain = || fixtures::gallery(&world, studio);
    let moved = store(&world, Gallery { collection: Some(collection), ..plain() }).await;
    store(&world, Gallery { collection: Some(collection), ..plain() }).await;
    assert_eq!(galleries.count_by_collection(studio, collection).await.unwrap(), 2);
    let moved = Gallery { collection: Some(other), ..moved };
    galleries.update(&moved, Version::FIRST).await.unwrap();
    assert_eq!(galleries.count_by_collection(studio, collection).await.unwrap(), 1);
    assert_eq!(galleries.count_by_collection(studio, other).await.unwrap(), 1);
}

async fn a_deleted_gallery_is_hidden_and_not_counted(world: World) {
    let studio = world.id(StudioId::generate);
    let collection = world.id(CollectionId::generate);
    let plain = || Gallery { collection: Some(collection), ..fixtures::gallery(&world, studio) };
    let (gone, kept) = (store(&world, plain()).await, store(&world, plain()).await);
    let galleries = &world.metadata.galleries;
    for _ in 0..2 {
        galleries.mark_deleted(studio, gone.id, world.now()).await.unwrap();
        assert_eq!(galleries.find(studio, gone.id).await.unwrap(), None);
        assert_eq!(ids_with(&world, studio, GalleryFilter::default()).await, [kept.id]);
        assert_eq!(galleries.count_by_collection(studio, collection).await.unwrap(), 1);
    }
    galleries.mark_deleted(studio, world.id(GalleryId::generate), world.now()).await.unwrap();
}

async fn deleted_galleries_of_all_studios_are_listed_by_id(world: World) {
    let mut deleted = Vec::new();
    for _ in 0..5 {
        let studio = world.id(StudioId::generate);
        create(&world, studio).await;
        let gallery = create(&world, studio).await;
        world.metadata.galleries.mark_deleted(studio, gallery.id, world.now()).await.unwrap();
        deleted.push((studio, gallery.id));
    }
    deleted.sort_unstable_by_key(|(_, gallery)| *gallery);
    assert_walks(&deleted, |page| {
        let galleries = &world.metadata.galleries;
        async move { galleries.list_deleted(&page).await }
    })
    .await;
}

async fn a_purge_can_be_repeated(world: World) {
    let studio = world.id(StudioId::generate);
    let (gone, kept) = (create(&world, studio).await, create(&world, studio).await);
    let galleries = &world.metadata.galleries;
    galleries.mark_deleted(studio, gone.id, world.now()).await.unwrap();
    for _ in 0..2 {
        galleries.purge(studio, gone.id).await.unwrap();
        assert_eq!(galleries.list_deleted(&first(10)).await.unwrap().items, []);
    }
    assert_eq!(galleries.find(studio, gone.id).await.unwrap(), None);
    assert!(galleries.find(studio, kept.id).await.unwrap().is_some());
}

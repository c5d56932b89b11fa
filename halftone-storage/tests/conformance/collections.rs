//! `CollectionRepository`.

use halftone_core::collection::Collection;
use halftone_core::id::{CollectionId, StudioId};
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::collections::CollectionFilter;
use halftone_core::ports::error::StorageErrorKind;

use crate::fixtures::{self, asked, line, name};
use crate::pages::{after, assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_missing_collection_is_none,
    a_foreign_studio_finds_and_changes_nothing,
    an_id_can_be_created_once,
    an_update_replaces_the_collection_and_counts_its_version,
    an_update_of_a_missing_or_deleted_collection_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
    a_list_has_the_newest_first_on_pages_of_any_length,
    a_list_of_nothing_is_empty,
    a_cursor_stays_where_it_is_while_others_insert,
    a_text_is_found_in_both_names_in_any_case,
    a_deleted_collection_is_hidden,
    deleted_collections_of_all_studios_are_listed_by_id,
    a_purge_can_be_repeated,
];

async fn create(world: &World, studio: StudioId) -> Collection {
    let collection = fixtures::collection(world, studio);
    world.metadata.collections.create(&collection).await.unwrap();
    collection
}

async fn named(world: &World, studio: StudioId, text: &str, client: &str) -> CollectionId {
    let plain = fixtures::collection(world, studio);
    let collection = Collection { name: name(text), client_name: line(client), ..plain };
    world.metadata.collections.create(&collection).await.unwrap();
    collection.id
}

async fn ids_with(world: &World, studio: StudioId, text: &str) -> Vec<CollectionId> {
    let filter = CollectionFilter { text: Some(asked(text)) };
    let page = world.metadata.collections.list(studio, &filter, &first(50)).await.unwrap();
    page.items.into_iter().map(|item| item.value.id).collect()
}

async fn what_was_created_is_found(world: World) {
    let studio = world.id(StudioId::generate);
    for collection in fixtures::collection_variants(&world, studio) {
        assert_eq!(world.metadata.collections.create(&collection).await.unwrap(), Version::FIRST);
        let stored = world.metadata.collections.find(studio, collection.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(collection, Version::FIRST)));
    }
}

async fn a_missing_collection_is_none(world: World) {
    let studio = world.id(StudioId::generate);
    create(&world, studio).await;
    let missing = world.id(CollectionId::generate);
    assert_eq!(world.metadata.collections.find(studio, missing).await.unwrap(), None);
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let (studio, stranger) = (world.id(StudioId::generate), world.id(StudioId::generate));
    let collection = create(&world, studio).await;
    let collections = &world.metadata.collections;
    assert_eq!(collections.find(stranger, collection.id).await.unwrap(), None);
    let page = collections.list(stranger, &CollectionFilter::default(), &first(10)).await.unwrap();
    assert_eq!(page.items, []);
    let stolen = Collection { studio: stranger, name: name("Mine now"), ..collection.clone() };
    assert_kind(collections.update(&stolen, Version::FIRST).await, StorageErrorKind::NotFound);
    collections.mark_deleted(stranger, collection.id, world.now()).await.unwrap();
    collections.purge(stranger, collection.id).await.unwrap();
    let stored = collections.find(studio, collection.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(collection, Version::FIRST)));
}

async fn an_id_can_be_created_once(world: World) {
    let collection = create(&world, world.id(StudioId::generate)).await;
    for studio in [collection.studio, world.id(StudioId::generate)] {
        let same_id = Collection { studio, name: name("Other"), ..collection.clone() };
        assert_kind(world.metadata.collections.create(&same_id).await, StorageErrorKind::AlreadyExists);
    }
    let stored = world.metadata.collections.find(collection.studio, collection.id).await.unwrap();
    assert_eq!(stored.unwrap().value, collection);
}

async fn an_update_replaces_the_collection_and_counts_its_version(world: World) {
    let before = create(&world, world.id(StudioId::generate)).await;
    for (count, variant) in fixtures::collection_variants(&world, before.studio).into_iter().enumerate() {
        let changed = Collection { id: before.id, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(world.metadata.collections.update(&changed, seen).await.unwrap(), seen.next());
        let stored = world.metadata.collections.find(before.studio, before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn an_update_of_a_missing_or_deleted_collection_is_not_found(world: World) {
    let studio = world.id(StudioId::generate);
    let missing = fixtures::collection(&world, studio);
    assert_kind(
        world.metadata.collections.update(&missing, Version::FIRST).await,
        StorageErrorKind::NotFound,
    );
    let deleted = create(&world, studio).await;
    world.metadata.collections.mark_deleted(studio, deleted.id, world.now()).await.unwrap();
    assert_kind(
        world.metadata.collections.update(&deleted, Version::FIRST).await,
        StorageErrorKind::NotFound,
    );
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let collection = create(&world, world.id(StudioId::generate)).await;
    let results = race(|number| {
        let world = world.clone();
        let changed = Collection { name: name(&format!("Racer {number}")), ..collection.clone() };
        async move { world.metadata.collections.update(&changed, Version::FIRST).await.map(|_| changed) }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::Conflict);
    let winner = results.into_iter().find_map(Result::ok).unwrap();
    let stored = world.metadata.collections.find(collection.studio, collection.id).await.unwrap();
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
    let filter = &CollectionFilter::default();
    assert_walks(&expected, |page| {
        let collections = &world.metadata.collections;
        async move { collections.list(studio, filter, &page).await }
    })
    .await;
}

async fn a_list_of_nothing_is_empty(world: World) {
    let studio = world.id(StudioId::generate);
    let page =
        world.metadata.collections.list(studio, &CollectionFilter::default(), &first(1)).await.unwrap();
    assert_eq!((page.items, page.next), (Vec::new(), None));
}

async fn a_cursor_stays_where_it_is_while_others_insert(world: World) {
    let studio = world.id(StudioId::generate);
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(create(&world, studio).await.id);
        world.advance_secs(1);
    }
    let filter = CollectionFilter::default();
    let page = world.metadata.collections.list(studio, &filter, &first(2)).await.unwrap();
    create(&world, studio).await;
    world.metadata.collections.mark_deleted(studio, ids[2], world.now()).await.unwrap();
    let next = after(2, &page.next.unwrap());
    let rest = world.metadata.collections.list(studio, &filter, &next).await.unwrap();
    let rest: Vec<CollectionId> = rest.items.into_iter().map(|item| item.value.id).collect();
    assert_eq!(rest, [ids[1], ids[0]]);
}

async fn a_text_is_found_in_both_names_in_any_case(world: World) {
    let studio = world.id(StudioId::generate);
    let by_name = named(&world, studio, "Hochzeit im GRÜNEN", "Ana").await;
    world.advance_secs(1);
    let by_client = named(&world, studio, "Portraits", "Familie Grünen").await;
    named(&world, studio, "Groenen", "").await;
    assert_eq!(ids_with(&world, studio, "grÜnen").await, [by_client, by_name]);
    assert_eq!(ids_with(&world, studio, "nowhere").await, []);
}

async fn a_deleted_collection_is_hidden(world: World) {
    let studio = world.id(StudioId::generate);
    let (gone, kept) = (create(&world, studio).await, create(&world, studio).await);
    for _ in 0..2 {
        world.metadata.collections.mark_deleted(studio, gone.id, world.now()).await.unwrap();
    }
    let missing = world.id(CollectionId::generate);
    world.metadata.collections.mark_deleted(studio, missing, world.now()).await.unwrap();
    assert_eq!(world.metadata.collections.find(studio, gone.id).await.unwrap(), None);
    let page =
        world.metadata.collections.list(studio, &CollectionFilter::default(), &first(10)).await.unwrap();
    assert_eq!(page.items, [Versioned::new(kept, Version::FIRST)]);
}

async fn deleted_collections_of_all_studios_are_listed_by_id(world: World) {
    let mut deleted = Vec::new();
    for _ in 0..5 {
        let studio = world.id(StudioId::generate);
        create(&world, studio).await;
        let collection = create(&world, studio).await;
        world.metadata.collections.mark_deleted(studio, collection.id, world.now()).await.unwrap();
        deleted.push((studio, collection.id));
    }
    deleted.sort_unstable_by_key(|(_, collection)| *collection);
    assert_walks(&deleted, |page| {
        let collections = &world.metadata.collections;
        async move { collections.list_deleted(&page).await }
    })
    .await;
}

async fn a_purge_can_be_repeated(world: World) {
    let studio = world.id(StudioId::generate);
    let (gone, kept) = (create(&world, studio).await, create(&world, studio).await);
    world.metadata.collections.mark_deleted(studio, gone.id, world.now()).await.unwrap();
    for _ in 0..2 {
        world.metadata.collections.purge(studio, gone.id).await.unwrap();
        assert_eq!(world.metadata.collections.list_deleted(&first(10)).await.unwrap().items, []);
    }
    assert_eq!(world.metadata.collections.find(studio, gone.id).await.unwrap(), None);
    assert!(world.metadata.collections.find(studio, kept.id).await.unwrap().is_some());
}

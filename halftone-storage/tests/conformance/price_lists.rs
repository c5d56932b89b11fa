//! `PriceListRepository`.

use halftone_core::id::{PriceListId, StudioId};
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::product::PriceList;

use crate::fixtures::name;
use crate::fixtures::orders::{price_list, price_list_variants};
use crate::pages::{assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_missing_list_is_none,
    a_foreign_studio_finds_and_changes_nothing,
    an_id_can_be_created_once,
    an_update_replaces_the_list_and_counts_its_version,
    an_update_of_a_missing_list_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
    a_list_has_the_newest_first_on_pages_of_any_length,
    deletion_can_be_repeated,
];

async fn create(world: &World, studio: StudioId) -> PriceList {
    let list = price_list(world, studio);
    world.metadata.price_lists.create(&list).await.unwrap();
    list
}

async fn what_was_created_is_found(world: World) {
    let studio = world.id(StudioId::generate);
    for list in price_list_variants(&world, studio) {
        assert_eq!(world.metadata.price_lists.create(&list).await.unwrap(), Version::FIRST);
        let stored = world.metadata.price_lists.find(studio, list.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(list, Version::FIRST)));
    }
}

async fn a_missing_list_is_none(world: World) {
    let studio = world.id(StudioId::generate);
    create(&world, studio).await;
    let missing = world.id(PriceListId::generate);
    assert_eq!(world.metadata.price_lists.find(studio, missing).await.unwrap(), None);
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let stranger = world.id(StudioId::generate);
    let list = create(&world, world.id(StudioId::generate)).await;
    let lists = &world.metadata.price_lists;
    assert_eq!(lists.find(stranger, list.id).await.unwrap(), None);
    assert_eq!(lists.list(stranger, &first(10)).await.unwrap().items, []);
    let stolen = PriceList { studio: stranger, ..list.clone() };
    assert_kind(lists.update(&stolen, Version::FIRST).await, StorageErrorKind::NotFound);
    lists.delete(stranger, list.id).await.unwrap();
    let stored = lists.find(list.studio, list.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(list, Version::FIRST)));
}

async fn an_id_can_be_created_once(world: World) {
    let list = create(&world, world.id(StudioId::generate)).await;
    let same_id = PriceList { name: name("Other"), ..list.clone() };
    assert_kind(world.metadata.price_lists.create(&same_id).await, StorageErrorKind::AlreadyExists);
    let stored = world.metadata.price_lists.find(list.studio, list.id).await.unwrap();
    assert_eq!(stored.unwrap().value, list);
}

async fn an_update_replaces_the_list_and_counts_its_version(world: World) {
    let before = create(&world, world.id(StudioId::generate)).await;
    for (count, variant) in price_list_variants(&world, before.studio).into_iter().enumerate() {
        let changed = PriceList { id: before.id, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(world.metadata.price_lists.update(&changed, seen).await.unwrap(), seen.next());
        let stored = world.metadata.price_lists.find(before.studio, before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn an_update_of_a_missing_list_is_not_found(world: World) {
    let missing = price_list(&world, world.id(StudioId::generate));
    assert_kind(
        world.metadata.price_lists.update(&missing, Version::FIRST).await,
        StorageErrorKind::NotFound,
    );
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let list = create(&world, world.id(StudioId::generate)).await;
    let results = race(|number| {
        let world = world.clone();
        let changed = PriceList { name: name(&format!("Racer {number}")), ..list.clone() };
        async move { world.metadata.price_lists.update(&changed, Version::FIRST).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::Conflict);
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
    assert_walks(&expected, |page| {
        let lists = &world.metadata.price_lists;
        async move { lists.list(studio, &page).await }
    })
    .await;
}

async fn deletion_can_be_repeated(world: World) {
    let studio = world.id(StudioId::generate);
    let (gone, kept) = (create(&world, studio).await, create(&world, studio).await);
    for _ in 0..2 {
        world.metadata.price_lists.delete(studio, gone.id).await.unwrap();
        assert_eq!(world.metadata.price_lists.find(studio, gone.id).await.unwrap(), None);
    }
    let rest = world.metadata.price_lists.list(studio, &first(10)).await.unwrap();
    assert_eq!(rest.items, [Versioned::new(kept, Version::FIRST)]);
}

//! `StudioRepository`.

use halftone_core::event::EventSubject;
use halftone_core::id::{ShareId, StudioId, UserId};
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::studio::Studio;

use crate::fixtures::{self, name};
use crate::pages::{assert_walks, first};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_missing_studio_is_none,
    an_id_can_be_created_once,
    an_owner_has_one_studio,
    an_owner_of_a_deleted_studio_is_taken,
    of_concurrent_creations_for_one_owner_exactly_one_succeeds,
    an_update_replaces_the_studio_and_counts_its_version,
    an_update_of_a_missing_studio_is_not_found,
    an_update_of_a_deleted_studio_is_not_found,
    an_update_with_an_old_version_is_a_conflict,
    of_concurrent_updates_exactly_one_succeeds,
    look_alike_names_stay_apart,
    a_deleted_studio_is_hidden_from_every_find,
    marking_as_deleted_can_be_repeated,
    deleted_studios_are_listed_by_id,
    a_purge_can_be_repeated,
    a_purged_owner_can_register_again,
];

async fn create(world: &World) -> Studio {
    let studio = fixtures::studio(world);
    world.metadata.studios.create(&studio).await.unwrap();
    studio
}

async fn what_was_created_is_found(world: World) {
    for studio in fixtures::studio_variants(&world) {
        assert_eq!(world.metadata.studios.create(&studio).await.unwrap(), Version::FIRST);
        let stored = Some(Versioned::new(studio.clone(), Version::FIRST));
        assert_eq!(world.metadata.studios.find(studio.id).await.unwrap(), stored);
        assert_eq!(world.metadata.studios.find_by_owner(studio.owner).await.unwrap(), stored);
    }
}

async fn a_missing_studio_is_none(world: World) {
    create(&world).await;
    assert_eq!(world.metadata.studios.find(world.id(StudioId::generate)).await.unwrap(), None);
    assert_eq!(world.metadata.studios.find_by_owner(world.id(UserId::generate)).await.unwrap(), None);
}

async fn an_id_can_be_created_once(world: World) {
    let studio = create(&world).await;
    let same_id = Studio { id: studio.id, ..fixtures::studio(&world) };
    assert_kind(world.metadata.studios.create(&same_id).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.studios.find(studio.id).await.unwrap().unwrap().value, studio);
    assert_eq!(world.metadata.studios.find_by_owner(same_id.owner).await.unwrap(), None);
}

async fn an_owner_has_one_studio(world: World) {
    let studio = create(&world).await;
    let second = Studio { owner: studio.owner, ..fixtures::studio(&world) };
    assert_kind(world.metadata.studios.create(&second).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.studios.find(second.id).await.unwrap(), None);
}

async fn an_owner_of_a_deleted_studio_is_taken(world: World) {
    let studio = create(&world).await;
    world.metadata.studios.mark_deleted(studio.id, world.now()).await.unwrap();
    let second = Studio { owner: studio.owner, ..fixtures::studio(&world) };
    assert_kind(world.metadata.studios.create(&second).await, StorageErrorKind::AlreadyExists);
    let same_id = Studio { id: studio.id, ..fixtures::studio(&world) };
    assert_kind(world.metadata.studios.create(&same_id).await, StorageErrorKind::AlreadyExists);
}

async fn of_concurrent_creations_for_one_owner_exactly_one_succeeds(world: World) {
    let owner = world.id(UserId::generate);
    let results = race(|_| {
        let (world, studio) = (world.clone(), Studio { owner, ..fixtures::studio(&world) });
        async move { world.metadata.studios.create(&studio).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
}

async fn an_update_replaces_the_studio_and_counts_its_version(world: World) {
    let before = create(&world).await;
    for (count, variant) in fixtures::studio_variants(&world).into_iter().enumerate() {
        let changed = Studio { id: before.id, owner: before.owner, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(world.metadata.studios.update(&changed, seen, &[]).await.unwrap(), seen.next());
        let stored = world.metadata.studios.find(before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn an_update_of_a_missing_studio_is_not_found(world: World) {
    let studio = fixtures::studio(&world);
    assert_kind(
        world.metadata.studios.update(&studio, Version::FIRST, &[]).await,
        StorageErrorKind::NotFound,
    );
    assert_eq!(world.metadata.studios.find(studio.id).await.unwrap(), None);
}

async fn an_update_of_a_deleted_studio_is_not_found(world: World) {
    let studio = create(&world).await;
    world.metadata.studios.mark_deleted(studio.id, world.now()).await.unwrap();
    assert_kind(
        world.metadata.studios.update(&studio, Version::FIRST, &[]).await,
        StorageErrorKind::NotFound,
    );
}

async fn an_update_with_an_old_version_is_a_conflict(world: World) {
    let studio = create(&world).await;
    let second = world.metadata.studios.update(&studio, Version::FIRST, &[]).await.unwrap();
    let late = Studio { name: name("Too late"), ..studio.clone() };
    for wrong in [Version::FIRST, second.next()] {
        assert_kind(world.metadata.studios.update(&late, wrong, &[]).await, StorageErrorKind::Conflict);
    }
    let stored = world.metadata.studios.find(studio.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(studio, second)));
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let studio = create(&world).await;
    let results = race(|number| {
        let world = world.clone();
        let changed = Studio { name: name(&format!("Racer {number}")), ..studio.clone() };
        async move { world.metadata.studios.update(&changed, Version::FIRST, &[]).await.map(|_| changed) }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::Conflict);
    let winner = results.into_iter().find_map(Result::ok).unwrap();
    let stored = world.metadata.studios.find(studio.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(winner, Version::FIRST.next())));
}

async fn look_alike_names_stay_apart(world: World) {
    for text in fixtures::LOOK_ALIKES {
        let studio = Studio { name: name(text), ..fixtures::studio(&world) };
        world.metadata.studios.create(&studio).await.unwrap();
        let stored = world.metadata.studios.find(studio.id).await.unwrap().unwrap();
        assert_eq!(stored.value.name.as_str(), text);
    }
}

async fn a_deleted_studio_is_hidden_from_every_find(world: World) {
    let (gone, kept) = (create(&world).await, create(&world).await);
    world.metadata.studios.mark_deleted(gone.id, world.now()).await.unwrap();
    assert_eq!(world.metadata.studios.find(gone.id).await.unwrap(), None);
    assert_eq!(world.metadata.studios.find_by_owner(gone.owner).await.unwrap(), None);
    assert!(world.metadata.studios.find(kept.id).await.unwrap().is_some());
}

async fn marking_as_deleted_can_be_repeated(world: World) {
    let studio = create(&world).await;
    world.metadata.studios.mark_deleted(studio.id, world.now()).await.unwrap();
    world.metadata.studios.mark_deleted(studio.id, world.now()).await.unwrap();
    world.metadata.studios.mark_deleted(world.id(StudioId::generate), world.now()).await.unwrap();
    let deleted = world.metadata.studios.list_deleted(&first(10)).await.unwrap();
    assert_eq!(deleted.items, [studio.id]);
}

async fn deleted_studios_are_listed_by_id(world: World) {
    let mut deleted = Vec::new();
    let list = |page| {
        let studios = &world.metadata.studios;
        async move { studios.list_deleted(&page).await }
    };
    assert_walks(&deleted, list).await;
    for _ in 0..6 {
        create(&world).await;
        let studio = create(&world).await;
        world.metadata.studios.mark_deleted(studio.id, world.now()).await.unwrap();
        deleted.push(studio.id);
    }
    deleted.sort_unstable();
    assert_walks(&deleted, list).await;
}

async fn a_purge_can_be_repeated(world: World) {
    let (gone, kept) = (create(&world).await, create(&world).await);
    let event =
        fixtures::event(&world, gone.id, EventSubject::ShareOpened { share: world.id(ShareId::generate) });
    world.metadata.studios.update(&gone, Version::FIRST, &[event]).await.unwrap();
    world.metadata.studios.mark_deleted(gone.id, world.now()).await.unwrap();
    for _ in 0..2 {
        world.metadata.studios.purge(gone.id).await.unwrap();
        assert_eq!(world.metadata.studios.find(gone.id).await.unwrap(), None);
        assert_eq!(world.metadata.studios.list_deleted(&first(10)).await.unwrap().items, []);
    }
    assert!(world.metadata.studios.find(kept.id).await.unwrap().is_some());
}

async fn a_purged_owner_can_register_again(world: World) {
    let studio = create(&world).await;
    world.metadata.studios.mark_deleted(studio.id, world.now()).await.unwrap();
    world.metadata.studios.purge(studio.id).await.unwrap();
    assert_eq!(world.metadata.studios.create(&studio).await.unwrap(), Version::FIRST);
}

//! `ArchiveRepository`.

use halftone_core::archive::Archive;
use halftone_core::id::{ArchiveId, StudioId};
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::text::Filename;
use jiff::SignedDuration;

use crate::fixtures::archives::{archive, archive_variants};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_foreign_studio_finds_and_changes_nothing,
    an_id_can_be_created_once,
    an_update_replaces_the_archive_and_counts_its_version,
    an_update_of_a_missing_archive_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
    of_concurrent_creations_exactly_one_succeeds,
    what_is_due_is_listed_oldest_first_across_studios,
    an_update_moves_what_is_due,
    deletion_can_be_repeated_and_frees_the_id,
    a_purge_spares_other_studios,
];

async fn create(world: &World, studio: StudioId) -> Archive {
    let archive = archive(world, studio);
    world.metadata.archives.create(&archive).await.unwrap();
    archive
}

async fn what_was_created_is_found(world: World) {
    let studio = world.id(StudioId::generate);
    for archive in archive_variants(&world, studio) {
        assert_eq!(world.metadata.archives.create(&archive).await.unwrap(), Version::FIRST);
        let stored = world.metadata.archives.find(studio, archive.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(archive, Version::FIRST)));
    }
    let missing = world.id(ArchiveId::generate);
    assert_eq!(world.metadata.archives.find(studio, missing).await.unwrap(), None);
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let stranger = world.id(StudioId::generate);
    let archive = create(&world, world.id(StudioId::generate)).await;
    let archives = &world.metadata.archives;
    assert_eq!(archives.find(stranger, archive.id).await.unwrap(), None);
    let stolen = Archive { studio: stranger, ..archive.clone() };
    assert_kind(archives.update(&stolen, Version::FIRST).await, StorageErrorKind::NotFound);
    archives.delete(stranger, archive.id).await.unwrap();
    let stored = archives.find(archive.studio, archive.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(archive, Version::FIRST)));
}

async fn an_id_can_be_created_once(world: World) {
    let archive = create(&world, world.id(StudioId::generate)).await;
    let same_id = Archive { filename: Filename::parse("Other.zip").unwrap(), ..archive.clone() };
    assert_kind(world.metadata.archives.create(&same_id).await, StorageErrorKind::AlreadyExists);
    let stored = world.metadata.archives.find(archive.studio, archive.id).await.unwrap();
    assert_eq!(stored.unwrap().value, archive);
}

async fn an_update_replaces_the_archive_and_counts_its_version(world: World) {
    let before = create(&world, world.id(StudioId::generate)).await;
    for (count, variant) in archive_variants(&world, before.studio).into_iter().enumerate() {
        let changed = Archive { id: before.id, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(world.metadata.archives.update(&changed, seen).await.unwrap(), seen.next());
        let stored = world.metadata.archives.find(before.studio, before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn an_update_of_a_missing_archive_is_not_found(world: World) {
    let missing = archive(&world, world.id(StudioId::generate));
    assert_kind(world.metadata.archives.update(&missing, Version::FIRST).await, StorageErrorKind::NotFound);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let archive = create(&world, world.id(StudioId::generate)).await;
    let results = race(|number| {
        let world = world.clone();
        let filename = Filename::parse(&format!("{number}.zip")).unwrap();
        let changed = Archive { filename, ..archive.clone() };
        async move { world.metadata.archives.update(&changed, Version::FIRST).await }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::Conflict);
}

async fn of_concurrent_creations_exactly_one_succeeds(world: World) {
    let archive = archive(&world, world.id(StudioId::generate));
    let results = race(|_| {
        let (world, archive) = (world.clone(), archive.clone());
        async move { world.metadata.archives.create(&archive).await }
    })
    .await;
    assert_one_winner(&results, StorageErrorKind::AlreadyExists);
}

async fn what_is_due_is_listed_oldest_first_across_studios(world: World) {
    let now = world.now();
    let mut made = Vec::new();
    for minutes in [3, 1, 2, 4] {
        let due_at = now + SignedDuration::from_mins(minutes);
        let archive = Archive { due_at, ..archive(&world, world.id(StudioId::generate)) };
        world.metadata.archives.create(&archive).await.unwrap();
        made.push(archive);
    }
    let due = |minutes, limit| {
        let (world, limit) = (world.clone(), PageLimit::parse(limit).unwrap());
        let until = now + SignedDuration::from_mins(minutes);
        async move {
            let found = world.metadata.archives.list_due(until, limit).await.unwrap();
            found.into_iter().map(|archive| archive.value.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(due(0, 10).await, []);
    assert_eq!(due(3, 10).await, [made[1].id, made[2].id, made[0].id]);
    assert_eq!(due(9, 2).await, [made[1].id, made[2].id]);
}

async fn an_update_moves_what_is_due(world: World) {
    let archive = create(&world, world.id(StudioId::generate)).await;
    let later = Archive { due_at: archive.due_at + SignedDuration::from_hours(1), ..archive.clone() };
    world.metadata.archives.update(&later, Version::FIRST).await.unwrap();
    assert_eq!(world.metadata.archives.list_due(archive.due_at, PageLimit::MOST).await.unwrap(), []);
    let found = world.metadata.archives.list_due(later.due_at, PageLimit::MOST).await.unwrap();
    assert_eq!(found, [Versioned::new(later, Version::FIRST.next())]);
}

async fn deletion_can_be_repeated_and_frees_the_id(world: World) {
    let archive = create(&world, world.id(StudioId::generate)).await;
    for _ in 0..2 {
        world.metadata.archives.delete(archive.studio, archive.id).await.unwrap();
        assert_eq!(world.metadata.archives.find(archive.studio, archive.id).await.unwrap(), None);
    }
    assert_eq!(world.metadata.archives.list_due(archive.due_at, PageLimit::MOST).await.unwrap(), []);
    assert_eq!(world.metadata.archives.create(&archive).await.unwrap(), Version::FIRST);
}

async fn a_purge_spares_other_studios(world: World) {
    let (mine, other) = (world.id(StudioId::generate), world.id(StudioId::generate));
    let (gone, kept) = (create(&world, mine).await, create(&world, other).await);
    for _ in 0..2 {
        world.metadata.archives.purge_by_studio(mine).await.unwrap();
    }
    assert_eq!(world.metadata.archives.find(mine, gone.id).await.unwrap(), None);
    assert!(world.metadata.archives.find(other, kept.id).await.unwrap().is_some());
}

//! `ShareRepository`.

use halftone_core::collection::Collection;
use halftone_core::event::EventSubject;
use halftone_core::gallery::Gallery;
use halftone_core::id::{ClientId, CollectionId, GalleryId, ShareId, StudioId};
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::shares::VisitTarget;
use halftone_core::share::{Activity, ActivityKind, Share, ShareStatistics, ShareTarget};
use halftone_core::studio::Studio;

use crate::fixtures::clients::{activity, client, share, share_variants};
use crate::fixtures::{collection, event, gallery, line, studio, time, token_hash};
use crate::pages::{assert_walks, first};
use crate::world::{RACERS, World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found,
    a_missing_share_is_none,
    a_foreign_studio_finds_and_changes_nothing,
    an_id_can_be_created_once,
    a_visit_holds_the_share_and_what_it_opens,
    a_visit_opens_nothing_that_is_deleted,
    a_missing_share_has_no_visit,
    a_token_can_be_created_once,
    of_concurrent_creations_with_one_token_exactly_one_succeeds,
    an_update_replaces_the_share_and_counts_its_version,
    a_changed_token_is_found_and_the_old_one_is_not,
    an_update_of_a_missing_share_is_not_found,
    of_concurrent_updates_exactly_one_succeeds,
    a_list_holds_one_target_with_the_newest_first,
    a_share_without_activity_has_zero_statistics,
    activity_is_counted,
    the_last_visit_is_the_latest_one,
    concurrent_activity_is_counted_completely,
    activity_is_listed_with_the_newest_first,
    activity_of_one_instant_comes_in_reverse_order_of_recording,
    recording_changes_no_version,
    recording_on_a_missing_or_foreign_share_is_not_found,
    a_purge_removes_the_share_with_its_activity_and_clients,
];

fn new_target(world: &World) -> ShareTarget {
    ShareTarget::Gallery(world.id(GalleryId::generate))
}

async fn create(world: &World, studio: StudioId) -> Share {
    let share = share(world, studio, new_target(world));
    world.metadata.shares.create(&share).await.unwrap();
    share
}

async fn record(world: &World, share: &Share, kind: ActivityKind) -> Activity {
    let activity = activity(world, world.id(ClientId::generate), kind);
    world.metadata.shares.record(share.studio, share.id, &activity, &[]).await.unwrap();
    activity
}

async fn statistics(world: &World, share: &Share) -> ShareStatistics {
    world.metadata.shares.statistics(share.studio, share.id).await.unwrap()
}

async fn what_was_created_is_found(world: World) {
    let studio = world.id(StudioId::generate);
    let shares = &world.metadata.shares;
    for share in share_variants(&world, studio) {
        assert_eq!(shares.create(&share).await.unwrap(), Version::FIRST);
        let stored = Some(Versioned::new(share.clone(), Version::FIRST));
        assert_eq!(shares.find(studio, share.id).await.unwrap(), stored);
        assert_eq!(shares.find_in_any_studio(share.id).await.unwrap(), stored);
        assert_eq!(shares.find_by_token(&share.token_hash).await.unwrap(), stored);
    }
}

/// A studio with a share of a gallery and one of a collection.
struct Shared {
    studio: Studio,
    gallery: Gallery,
    collection: Collection,
    shares: [Share; 2],
}

async fn shared(world: &World) -> Shared {
    let studio = studio(world);
    let (gallery, collection) = (gallery(world, studio.id), collection(world, studio.id));
    let targets = [ShareTarget::Gallery(gallery.id), ShareTarget::Collection(collection.id)];
    let shares = targets.map(|target| share(world, studio.id, target));
    world.metadata.studios.create(&studio).await.unwrap();
    world.metadata.galleries.create(&gallery).await.unwrap();
    world.metadata.collections.create(&collection).await.unwrap();
    for share in &shares {
        world.metadata.shares.create(share).await.unwrap();
    }
    Shared { studio, gallery, collection, shares }
}

impl Shared {
    async fn targets(&self, world: &World) -> [Option<VisitTarget>; 2] {
        let mut targets = [None, None];
        for (target, share) in targets.iter_mut().zip(&self.shares) {
            let visit = world.metadata.shares.find_visit(share.id).await.unwrap().unwrap();
            assert_eq!(visit.share, *share);
            *target = visit.target;
        }
        targets
    }
}

async fn a_visit_holds_the_share_and_what_it_opens(world: World) {
    let shared = shared(&world).await;
    let expected = [
        Some(VisitTarget::Gallery(shared.gallery.clone())),
        Some(VisitTarget::Collection(shared.collection.clone())),
    ];
    assert_eq!(shared.targets(&world).await, expected);
}

async fn a_visit_opens_nothing_that_is_deleted(world: World) {
    let shared = shared(&world).await;
    let (studio, now) = (shared.studio.id, world.now());
    world.metadata.galleries.mark_deleted(studio, shared.gallery.id, now).await.unwrap();
    let collection = Some(VisitTarget::Collection(shared.collection.clone()));
    assert_eq!(shared.targets(&world).await, [None, collection]);
    world.metadata.studios.mark_deleted(studio, now).await.unwrap();
    assert_eq!(shared.targets(&world).await, [None, None]);
}

async fn a_missing_share_has_no_visit(world: World) {
    shared(&world).await;
    assert_eq!(world.metadata.shares.find_visit(world.id(ShareId::generate)).await.unwrap(), None);
}

async fn a_missing_share_is_none(world: World) {
    let studio = world.id(StudioId::generate);
    create(&world, studio).await;
    let shares = &world.metadata.shares;
    assert_eq!(shares.find(studio, world.id(ShareId::generate)).await.unwrap(), None);
    assert_eq!(shares.find_in_any_studio(world.id(ShareId::generate)).await.unwrap(), None);
    assert_eq!(shares.find_by_token(&token_hash(&world)).await.unwrap(), None);
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    let stranger = world.id(StudioId::generate);
    let visit = record(&world, &share, ActivityKind::Joined).await;
    let shares = &world.metadata.shares;
    assert_eq!(shares.find(stranger, share.id).await.unwrap(), None);
    assert_eq!(shares.list(stranger, share.target, &first(10)).await.unwrap().items, []);
    assert_eq!(shares.list_activity(stranger, share.id, &first(10)).await.unwrap().items, []);
    assert_eq!(shares.statistics(stranger, share.id).await.unwrap(), ShareStatistics::default());
    let stolen = Share { studio: stranger, ..share.clone() };
    assert_kind(shares.update(&stolen, Version::FIRST).await, StorageErrorKind::NotFound);
    shares.purge(stranger, share.id).await.unwrap();
    let activity = shares.list_activity(share.studio, share.id, &first(10)).await.unwrap();
    assert_eq!(activity.items, [visit]);
    let stored = shares.find(share.studio, share.id).await.unwrap();
    assert_eq!(stored, Some(Versioned::new(share, Version::FIRST)));
}

async fn an_id_can_be_created_once(world: World) {
    let taken = create(&world, world.id(StudioId::generate)).await;
    let same_id = Share { id: taken.id, ..share(&world, taken.studio, new_target(&world)) };
    assert_kind(world.metadata.shares.create(&same_id).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.shares.find_by_token(&same_id.token_hash).await.unwrap(), None);
    let stored = world.metadata.shares.find(taken.studio, taken.id).await.unwrap();
    assert_eq!(stored.unwrap().value, taken);
}

async fn a_token_can_be_created_once(world: World) {
    let taken = create(&world, world.id(StudioId::generate)).await;
    let other = share(&world, world.id(StudioId::generate), new_target(&world));
    let same_token = Share { token_hash: taken.token_hash, ..other };
    assert_kind(world.metadata.shares.create(&same_token).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.shares.find_in_any_studio(same_token.id).await.unwrap(), None);
}

async fn of_concurrent_creations_with_one_token_exactly_one_succeeds(world: World) {
    let token_hash = token_hash(&world);
    let results = race(|_| {
        let share = share(&world, world.id(StudioId::generate), new_target(&world));
        let (world, share) = (world.clone(), Share { token_hash, ..share });
        async move { world.metadata.shares.create(&share).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
}

async fn an_update_replaces_the_share_and_counts_its_version(world: World) {
    let before = create(&world, world.id(StudioId::generate)).await;
    for (count, variant) in share_variants(&world, before.studio).into_iter().enumerate() {
        let changed = Share { id: before.id, ..variant };
        let seen = Version::restore(count as u64 + 1);
        assert_eq!(world.metadata.shares.update(&changed, seen).await.unwrap(), seen.next());
        let stored = world.metadata.shares.find(before.studio, before.id).await.unwrap();
        assert_eq!(stored, Some(Versioned::new(changed, seen.next())));
    }
}

async fn a_changed_token_is_found_and_the_old_one_is_not(world: World) {
    let before = create(&world, world.id(StudioId::generate)).await;
    let changed = Share { token_hash: token_hash(&world), ..before.clone() };
    let shares = &world.metadata.shares;
    shares.update(&changed, Version::FIRST).await.unwrap();
    assert_eq!(shares.find_by_token(&before.token_hash).await.unwrap(), None);
    assert_eq!(shares.find_by_token(&changed.token_hash).await.unwrap().unwrap().value, changed);
}

async fn an_update_of_a_missing_share_is_not_found(world: World) {
    let missing = share(&world, world.id(StudioId::generate), new_target(&world));
    assert_kind(world.metadata.shares.update(&missing, Version::FIRST).await, StorageErrorKind::NotFound);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    let results = race(|number| {
        let world = world.clone();
        let changed = Share { label: line(&format!("Racer {number}")), ..share.clone() };
        async move { world.metadata.shares.update(&changed, Version::FIRST).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::Conflict);
}

async fn a_list_holds_one_target_with_the_newest_first(world: World) {
    let studio = world.id(StudioId::generate);
    let gallery = world.id(GalleryId::generate);
    // A collection whose UUID is that of the gallery is another target.
    let look_alike = ShareTarget::Collection(CollectionId::from_uuid(gallery.as_uuid()));
    let target = ShareTarget::Gallery(gallery);
    let mut expected = Vec::new();
    for number in 0..6 {
        let revoked_at = (number % 2 == 0).then(|| world.now());
        let wanted = Share { revoked_at, ..share(&world, studio, target) };
        let others = [
            share(&world, studio, look_alike),
            share(&world, studio, new_target(&world)),
            share(&world, world.id(StudioId::generate), target),
        ];
        for share in others.iter().chain([&wanted]) {
            world.metadata.shares.create(share).await.unwrap();
        }
        expected.push(Versioned::new(wanted, Version::FIRST));
        world.advance_secs(1);
    }
    expected.reverse();
    let list = |page| {
        let shares = &world.metadata.shares;
        async move { shares.list(studio, target, &page).await }
    };
    assert_walks(&expected, list).await;
}

async fn a_share_without_activity_has_zero_statistics(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    assert_eq!(statistics(&world, &share).await, ShareStatistics::default());
    let page = world.metadata.shares.list_activity(share.studio, share.id, &first(1)).await.unwrap();
    assert_eq!((page.items, page.next), (Vec::new(), None));
}

async fn activity_is_counted(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    let other = create(&world, share.studio).await;
    let mut last_visit_at = None;
    for kind in ActivityKind::ALL {
        let activity = record(&world, &share, kind).await;
        if matches!(kind, ActivityKind::Joined | ActivityKind::Visited) {
            last_visit_at = Some(activity.at);
        }
        world.advance_secs(60);
    }
    record(&world, &share, ActivityKind::Downloaded).await;
    let expected = ShareStatistics { visits: 2, clients: 1, downloads: 2, last_visit_at };
    assert_eq!(statistics(&world, &share).await, expected);
    assert_eq!(statistics(&world, &other).await, ShareStatistics::default());
}

async fn the_last_visit_is_the_latest_one(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    let latest = record(&world, &share, ActivityKind::Joined).await.at;
    let late = Activity {
        at: time("2020-01-01T00:00:00Z"),
        ..activity(&world, world.id(ClientId::generate), ActivityKind::Visited)
    };
    world.metadata.shares.record(share.studio, share.id, &late, &[]).await.unwrap();
    assert_eq!(statistics(&world, &share).await.last_visit_at, Some(latest));
}

async fn concurrent_activity_is_counted_completely(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    race(|_| {
        let (world, share) = (world.clone(), share.clone());
        async move { record(&world, &share, ActivityKind::Joined).await }
    })
    .await;
    let counted = statistics(&world, &share).await;
    assert_eq!((counted.visits, counted.clients), (RACERS as u64, RACERS as u64));
    let page = world.metadata.shares.list_activity(share.studio, share.id, &first(100)).await.unwrap();
    assert_eq!(page.items.len(), RACERS);
}

async fn activity_is_listed_with_the_newest_first(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    let other = create(&world, share.studio).await;
    let mut expected = Vec::new();
    for kind in ActivityKind::ALL {
        expected.push(record(&world, &share, kind).await);
        record(&world, &other, kind).await;
        world.clock.advance(jiff::SignedDuration::from_nanos(1));
    }
    expected.reverse();
    assert_activity(&world, &share, &expected).await;
}

async fn activity_of_one_instant_comes_in_reverse_order_of_recording(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    let mut expected = Vec::new();
    for kind in [ActivityKind::Joined, ActivityKind::Downloaded].into_iter().cycle().take(12) {
        expected.push(record(&world, &share, kind).await);
    }
    expected.reverse();
    assert_activity(&world, &share, &expected).await;
}

async fn assert_activity(world: &World, share: &Share, expected: &[Activity]) {
    let list = |page| {
        let shares = &world.metadata.shares;
        async move { shares.list_activity(share.studio, share.id, &page).await }
    };
    assert_walks(expected, list).await;
}

async fn recording_changes_no_version(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    record(&world, &share, ActivityKind::Joined).await;
    let version = world.metadata.shares.update(&share, Version::FIRST).await.unwrap();
    assert_eq!(version, Version::FIRST.next());
    assert_eq!(statistics(&world, &share).await.visits, 1);
}

async fn recording_on_a_missing_or_foreign_share_is_not_found(world: World) {
    let share = create(&world, world.id(StudioId::generate)).await;
    let joined = activity(&world, world.id(ClientId::generate), ActivityKind::Joined);
    let opened = event(&world, share.studio, EventSubject::ShareOpened { share: share.id });
    let elsewhere = [(share.studio, world.id(ShareId::generate)), (world.id(StudioId::generate), share.id)];
    for (studio, id) in elsewhere {
        let events = [opened.clone()];
        let result = world.metadata.shares.record(studio, id, &joined, &events).await;
        assert_kind(result, StorageErrorKind::NotFound);
    }
    assert_eq!(statistics(&world, &share).await, ShareStatistics::default());
    let claimed = world.metadata.outbox.claim(10, jiff::SignedDuration::from_secs(60)).await.unwrap();
    assert_eq!(claimed, []);
}

async fn a_purge_removes_the_share_with_its_activity_and_clients(world: World) {
    let studio = world.id(StudioId::generate);
    let (gone, kept) = (create(&world, studio).await, create(&world, studio).await);
    let [lost, staying] = [client(&world, &gone), client(&world, &kept)];
    world.metadata.clients.create(&lost).await.unwrap();
    world.metadata.clients.create(&staying).await.unwrap();
    record(&world, &gone, ActivityKind::Joined).await;
    record(&world, &kept, ActivityKind::Joined).await;
    let (shares, clients) = (&world.metadata.shares, &world.metadata.clients);
    for _ in 0..2 {
        shares.purge(studio, gone.id).await.unwrap();
        assert_eq!(shares.find(studio, gone.id).await.unwrap(), None);
        assert_eq!(shares.find_by_token(&gone.token_hash).await.unwrap(), None);
        assert_eq!(shares.list_activity(studio, gone.id, &first(10)).await.unwrap().items, []);
        assert_eq!(statistics(&world, &gone).await, ShareStatistics::default());
        assert_eq!(clients.find(gone.id, lost.id).await.unwrap(), None);
        assert_eq!(clients.find_by_key(gone.id, &lost.key_hash).await.unwrap(), None);
    }
    assert_eq!(statistics(&world, &kept).await.clients, 1);
    assert!(clients.find(kept.id, staying.id).await.unwrap().is_some());
}

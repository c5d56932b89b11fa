//! `MeterRepository`.

use halftone_core::id::{ClientId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use halftone_core::meter::{Doubt, Hold, Holder, Meter, Pieces, Placing};
use halftone_core::order::{Idempotency, IdempotencyKey};
use halftone_core::page::{Version, Versioned};
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::StorageErrorKind;

use crate::fixtures::time;
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found_as_it_was,
    a_share_without_a_meter_has_none,
    a_share_has_one_meter,
    a_foreign_studio_finds_and_changes_nothing,
    an_update_needs_the_version_that_is_there,
    of_concurrent_creations_exactly_one_succeeds,
    of_concurrent_updates_exactly_one_succeeds,
    nobody_overdraws_a_meter_by_reading_and_writing,
    a_purge_takes_one_share_only_and_can_be_repeated,
    a_purge_of_a_studio_spares_others,
];

fn empty(world: &World) -> Meter {
    Meter::new(world.id(StudioId::generate), world.id(ShareId::generate))
}

fn photos<const COUNT: usize>(world: &World) -> [PhotoId; COUNT] {
    [(); COUNT].map(|()| world.id(PhotoId::generate))
}

fn hold(world: &World, prints: u32) -> Hold {
    let holder = Holder::Order(world.id(OrderId::generate));
    let pieces = Pieces { prints, files: photos::<2>(world).into() };
    Hold { holder, pieces, turn: u32::MAX, doubt: None }
}

/// A meter with every kind of hold and doubt.
fn rich(world: &World) -> Meter {
    let client = world.id(ClientId::generate);
    let selection = Holder::Selection { selection: world.id(SelectionId::generate), client };
    let idempotency = Idempotency {
        key: IdempotencyKey::parse(&"~".repeat(200)).unwrap(),
        request: Sha256Hash::from_bytes(world.bytes()),
    };
    let placing = Placing { client, idempotency };
    let until = time("2026-05-14T09:30:00.000000001Z");
    let doubts = [None, Some(Doubt { until, placing: None }), Some(Doubt { until, placing: Some(placing) })];
    let mut holds: Vec<Hold> = doubts.map(|doubt| Hold { doubt, ..hold(world, u32::MAX) }).to_vec();
    holds.push(Hold { holder: selection, ..hold(world, 0) });
    Meter { downloaded: photos::<3>(world).into(), holds, ..empty(world) }
}

async fn create(world: &World) -> Meter {
    let meter = rich(world);
    assert_eq!(world.metadata.meters.create(&meter).await.unwrap(), Version::FIRST);
    meter
}

async fn what_was_created_is_found_as_it_was(world: World) {
    for meter in [empty(&world), rich(&world)] {
        let version = world.metadata.meters.create(&meter).await.unwrap();
        let found = world.metadata.meters.find(meter.studio, meter.share).await.unwrap();
        assert_eq!(found, Some(Versioned::new(meter, version)));
    }
}

async fn a_share_without_a_meter_has_none(world: World) {
    let meter = create(&world).await;
    let other = world.id(ShareId::generate);
    assert_eq!(world.metadata.meters.find(meter.studio, other).await.unwrap(), None);
}

async fn a_share_has_one_meter(world: World) {
    let first = create(&world).await;
    let second = Meter::new(first.studio, first.share);
    assert_kind(world.metadata.meters.create(&second).await, StorageErrorKind::AlreadyExists);
    let found = world.metadata.meters.find(first.studio, first.share).await.unwrap();
    assert_eq!(found.unwrap().value, first);
}

async fn a_foreign_studio_finds_and_changes_nothing(world: World) {
    let (meter, stranger) = (create(&world).await, world.id(StudioId::generate));
    let meters = &world.metadata.meters;
    assert_eq!(meters.find(stranger, meter.share).await.unwrap(), None);
    let stolen = Meter::new(stranger, meter.share);
    assert_kind(meters.update(&stolen, Version::FIRST).await, StorageErrorKind::NotFound);
    meters.purge(stranger, meter.share).await.unwrap();
    let found = meters.find(meter.studio, meter.share).await.unwrap();
    assert_eq!(found, Some(Versioned::new(meter, Version::FIRST)));
}

async fn an_update_needs_the_version_that_is_there(world: World) {
    let meters = &world.metadata.meters;
    assert_kind(meters.update(&empty(&world), Version::FIRST).await, StorageErrorKind::NotFound);
    let first = create(&world).await;
    let second = Meter { holds: vec![hold(&world, 1)], ..first };
    let next = meters.update(&second, Version::FIRST).await.unwrap();
    assert_eq!(next, Version::FIRST.next());
    assert_kind(meters.update(&second, Version::FIRST).await, StorageErrorKind::Conflict);
    let found = meters.find(second.studio, second.share).await.unwrap();
    assert_eq!(found, Some(Versioned::new(second, next)));
}

async fn of_concurrent_creations_exactly_one_succeeds(world: World) {
    let meter = rich(&world);
    let results = race(|_| {
        let (world, meter) = (world.clone(), meter.clone());
        async move { world.metadata.meters.create(&meter).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::AlreadyExists);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let meter = create(&world).await;
    let results = race(|number| {
        let (world, mut meter) = (world.clone(), meter.clone());
        meter.holds.push(hold(&world, u32::try_from(number).unwrap()));
        async move { world.metadata.meters.update(&meter, Version::FIRST).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::Conflict);
}

/// Takes a print if fewer than `most` are taken, as often as it needs.
async fn take_one(world: World, meter: Meter, most: usize) -> bool {
    loop {
        let found = world.metadata.meters.find(meter.studio, meter.share).await.unwrap().unwrap();
        let mut meter = found.value;
        if meter.holds.len() >= most {
            return false;
        }
        meter.holds.push(hold(&world, 1));
        match world.metadata.meters.update(&meter, found.version).await {
            Ok(_) => return true,
            Err(error) => assert_eq!(error.kind(), StorageErrorKind::Conflict, "{error}"),
        }
    }
}

async fn nobody_overdraws_a_meter_by_reading_and_writing(world: World) {
    let meter = empty(&world);
    world.metadata.meters.create(&meter).await.unwrap();
    let took = race(|_| take_one(world.clone(), meter.clone(), 5)).await;
    assert_eq!(took.into_iter().filter(|took| *took).count(), 5);
    let found = world.metadata.meters.find(meter.studio, meter.share).await.unwrap().unwrap();
    assert_eq!(found.value.holds.len(), 5);
}

async fn a_purge_takes_one_share_only_and_can_be_repeated(world: World) {
    let gone = create(&world).await;
    let kept = Meter { share: world.id(ShareId::generate), ..gone.clone() };
    world.metadata.meters.create(&kept).await.unwrap();
    for _ in 0..2 {
        world.metadata.meters.purge(gone.studio, gone.share).await.unwrap();
    }
    assert_eq!(world.metadata.meters.find(gone.studio, gone.share).await.unwrap(), None);
    assert_eq!(world.metadata.meters.find(kept.studio, kept.share).await.unwrap().unwrap().value, kept);
    world.metadata.meters.create(&gone).await.unwrap();
}

async fn a_purge_of_a_studio_spares_others(world: World) {
    let (gone, kept) = (create(&world).await, create(&world).await);
    let other = Meter { share: world.id(ShareId::generate), ..gone.clone() };
    world.metadata.meters.create(&other).await.unwrap();
    for _ in 0..2 {
        world.metadata.meters.purge_by_studio(gone.studio).await.unwrap();
    }
    for share in [gone.share, other.share] {
        assert_eq!(world.metadata.meters.find(gone.studio, share).await.unwrap(), None);
    }
    assert_eq!(world.metadata.meters.find(kept.studio, kept.share).await.unwrap().unwrap().value, kept);
}

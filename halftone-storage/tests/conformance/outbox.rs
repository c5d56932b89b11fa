//! `Outbox`. Events get there by the other repositories only; those are looked at in `events.rs`.

use std::collections::BTreeSet;

use halftone_core::event::Event;
use halftone_core::id::{EventId, StudioId};
use halftone_core::page::Version;
use jiff::SignedDuration;

use crate::fixtures;
use crate::world::{World, cases, race};

cases![
    an_empty_outbox_gives_nothing,
    every_kind_of_event_comes_back_whole,
    the_oldest_come_first_and_no_more_than_asked_for,
    a_claimed_event_is_not_given_out_again_within_its_lease,
    a_lease_that_ran_out_frees_the_event,
    an_acknowledged_event_never_comes_back,
    acknowledging_the_absent_succeeds,
    concurrent_claims_share_no_event,
    a_purge_takes_one_studio_only,
];

const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Records events in a new studio, and gives them in the order of their ids.
async fn record(world: &World) -> Vec<Event> {
    let studio = fixtures::studio(world);
    world.metadata.studios.create(&studio).await.unwrap();
    let mut events = fixtures::events(world, studio.id);
    world.metadata.studios.update(&studio, Version::FIRST, &events).await.unwrap();
    events.sort_unstable_by_key(|event| event.id);
    events
}

async fn claim(world: &World, most: usize) -> Vec<Event> {
    world.metadata.outbox.claim(most, LEASE).await.unwrap()
}

fn ids(events: &[Event]) -> Vec<EventId> {
    events.iter().map(|event| event.id).collect()
}

async fn an_empty_outbox_gives_nothing(world: World) {
    assert_eq!(claim(&world, 10).await, []);
}

async fn every_kind_of_event_comes_back_whole(world: World) {
    let events = record(&world).await;
    assert_eq!(claim(&world, 100).await, events);
}

async fn the_oldest_come_first_and_no_more_than_asked_for(world: World) {
    let mut expected = record(&world).await;
    world.advance_secs(1);
    expected.extend(record(&world).await);
    let mut claimed = Vec::new();
    for size in [1, 4, 100] {
        let batch = claim(&world, size).await;
        assert!(batch.len() <= size);
        claimed.extend(batch);
    }
    assert_eq!(claimed, expected);
    assert_eq!(claim(&world, 0).await, []);
}

async fn a_claimed_event_is_not_given_out_again_within_its_lease(world: World) {
    record(&world).await;
    claim(&world, 100).await;
    world.advance_secs(59);
    assert_eq!(claim(&world, 100).await, []);
}

async fn a_lease_that_ran_out_frees_the_event(world: World) {
    let events = record(&world).await;
    for _ in 0..3 {
        assert_eq!(claim(&world, 100).await, events);
        world.advance_secs(61);
    }
}

async fn an_acknowledged_event_never_comes_back(world: World) {
    let events = record(&world).await;
    claim(&world, 100).await;
    world.metadata.outbox.acknowledge(&ids(&events[..4])).await.unwrap();
    world.advance_secs(61);
    assert_eq!(claim(&world, 100).await, events[4..]);
}

async fn acknowledging_the_absent_succeeds(world: World) {
    let events = record(&world).await;
    world.metadata.outbox.acknowledge(&[]).await.unwrap();
    world.metadata.outbox.acknowledge(&[world.id(EventId::generate)]).await.unwrap();
    for _ in 0..2 {
        world.metadata.outbox.acknowledge(&ids(&events)).await.unwrap();
    }
    assert_eq!(claim(&world, 100).await, []);
}

async fn concurrent_claims_share_no_event(world: World) {
    let mut recorded = Vec::new();
    for _ in 0..10 {
        recorded.extend(ids(&record(&world).await));
    }
    let claimed = race(|_| {
        let world = world.clone();
        async move { claim(&world, 4).await }
    });
    let claimed: Vec<EventId> = claimed.await.iter().flat_map(|events| ids(events)).collect();
    let distinct: BTreeSet<EventId> = claimed.iter().copied().collect();
    assert_eq!(distinct.len(), claimed.len(), "an event was claimed twice");
    // Claims may come away with less than they asked for, but nothing is lost.
    let rest = claim(&world, 100).await;
    assert_eq!(claimed.len() + rest.len(), recorded.len());
}

async fn a_purge_takes_one_studio_only(world: World) {
    let gone = record(&world).await;
    let kept = record(&world).await;
    world.metadata.outbox.purge_by_studio(gone[0].studio).await.unwrap();
    world.metadata.outbox.purge_by_studio(world.id(StudioId::generate)).await.unwrap();
    assert_eq!(claim(&world, 100).await, kept);
}

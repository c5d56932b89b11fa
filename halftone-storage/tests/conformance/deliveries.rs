//! `DeliveryRepository`.

use std::collections::BTreeSet;

use halftone_core::delivery::{Delivery, DeliveryTarget};
use halftone_core::id::{DeliveryId, DeviceId, EventId, OrderId, StudioId, WebhookId};
use halftone_core::page::{PageLimit, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use jiff::SignedDuration;

use crate::pages::{assert_walks, first};
use crate::world::{World, assert_kind, cases, race};

cases![
    what_was_created_is_found_as_it_was,
    an_absent_one_and_one_of_another_studio_are_none,
    an_id_can_be_created_once_and_the_first_stays,
    what_is_due_is_claimed_longest_due_first,
    what_is_leased_is_nobody_elses_until_the_lease_ends,
    whoever_held_it_before_can_no_longer_update_it,
    an_update_ends_the_lease_and_says_when_it_is_due,
    what_ended_is_never_claimed,
    of_concurrent_claims_each_delivery_goes_to_one,
    an_update_needs_the_version_that_is_there,
    a_list_has_one_target_newest_first_on_pages_of_any_length,
    what_is_too_old_is_forgotten_up_to_a_bound,
    a_purge_takes_one_studio_only,
];

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn planned(world: &World, studio: StudioId, target: DeliveryTarget) -> Delivery {
    Delivery::plan(studio, world.id(EventId::generate), target, world.now())
}

async fn create(world: &World, studio: StudioId) -> Delivery {
    let delivery = planned(world, studio, DeliveryTarget::Topic);
    world.metadata.deliveries.create(&delivery).await.unwrap();
    delivery
}

async fn claim(world: &World, most: u32) -> Vec<Versioned<Delivery>> {
    world.metadata.deliveries.claim(PageLimit::parse(most).unwrap(), LEASE).await.unwrap()
}

fn ids(deliveries: &[Versioned<Delivery>]) -> Vec<DeliveryId> {
    deliveries.iter().map(|delivery| delivery.value.id).collect()
}

async fn what_was_created_is_found_as_it_was(world: World) {
    let studio = world.id(StudioId::generate);
    let device = world.id(DeviceId::generate);
    let targets = [
        DeliveryTarget::Topic,
        DeliveryTarget::Owner,
        DeliveryTarget::Client { order: world.id(OrderId::generate) },
        DeliveryTarget::Browser(device),
        DeliveryTarget::App(device),
        DeliveryTarget::Webhook(world.id(WebhookId::generate)),
    ];
    let now = world.now();
    for target in targets {
        let forms = [
            planned(&world, studio, target),
            planned(&world, studio, target).postponed("no answer", None, now),
            planned(&world, studio, target).delivered(now),
            planned(&world, studio, target).refused("it cannot be", now),
            planned(&world, studio, target).dropped("the device was removed", now),
        ];
        for delivery in forms {
            world.metadata.deliveries.create(&delivery).await.unwrap();
            let found = world.metadata.deliveries.find(studio, delivery.id).await.unwrap();
            assert_eq!(found.map(|found| found.value), Some(delivery));
        }
    }
}

async fn an_absent_one_and_one_of_another_studio_are_none(world: World) {
    let delivery = create(&world, world.id(StudioId::generate)).await;
    let deliveries = &world.metadata.deliveries;
    assert_eq!(deliveries.find(world.id(StudioId::generate), delivery.id).await.unwrap(), None);
    assert_eq!(deliveries.find(delivery.studio, world.id(DeliveryId::generate)).await.unwrap(), None);
}

async fn an_id_can_be_created_once_and_the_first_stays(world: World) {
    let delivery = create(&world, world.id(StudioId::generate)).await;
    let again = delivery.clone().dropped("another", world.now());
    assert_kind(world.metadata.deliveries.create(&again).await, StorageErrorKind::AlreadyExists);
    let found = world.metadata.deliveries.find(delivery.studio, delivery.id).await.unwrap();
    assert_eq!(found.map(|found| found.value), Some(delivery));
}

async fn what_is_due_is_claimed_longest_due_first(world: World) {
    let first = create(&world, world.id(StudioId::generate)).await;
    world.advance_secs(1);
    let second = create(&world, world.id(StudioId::generate)).await;
    let later = planned(&world, second.studio, DeliveryTarget::Owner).leased_until(world.now() + LEASE);
    world.metadata.deliveries.create(&later).await.unwrap();
    world.advance_secs(1);
    assert_eq!(ids(&claim(&world, 1).await), [first.id]);
    assert_eq!(ids(&claim(&world, 10).await), [second.id]);
    world.advance_secs(58);
    assert_eq!(ids(&claim(&world, 10).await), Vec::<DeliveryId>::new());
    world.advance_secs(1);
    assert_eq!(ids(&claim(&world, 10).await), [later.id]);
}

async fn what_is_leased_is_nobody_elses_until_the_lease_ends(world: World) {
    let delivery = create(&world, world.id(StudioId::generate)).await;
    assert_eq!(ids(&claim(&world, 10).await), [delivery.id]);
    assert!(claim(&world, 10).await.is_empty());
    world.advance_secs(59);
    assert!(claim(&world, 10).await.is_empty());
    world.advance_secs(1);
    let again = claim(&world, 10).await;
    assert_eq!(again[0].value, delivery, "a lease changes nothing of the delivery itself");
}

async fn whoever_held_it_before_can_no_longer_update_it(world: World) {
    create(&world, world.id(StudioId::generate)).await;
    let held = claim(&world, 10).await.remove(0);
    world.advance_secs(60);
    let taken_over = claim(&world, 10).await.remove(0);
    let done = held.value.delivered(world.now());
    let deliveries = &world.metadata.deliveries;
    assert_kind(deliveries.update(&done, held.version).await, StorageErrorKind::Conflict);
    deliveries.update(&done, taken_over.version).await.unwrap();
}

async fn an_update_ends_the_lease_and_says_when_it_is_due(world: World) {
    create(&world, world.id(StudioId::generate)).await;
    let held = claim(&world, 10).await.remove(0);
    let soon = held.value.leased_until(world.now() + SignedDuration::from_secs(5));
    world.metadata.deliveries.update(&soon, held.version).await.unwrap();
    world.advance_secs(4);
    assert!(claim(&world, 10).await.is_empty());
    world.advance_secs(1);
    assert_eq!(ids(&claim(&world, 10).await), [soon.id]);
}

async fn what_ended_is_never_claimed(world: World) {
    let studio = world.id(StudioId::generate);
    let now = world.now();
    let ends: [fn(Delivery, jiff::Timestamp) -> Delivery; 3] = [
        |delivery, now| delivery.delivered(now),
        |delivery, now| delivery.refused("no", now),
        |delivery, now| delivery.dropped("gone", now),
    ];
    for end in ends {
        create(&world, studio).await;
        let held = claim(&world, 10).await.remove(0);
        world.metadata.deliveries.update(&end(held.value, now), held.version).await.unwrap();
    }
    world.advance_secs(1_000_000);
    assert!(claim(&world, 10).await.is_empty());
}

async fn of_concurrent_claims_each_delivery_goes_to_one(world: World) {
    let studio = world.id(StudioId::generate);
    let mut created = BTreeSet::new();
    for _ in 0..8 {
        created.insert(create(&world, studio).await.id);
    }
    let claims = race(|_| {
        let world = world.clone();
        async move { ids(&claim(&world, 3).await) }
    });
    let mut claimed: Vec<DeliveryId> = claims.await.into_iter().flatten().collect();
    // Those who lost every race got nothing; what is left is there for the next.
    claimed.extend(ids(&claim(&world, 10).await));
    assert_eq!(claimed.len(), created.len(), "nobody gets what another one has");
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), created);
}

async fn an_update_needs_the_version_that_is_there(world: World) {
    let delivery = create(&world, world.id(StudioId::generate)).await;
    let deliveries = &world.metadata.deliveries;
    let found = deliveries.find(delivery.studio, delivery.id).await.unwrap().unwrap();
    let done = delivery.delivered(world.now());
    let next = deliveries.update(&done, found.version).await.unwrap();
    assert!(next > found.version);
    assert_kind(deliveries.update(&done, found.version).await, StorageErrorKind::Conflict);
    let absent = planned(&world, done.studio, DeliveryTarget::Owner);
    assert_kind(deliveries.update(&absent, found.version).await, StorageErrorKind::NotFound);
}

async fn a_list_has_one_target_newest_first_on_pages_of_any_length(world: World) {
    let (studio, webhook) = (world.id(StudioId::generate), world.id(WebhookId::generate));
    let target = DeliveryTarget::Webhook(webhook);
    let mut expected = Vec::new();
    for _ in 0..5 {
        let others = [
            planned(&world, studio, DeliveryTarget::Webhook(world.id(WebhookId::generate))),
            planned(&world, studio, DeliveryTarget::Browser(DeviceId::from_uuid(webhook.as_uuid()))),
            planned(&world, world.id(StudioId::generate), target),
        ];
        let delivery = planned(&world, studio, target);
        for delivery in others.iter().chain([&delivery]) {
            world.metadata.deliveries.create(delivery).await.unwrap();
        }
        expected.push(delivery);
        world.advance_secs(1);
    }
    expected.reverse();
    assert_walks(&expected, |page| {
        let deliveries = &world.metadata.deliveries;
        async move { deliveries.list(studio, target, &page).await }
    })
    .await;
}

async fn what_is_too_old_is_forgotten_up_to_a_bound(world: World) {
    let studio = world.id(StudioId::generate);
    for _ in 0..3 {
        create(&world, studio).await;
    }
    world.advance_secs(10);
    let kept = create(&world, studio).await;
    let forget = |most| world.metadata.deliveries.forget_before(world.now(), PageLimit::parse(most).unwrap());
    assert_eq!(forget(2).await.unwrap(), 2);
    assert_eq!(forget(2).await.unwrap(), 1);
    assert_eq!(forget(2).await.unwrap(), 0);
    assert_eq!(ids(&claim(&world, 10).await), [kept.id]);
}

async fn a_purge_takes_one_studio_only(world: World) {
    let gone = create(&world, world.id(StudioId::generate)).await;
    let kept = create(&world, world.id(StudioId::generate)).await;
    for _ in 0..2 {
        world.metadata.deliveries.purge_by_studio(gone.studio).await.unwrap();
    }
    assert_eq!(world.metadata.deliveries.find(gone.studio, gone.id).await.unwrap(), None);
    let left = world.metadata.deliveries.list(kept.studio, DeliveryTarget::Topic, &first(10)).await.unwrap();
    assert_eq!(left.items, [kept]);
}

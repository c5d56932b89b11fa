//! `ListenerRepository`.

use halftone_core::event::EventKind;
use halftone_core::id::{DeviceId, StudioId, UserId, WebhookId};
use halftone_core::listener::{Device, DeviceAddress, FcmToken, Listeners, PushAddress, TargetUrl, Webhook};
use halftone_core::page::Version;
use halftone_core::ports::error::StorageErrorKind;

use crate::fixtures::{LOOK_ALIKES, line};
use crate::world::{World, assert_kind, assert_one_winner, cases, race};

cases![
    what_was_created_is_found_as_it_was,
    a_studio_without_listeners_has_none,
    a_studio_has_one_document,
    an_update_needs_the_version_that_is_there,
    of_concurrent_updates_exactly_one_succeeds,
    a_purge_takes_one_studio_only,
];

fn device(world: &World, label: &str, address: DeviceAddress) -> Device {
    Device {
        id: world.id(DeviceId::generate),
        user: world.id(UserId::generate),
        label: line(label),
        address,
        created_at: world.now(),
    }
}

fn push_address(world: &World) -> PushAddress {
    let mut p256dh: [u8; 65] = world.bytes();
    p256dh[0] = 4;
    let endpoint = TargetUrl::parse("https://push.example.com/v1/a%20b?key=\u{e9}").unwrap();
    PushAddress { endpoint, p256dh, auth: world.bytes() }
}

fn webhook(world: &World, events: Vec<EventKind>) -> Webhook {
    Webhook {
        id: world.id(WebhookId::generate),
        url: TargetUrl::parse("http://127.0.0.1:8300/hook").unwrap(),
        label: line("Bookkeeping"),
        events,
        secret_salt: world.bytes(),
        created_at: world.now(),
    }
}

fn listeners(world: &World) -> Listeners {
    let mut devices: Vec<Device> = LOOK_ALIKES
        .iter()
        .map(|label| device(world, label, DeviceAddress::WebPush(push_address(world))))
        .collect();
    let token = FcmToken::parse("bk3RNwTe3H0:CI2k_HHwgIpoDKCIZvvDMExUdFQ3P1").unwrap();
    devices.push(device(world, "", DeviceAddress::Fcm(token)));
    let webhooks = vec![webhook(world, Vec::new()), webhook(world, EventKind::ALL.to_vec())];
    Listeners { studio: world.id(StudioId::generate), devices, webhooks }
}

async fn what_was_created_is_found_as_it_was(world: World) {
    for listeners in [listeners(&world), Listeners::none(world.id(StudioId::generate))] {
        let version = world.metadata.listeners.create(&listeners).await.unwrap();
        let found = world.metadata.listeners.find(listeners.studio).await.unwrap().unwrap();
        assert_eq!((found.value, found.version), (listeners, version));
    }
}

async fn a_studio_without_listeners_has_none(world: World) {
    world.metadata.listeners.create(&listeners(&world)).await.unwrap();
    assert_eq!(world.metadata.listeners.find(world.id(StudioId::generate)).await.unwrap(), None);
}

async fn a_studio_has_one_document(world: World) {
    let first = listeners(&world);
    world.metadata.listeners.create(&first).await.unwrap();
    let second = Listeners::none(first.studio);
    assert_kind(world.metadata.listeners.create(&second).await, StorageErrorKind::AlreadyExists);
    assert_eq!(world.metadata.listeners.find(first.studio).await.unwrap().unwrap().value, first);
}

async fn an_update_needs_the_version_that_is_there(world: World) {
    let first = listeners(&world);
    let absent = world.metadata.listeners.update(&first, Version::FIRST).await;
    assert_kind(absent, StorageErrorKind::NotFound);
    let seen = world.metadata.listeners.create(&first).await.unwrap();
    let second = Listeners { devices: Vec::new(), ..first };
    let next = world.metadata.listeners.update(&second, seen).await.unwrap();
    assert_eq!(next, seen.next());
    assert_kind(world.metadata.listeners.update(&second, seen).await, StorageErrorKind::Conflict);
    assert_eq!(world.metadata.listeners.find(second.studio).await.unwrap().unwrap().value, second);
}

async fn of_concurrent_updates_exactly_one_succeeds(world: World) {
    let first = listeners(&world);
    let seen = world.metadata.listeners.create(&first).await.unwrap();
    let results = race(|_| {
        let (world, listeners) = (world.clone(), first.clone());
        async move { world.metadata.listeners.update(&listeners, seen).await }
    });
    assert_one_winner(&results.await, StorageErrorKind::Conflict);
}

async fn a_purge_takes_one_studio_only(world: World) {
    let (gone, kept) = (listeners(&world), listeners(&world));
    world.metadata.listeners.create(&gone).await.unwrap();
    world.metadata.listeners.create(&kept).await.unwrap();
    for _ in 0..2 {
        world.metadata.listeners.purge(gone.studio).await.unwrap();
    }
    assert_eq!(world.metadata.listeners.find(gone.studio).await.unwrap(), None);
    assert_eq!(world.metadata.listeners.find(kept.studio).await.unwrap().unwrap().value, kept);
}

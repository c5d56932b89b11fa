//! Devices and webhooks: how they come, what they hear, and how they go.

use halftone_core::access::Principal;
use halftone_core::delivery::DeliveryState;
use halftone_core::event::EventKind;
use halftone_core::listener::{DeviceAddress, FcmToken, Listeners, PushAddress, TargetUrl};
use halftone_core::ports::notifier::{Recipient, Verdict};
use halftone_core::services::listening::{Kept, ListeningError, NewDevice, NewWebhook};
use halftone_core::studio::Channel;
use halftone_core::text::Line;
use jiff::SignedDuration;

use super::{AGAIN, deliver};
use crate::world::{World, first_page};

fn browser(number: usize, key: u8) -> NewDevice {
    let mut p256dh = [key; 65];
    p256dh[0] = 4;
    let endpoint = TargetUrl::parse(&format!("https://push.example.com/{number}")).unwrap();
    let address = DeviceAddress::WebPush(PushAddress { endpoint, p256dh, auth: [key; 16] });
    NewDevice { address, label: Line::parse("Firefox on Linux").unwrap() }
}

fn hook(events: Vec<EventKind>) -> NewWebhook {
    let url = TargetUrl::parse("https://example.com/hook").unwrap();
    NewWebhook { url, label: Line::empty(), events }
}

async fn something_happens(world: &World, studio: &Principal) {
    let gallery = world.gallery(studio, "Ceremony").await;
    world.photo(studio, gallery, "one").await;
}

#[tokio::test]
async fn every_device_hears_of_an_event_once() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    for number in 0..3 {
        world.services.listening.keep_device(&studio, browser(number, 1)).await.unwrap();
    }
    something_happens(&world, &studio).await;
    assert_eq!(deliver(&world).await.delivered, 4, "three devices and the topic");
    let told = world.push.take_with_recipients();
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|(notice, _)| notice.event == told[0].0.event));
    world.pass(SignedDuration::from_hours(1));
    deliver(&world).await;
    assert_eq!(world.push.take().len(), 0);
}

#[tokio::test]
async fn a_channel_out_of_order_does_not_make_a_working_one_tell_twice() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    world.services.listening.keep_device(&studio, browser(1, 1)).await.unwrap();
    world.services.listening.create_webhook(&studio, hook(Vec::new())).await.unwrap();
    world.hooks.fail_with(Some(AGAIN));
    something_happens(&world, &studio).await;
    for _ in 0..5 {
        deliver(&world).await;
        world.pass(SignedDuration::from_mins(10));
    }
    assert_eq!((world.push.take().len(), world.channel.take().len()), (1, 1));
    world.hooks.fail_with(None);
    world.pass(SignedDuration::from_hours(2));
    deliver(&world).await;
    assert_eq!((world.push.take().len(), world.hooks.take().len()), (0, 1));
}

#[tokio::test]
async fn the_same_browser_again_is_the_same_device_with_new_keys() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let listening = &world.services.listening;
    let Kept::Added(first) = listening.keep_device(&studio, browser(1, 1)).await.unwrap() else {
        panic!("it was not known");
    };
    let Kept::Renewed(second) = listening.keep_device(&studio, browser(1, 2)).await.unwrap() else {
        panic!("it was known");
    };
    assert_eq!(first.id, second.id);
    assert_eq!(listening.list_devices(&studio).await.unwrap(), [second]);
}

#[tokio::test]
async fn a_device_that_is_gone_is_forgotten_and_the_others_stay() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let listening = &world.services.listening;
    listening.keep_device(&studio, browser(1, 1)).await.unwrap();
    world.push.fail_with(Some(Verdict::Gone));
    something_happens(&world, &studio).await;
    // The push service takes devices without being asked, so only deliveries fail.
    let delivered = deliver(&world).await;
    assert_eq!((delivered.delivered, delivered.ended), (1, 1));
    assert!(listening.list_devices(&studio).await.unwrap().is_empty());
    world.push.fail_with(None);
    listening.keep_device(&studio, browser(2, 1)).await.unwrap();
    something_happens(&world, &studio).await;
    deliver(&world).await;
    assert_eq!(world.push.take().len(), 1);
}

#[tokio::test]
async fn what_waits_for_a_device_goes_with_it() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let listening = &world.services.listening;
    let (Kept::Added(device) | Kept::Renewed(device)) =
        listening.keep_device(&studio, browser(1, 1)).await.unwrap();
    world.push.fail_with(Some(AGAIN));
    something_happens(&world, &studio).await;
    assert_eq!(deliver(&world).await.postponed, 1);
    listening.forget_device(&studio, device.id).await.unwrap();
    assert!(matches!(listening.forget_device(&studio, device.id).await, Err(ListeningError::Absent(_))));
    world.push.fail_with(None);
    world.pass(SignedDuration::from_mins(5));
    assert_eq!(deliver(&world).await.ended, 1);
    assert_eq!(world.push.take().len(), 0);
}

#[tokio::test]
async fn there_are_only_so_many_devices_and_webhooks() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let listening = &world.services.listening;
    for number in 0..Listeners::MOST_DEVICES {
        listening.keep_device(&studio, browser(number, 1)).await.unwrap();
    }
    let refused = listening.keep_device(&studio, browser(99, 1)).await;
    assert!(matches!(refused, Err(ListeningError::TooMany { most: Listeners::MOST_DEVICES })));
    listening.keep_device(&studio, browser(0, 2)).await.unwrap();
    for _ in 0..Listeners::MOST_WEBHOOKS {
        listening.create_webhook(&studio, hook(Vec::new())).await.unwrap();
    }
    let refused = listening.create_webhook(&studio, hook(Vec::new())).await;
    assert!(matches!(refused, Err(ListeningError::TooMany { most: Listeners::MOST_WEBHOOKS })));
}

#[tokio::test]
async fn what_the_installation_refuses_is_not_kept() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let listening = &world.services.listening;
    world.push.fail_with(Some(Verdict::Refused));
    world.hooks.fail_with(Some(Verdict::Refused));
    let refused = listening.keep_device(&studio, browser(1, 1)).await;
    assert!(matches!(refused, Err(ListeningError::Invalid(field)) if field.field == "endpoint"));
    let refused = listening.create_webhook(&studio, hook(Vec::new())).await;
    assert!(matches!(refused, Err(ListeningError::Invalid(field)) if field.field == "url"));
    let fcm =
        NewDevice { address: DeviceAddress::Fcm(FcmToken::parse("token").unwrap()), label: Line::empty() };
    let refused = listening.keep_device(&studio, fcm).await;
    assert!(matches!(refused, Err(ListeningError::NotOffered { channel: Channel::Fcm })));
    assert!(listening.list_devices(&studio).await.unwrap().is_empty());
    assert!(listening.list_webhooks(&studio).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_webhook_hears_only_of_its_events_and_signs_with_its_own_secret() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let listening = &world.services.listening;
    let (_, orders) = listening.create_webhook(&studio, hook(vec![EventKind::OrderPlaced])).await.unwrap();
    let (photos, secret) =
        listening.create_webhook(&studio, hook(vec![EventKind::PhotoReady])).await.unwrap();
    assert_ne!(orders.reveal(), secret.reveal());
    assert!(secret.reveal().starts_with("whsec_"));
    something_happens(&world, &studio).await;
    deliver(&world).await;
    let told = world.hooks.take_with_recipients();
    let [(_, Recipient::Webhook(call))] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((call.webhook, call.secret.reveal()), (photos.id, secret.reveal()));
}

#[tokio::test]
async fn a_trial_is_made_at_once_and_stands_in_the_log() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let listening = &world.services.listening;
    let (webhook, _) = listening.create_webhook(&studio, hook(vec![EventKind::OrderPlaced])).await.unwrap();
    let trial = listening.test_webhook(&studio, webhook.id).await.unwrap();
    assert!(matches!(trial.state, DeliveryState::Delivered { .. }));
    assert_eq!(world.hooks.take()[0].word(), "test");
    let log = listening.list_deliveries(&studio, webhook.id, &first_page()).await.unwrap().items;
    assert_eq!((log.len(), &log[0].0), (1, &trial));
    assert!(world.services.inbox.list(&studio, &first_page()).await.unwrap().page.items.is_empty());
    let stranger = world.photographer("ben").await;
    assert!(matches!(listening.test_webhook(&stranger, webhook.id).await, Err(ListeningError::Absent(_))));
    assert!(listening.list_deliveries(&stranger, webhook.id, &first_page()).await.is_err());
    assert!(listening.redeliver(&stranger, webhook.id, trial.id).await.is_err());
}

#[tokio::test]
async fn a_delivery_can_be_made_once_more_by_hand() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let listening = &world.services.listening;
    let (webhook, _) = listening.create_webhook(&studio, hook(Vec::new())).await.unwrap();
    world.hooks.fail_with(Some(Verdict::Refused));
    let failed = listening.test_webhook(&studio, webhook.id).await.unwrap();
    assert!(matches!(failed.state, DeliveryState::Failed { .. }));
    assert_eq!(failed.last_reason.as_deref(), Some("the channel is out of order"));
    world.hooks.fail_with(None);
    world.pass(SignedDuration::from_hours(100));
    let again = listening.redeliver(&studio, webhook.id, failed.id).await.unwrap();
    assert!(matches!(again.state, DeliveryState::Delivered { .. }), "{again:?}");
    assert_eq!((again.attempts, again.last_reason), (2, None));
    let told = world.hooks.take_with_recipients();
    assert!(matches!(&told[0].1, Recipient::Webhook(call) if call.delivery == failed.id));
}

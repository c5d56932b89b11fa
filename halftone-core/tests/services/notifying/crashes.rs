//! A crash between two writes loses nothing, and tells nothing twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{EventId, StudioId};
use halftone_core::listener::{DeviceAddress, PushAddress, TargetUrl};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::outbox::Outbox;
use halftone_core::services::listening::NewDevice;
use halftone_core::text::Line;
use jiff::SignedDuration;

use super::{deliver, leases_run_out};
use crate::world::{World, first_page};

/// An outbox that dies before it acknowledges, while the switch is on.
#[derive(Debug)]
struct DyingOutbox {
    inner: Arc<dyn Outbox>,
    is_dying: Arc<AtomicBool>,
}

#[async_trait]
impl Outbox for DyingOutbox {
    async fn claim(&self, most: usize, lease: SignedDuration) -> Result<Vec<Event>, StorageError> {
        self.inner.claim(most, lease).await
    }

    async fn acknowledge(&self, events: &[EventId]) -> Result<(), StorageError> {
        if self.is_dying.load(Ordering::SeqCst) {
            return Err(StorageError::new(StorageErrorKind::Unavailable, "acknowledge", "events"));
        }
        self.inner.acknowledge(events).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.inner.purge_by_studio(studio).await
    }
}

fn dying_world() -> (World, Arc<AtomicBool>) {
    let is_dying = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_dying);
    let world = World::over(move |backend| {
        let inner = Arc::clone(&backend.metadata.outbox);
        backend.metadata.outbox = Arc::new(DyingOutbox { inner, is_dying: switch });
    });
    (world, is_dying)
}

fn browser() -> NewDevice {
    let endpoint = TargetUrl::parse("https://push.example.com/1").unwrap();
    let address = DeviceAddress::WebPush(PushAddress { endpoint, p256dh: [4; 65], auth: [1; 16] });
    NewDevice { address, label: Line::empty() }
}

#[tokio::test]
async fn a_crash_before_the_acknowledgement_tells_each_device_once() {
    let (world, is_dying) = dying_world();
    let studio = world.photographer("ana").await;
    world.services.listening.keep_device(&studio, browser()).await.unwrap();
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    is_dying.store(true, Ordering::SeqCst);
    assert!(world.services.notifying.deliver(&halftone_core::access::Principal::System).await.is_err());
    is_dying.store(false, Ordering::SeqCst);
    leases_run_out(&world);
    deliver(&world).await;
    leases_run_out(&world);
    deliver(&world).await;
    assert_eq!(world.push.take().len(), 1);
    assert_eq!(world.services.inbox.list(&studio, &first_page()).await.unwrap().page.items.len(), 1);
}

#[tokio::test]
async fn photos_that_came_after_the_crash_are_told_by_a_notification_of_their_own() {
    let (world, is_dying) = dying_world();
    let studio = world.photographer("ana").await;
    world.services.listening.keep_device(&studio, browser()).await.unwrap();
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    is_dying.store(true, Ordering::SeqCst);
    assert!(world.services.notifying.deliver(&halftone_core::access::Principal::System).await.is_err());
    is_dying.store(false, Ordering::SeqCst);
    leases_run_out(&world);
    world.photo(&studio, gallery, "two").await;
    world.photo(&studio, gallery, "three").await;
    let first = deliver(&world).await;
    assert_eq!((first.settled, first.waiting), (1, 2));
    leases_run_out(&world);
    deliver(&world).await;
    let titles: Vec<String> = world.push.take().into_iter().map(|notice| notice.title).collect();
    assert_eq!(titles, ["IMG_0412.JPG is ready", "2 photos are ready"]);
}

#[tokio::test]
async fn a_worker_that_died_with_a_delivery_leaves_it_to_the_next() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    world.channel.fail_with(Some(super::AGAIN));
    deliver(&world).await;
    world.channel.fail_with(None);
    world.pass(SignedDuration::from_mins(2));
    let limit = halftone_core::page::PageLimit::MOST;
    let lost = world.backend.metadata.deliveries.claim(limit, SignedDuration::from_mins(5)).await.unwrap();
    assert_eq!(lost.len(), 1);
    assert_eq!(deliver(&world).await.delivered, 0);
    world.pass(SignedDuration::from_mins(5));
    assert_eq!(deliver(&world).await.delivered, 1);
    assert_eq!(world.channel.take().len(), 1);
}

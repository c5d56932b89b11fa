//! Notices of processing: who is told what, and what waits.

use std::sync::Mutex;

use async_trait::async_trait;
use halftone_core::access::Principal;
use halftone_core::event::EventKind;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::notifier::{Notice, Notifier};
use halftone_core::services::accounts::StudioChange;
use halftone_core::services::notifying::Delivered;
use halftone_core::studio::Channel;
use jiff::SignedDuration;

use crate::world::World;

/// A channel that remembers its notices, and can be out of order.
#[derive(Debug, Default)]
pub(crate) struct FakeChannel {
    told: Mutex<Vec<Notice>>,
    failure: Mutex<Option<StorageErrorKind>>,
}

impl FakeChannel {
    fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    fn fail_with(&self, failure: Option<StorageErrorKind>) {
        *self.failure.lock().unwrap() = failure;
    }
}

#[async_trait]
impl Notifier for FakeChannel {
    fn channel(&self) -> Channel {
        Channel::Topic
    }

    async fn deliver(&self, notice: &Notice) -> Result<(), StorageError> {
        if let Some(kind) = *self.failure.lock().unwrap() {
            return Err(StorageError::new(kind, "deliver notice", notice.event));
        }
        self.told.lock().unwrap().push(notice.clone());
        Ok(())
    }
}

async fn deliver(world: &World) -> Delivered {
    world.services.notifying.deliver(&Principal::System).await.unwrap()
}

fn leases_run_out(world: &World) {
    world.pass(SignedDuration::from_secs(61));
}

#[tokio::test]
async fn an_upload_becomes_one_notice_when_all_of_it_is_ready() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photos = [
        world.photo(&studio, gallery, "one").await,
        world.photo(&studio, gallery, "two").await,
        world.send(&studio, gallery, "three").await,
    ];
    assert_eq!(deliver(&world).await, Delivered { settled: 0, waiting: 2 });
    world.run_jobs().await;
    leases_run_out(&world);
    assert_eq!(deliver(&world).await, Delivered { settled: 3, waiting: 0 });
    let told = world.channel.take();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind, told[0].title.as_str()), (EventKind::PhotoReady, "3 photos are ready"));
    assert!(told[0].text.contains("Ceremony"), "{}", told[0].text);
    let link = &told[0].link.as_ref().unwrap().0;
    let pages = photos.map(|photo| format!("/galleries/{gallery}?photo={photo}"));
    assert!(pages.contains(link), "{link}");
    leases_run_out(&world);
    assert_eq!(deliver(&world).await, Delivered::default());
}

#[tokio::test]
async fn a_notice_does_not_wait_for_ever() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    world.send(&studio, gallery, "two").await;
    world.pass(SignedDuration::from_mins(11));
    assert_eq!(deliver(&world).await.settled, 1);
    assert_eq!(world.channel.take()[0].title, "IMG_0412.JPG is ready");
}

#[tokio::test]
async fn a_channel_that_is_out_of_order_or_refuses_us_is_asked_again_and_one_that_cannot_take_it_is_not() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    let mendable =
        [StorageErrorKind::Unavailable, StorageErrorKind::PermissionDenied, StorageErrorKind::NotFound];
    for kind in mendable {
        world.channel.fail_with(Some(kind));
        assert_eq!(deliver(&world).await, Delivered { settled: 0, waiting: 1 }, "{kind:?}");
        assert_eq!(deliver(&world).await, Delivered::default(), "the events are leased");
        leases_run_out(&world);
    }
    world.channel.fail_with(None);
    assert_eq!(deliver(&world).await.settled, 1);
    assert_eq!(world.channel.take().len(), 1);
    world.photo(&studio, gallery, "two").await;
    world.channel.fail_with(Some(StorageErrorKind::Unexpected));
    assert_eq!(deliver(&world).await.settled, 1);
}

#[tokio::test]
async fn what_no_channel_took_within_three_days_is_no_news() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    world.channel.fail_with(Some(StorageErrorKind::NotFound));
    world.pass(SignedDuration::from_hours(71));
    assert_eq!(deliver(&world).await, Delivered { settled: 0, waiting: 1 });
    world.pass(SignedDuration::from_hours(2));
    assert_eq!(deliver(&world).await, Delivered { settled: 1, waiting: 0 });
}

#[tokio::test]
async fn a_channel_that_the_studio_did_not_choose_hears_nothing() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let notifications = [(EventKind::PhotoReady, Some(vec![Channel::Email]))].into_iter().collect();
    let change = StudioChange { notifications, ..StudioChange::default() };
    world.services.accounts.change_studio(&studio, change, None).await.unwrap();
    world.photo(&studio, gallery, "one").await;
    assert_eq!(deliver(&world).await.settled, 1);
    assert_eq!(world.channel.take().len(), 0);
}

#[tokio::test]
async fn photos_of_a_deleted_gallery_are_no_news() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    world.services.galleries.delete(&studio, gallery).await.unwrap();
    deliver(&world).await;
    assert_eq!(world.channel.take().len(), 0);
}

#[tokio::test]
async fn only_the_system_delivers() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    assert!(world.services.notifying.deliver(&studio).await.is_err());
}

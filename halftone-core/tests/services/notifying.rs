//! Notices: what is told, to whom, what waits, and what a crash leaves.

mod crashes;
mod inbox;
mod listeners;
mod orders;

use std::sync::Mutex;

use async_trait::async_trait;
use halftone_core::access::Principal;
use halftone_core::event::EventKind;
use halftone_core::ports::notifier::{DeliveryError, Notice, Notifier, Recipient, Verdict};
use halftone_core::services::accounts::StudioChange;
use halftone_core::services::notifying::Delivered;
use halftone_core::studio::Channel;
use jiff::SignedDuration;

use crate::world::World;

/// A channel that remembers its notices, and can be out of order.
#[derive(Debug)]
pub(crate) struct FakeChannel {
    channel: Channel,
    told: Mutex<Vec<(Notice, Recipient)>>,
    failure: Mutex<Option<Verdict>>,
}

impl FakeChannel {
    pub(crate) fn new(channel: Channel) -> Self {
        Self { channel, told: Mutex::default(), failure: Mutex::default() }
    }

    /// What was told since the last look.
    pub(crate) fn take(&self) -> Vec<Notice> {
        self.take_with_recipients().into_iter().map(|(notice, _)| notice).collect()
    }

    pub(crate) fn take_with_recipients(&self) -> Vec<(Notice, Recipient)> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    pub(crate) fn fail_with(&self, failure: Option<Verdict>) {
        *self.failure.lock().unwrap() = failure;
    }

    fn outcome(&self) -> Result<(), DeliveryError> {
        match *self.failure.lock().unwrap() {
            Some(verdict) => Err(DeliveryError::new(verdict, "the channel is out of order")),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Notifier for FakeChannel {
    fn channel(&self) -> Channel {
        self.channel
    }

    async fn admit(&self, _recipient: &Recipient) -> Result<(), DeliveryError> {
        self.outcome()
    }

    async fn deliver(&self, notice: &Notice, recipient: &Recipient) -> Result<(), DeliveryError> {
        self.outcome()?;
        self.told.lock().unwrap().push((notice.clone(), recipient.clone()));
        Ok(())
    }
}

const AGAIN: Verdict = Verdict::TryAgain { after: None };

pub(crate) async fn deliver(world: &World) -> Delivered {
    world.services.notifying.deliver(&Principal::System).await.unwrap()
}

/// The same, of events alone.
async fn settle(world: &World) -> (usize, usize) {
    let delivered = deliver(world).await;
    (delivered.settled, delivered.waiting)
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
    assert_eq!(settle(&world).await, (0, 2));
    world.run_jobs().await;
    leases_run_out(&world);
    assert_eq!(settle(&world).await, (3, 0));
    let told = world.channel.take();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind(), told[0].title.as_str()), (Some(EventKind::PhotoReady), "3 photos are ready"));
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
async fn a_channel_that_is_out_of_order_is_asked_again_ever_more_rarely_and_then_given_up() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    world.channel.fail_with(Some(AGAIN));
    let first = deliver(&world).await;
    assert_eq!((first.settled, first.postponed), (1, 1), "the event is settled all the same");
    assert_eq!(deliver(&world).await, Delivered::default(), "nothing is due");
    let (mut tries, mut ended) = (1, 0);
    while ended == 0 {
        world.pass(SignedDuration::from_secs(30));
        let delivered = deliver(&world).await;
        tries += delivered.postponed + delivered.ended;
        ended = delivered.ended;
        assert!(tries < 100);
    }
    // 72 hours, with waits of up to an hour and a fifth.
    assert!((60..90).contains(&tries), "{tries}");
    world.channel.fail_with(None);
    world.pass(SignedDuration::from_hours(200));
    assert_eq!(deliver(&world).await, Delivered::default());
    assert_eq!(world.channel.take().len(), 0);
}

#[tokio::test]
async fn what_a_channel_can_never_take_is_not_tried_again() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    world.channel.fail_with(Some(Verdict::Refused));
    assert_eq!(deliver(&world).await.ended, 1);
    world.channel.fail_with(None);
    world.pass(SignedDuration::from_hours(100));
    assert_eq!(deliver(&world).await, Delivered::default());
}

#[tokio::test]
async fn old_records_are_forgotten() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    world.photo(&studio, gallery, "one").await;
    deliver(&world).await;
    let forget = || world.services.notifying.forget(&Principal::System);
    assert_eq!(forget().await.unwrap(), 0);
    world.pass(SignedDuration::from_hours(31 * 24));
    assert_eq!(forget().await.unwrap(), 1, "the delivery");
    world.pass(SignedDuration::from_hours(60 * 24));
    assert_eq!(forget().await.unwrap(), 1, "the notification");
    assert!(world.services.notifying.forget(&studio).await.is_err());
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

//! Telling people what happened: events of the outbox become notifications, and notifications are delivered.
//!
//! # Why nothing is lost and nothing told twice
//! An event leaves the outbox only after its notification and the record of every delivery are written. Both have ids that
//! follow from the event, so that whoever begins anew after a crash finds what was written and adds what is missing. Each
//! delivery is then tried by itself: a channel that is out of order keeps its own deliveries waiting and nobody else's.
//! A crash between a delivery and its record makes the same delivery again, with the same event id, by which receivers
//! recognise it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::access::{AccessDenied, Action, Principal, authorise};
use crate::delivery::{Delivery, DeliveryTarget};
use crate::event::{Event, EventKind, EventSubject};
use crate::id::{EventId, GalleryId, PhotoId, StudioId};
use crate::notification::{Listing, Notification};
use crate::page::PageLimit;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::notifier::Notice;
use crate::services::subscribing::finish_endings;
use crate::services::{Dependencies, Shared};
use crate::studio::{Channel, NotificationChoices, Studio};

mod dispatching;
mod mails;
mod recipients;
mod wording;

/// Delivers notices.
#[derive(Debug, Clone)]
pub struct NotifyingService {
    world: Shared,
}

/// Why a delivery failed.
#[derive(Debug, thiserror::Error)]
pub enum NotifyingError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What one look at the outbox and at the deliveries did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Events that are notifications now, or concern nobody.
    pub settled: usize,
    /// Events that wait for the rest of their upload.
    pub waiting: usize,
    /// Deliveries that somebody took.
    pub delivered: usize,
    /// Deliveries that failed and are tried again.
    pub postponed: usize,
    /// Deliveries that ended otherwise: given up, or without a recipient.
    pub ended: usize,
}

/// Events of one kind in one gallery become one notice, so that 1,500 photos are not 1,500 mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bundle {
    studio: StudioId,
    gallery: GalleryId,
    kind: EventKind,
}

/// What a bundle holds: its events in order, with the photos they are about.
type Bundles = BTreeMap<Bundle, Vec<(Event, PhotoId)>>;

impl NotifyingService {
    /// How many events one call takes.
    pub const MOST_EVENTS: usize = 500;
    /// For how long the events of a call belong to it.
    const LEASE: SignedDuration = SignedDuration::from_secs(60);
    /// The longest that a notice waits for the rest of its upload.
    const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
    /// How many old records one call forgets.
    const FORGOTTEN_AT_ONCE: PageLimit = PageLimit::MOST;

    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Makes notifications of the events that wait, and tries the deliveries that are due. Run it every few seconds.
    ///
    /// # Errors
    /// The store failed. What was not done is done by the next call.
    pub async fn deliver(&self, principal: &Principal) -> Result<Delivered, NotifyingError> {
        authorise(principal, Action::RunJobs)?;
        let mut delivered = Delivered::default();
        self.take_events(&mut delivered).await?;
        self.dispatch(&mut delivered).await?;
        Ok(delivered)
    }

    /// Forgets what is too old to be shown: notifications after 90 days, records of deliveries after 30. Run it every few
    /// minutes; each call forgets at most 500 of each.
    ///
    /// # Errors
    /// The store failed.
    pub async fn forget(&self, principal: &Principal) -> Result<usize, NotifyingError> {
        authorise(principal, Action::RunJobs)?;
        let (metadata, now) = (self.world().metadata(), self.world().clock.now());
        let (notifications, deliveries) = (&metadata.notifications, &metadata.deliveries);
        let most = Self::FORGOTTEN_AT_ONCE;
        Ok(notifications.forget_before(now - Notification::KEPT_FOR, most).await?
            + deliveries.forget_before(now - Delivery::KEPT_FOR, most).await?)
    }

    async fn take_events(&self, delivered: &mut Delivered) -> Result<(), StorageError> {
        let events = self.world().metadata().outbox.claim(Self::MOST_EVENTS, Self::LEASE).await?;
        let (bundles, singles) = bundle(events);
        for event in singles {
            let outcome = self.tell(&event).await;
            self.settle(outcome.map(|()| vec![event.id]), 1, delivered).await?;
        }
        for (bundle, events) in bundles {
            let outcome = self.tell_bundle(bundle, &events).await;
            self.settle(outcome, events.len(), delivered).await?;
        }
        Ok(())
    }

    /// Takes what was told out of the outbox. What cannot be told because something is damaged waits for somebody to mend it,
    /// and holds nobody else up.
    async fn settle(
        &self,
        told: Result<Vec<EventId>, StorageError>,
        of: usize,
        delivered: &mut Delivered,
    ) -> Result<(), StorageError> {
        let told = match told {
            Ok(told) => told,
            Err(error) if error.kind().is_transient() => return Err(error),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "an event cannot be told and waits");
                Vec::new()
            }
        };
        if !told.is_empty() {
            self.world().metadata().outbox.acknowledge(&told).await?;
        }
        delivered.settled += told.len();
        delivered.waiting += of - told.len();
        Ok(())
    }

    /// Tells about one event.
    async fn tell(&self, event: &Event) -> Result<(), StorageError> {
        let Some(studio) = self.world().metadata().studios.find(event.studio).await? else { return Ok(()) };
        let Some(notice) = wording::of_event(self.world(), event).await? else { return Ok(()) };
        self.record(&studio.value, notice, event.id).await.map(drop)
    }

    /// Tells about a bundle, and gives the events that are told by it: none if it has to wait.
    async fn tell_bundle(
        &self,
        bundle: Bundle,
        events: &[(Event, PhotoId)],
    ) -> Result<Vec<EventId>, StorageError> {
        let metadata = self.world().metadata();
        let all = || events.iter().map(|(event, _)| event.id).collect();
        let studio = metadata.studios.find(bundle.studio).await?;
        let gallery = metadata.galleries.find(bundle.studio, bundle.gallery).await?;
        let (Some(studio), Some(gallery)) = (studio, gallery) else {
            return Ok(all());
        };
        if self.is_upload_running(bundle, events).await? {
            return Ok(Vec::new());
        }
        let Some(notice) = wording::of_photos(self.world(), &gallery.value, events).await? else {
            return Ok(all());
        };
        finish_endings(self.world(), &studio).await?;
        let last = events.last().map_or(notice.event, |(event, _)| event.id);
        let told = self.record(&studio.value, notice, last).await?;
        // What came after a crash to a bundle that was told before it gets a notification of its own.
        Ok(events.iter().map(|(event, _)| event.id).filter(|event| *event <= told.through).collect())
    }

    /// Whether more of the same is to come soon.
    async fn is_upload_running(
        &self,
        bundle: Bundle,
        events: &[(Event, PhotoId)],
    ) -> Result<bool, StorageError> {
        let oldest = events.iter().map(|(event, _)| event.at).min().unwrap_or(Timestamp::UNIX_EPOCH);
        if self.world().clock.now() >= oldest + Self::PATIENCE {
            return Ok(false);
        }
        let counts = self.world().metadata().photos.count_by_gallery(bundle.studio, bundle.gallery).await?;
        Ok(counts.uploaded + counts.processing > 0)
    }

    /// Writes a notification and plans its deliveries; finds what was written before a crash.
    async fn record(
        &self,
        studio: &Studio,
        notice: Notice,
        through: EventId,
    ) -> Result<Notification, StorageError> {
        let now = self.world().clock.now();
        let listing = listing_of(&studio.notifications, &notice);
        let notification = Notification { notice, through, listing, created_at: now };
        let notification = self.create_or_find(studio.id, notification).await?;
        for target in self.targets(studio, &notification.notice).await? {
            self.plan(&Delivery::plan(studio.id, notification.id(), target, now)).await?;
        }
        Ok(notification)
    }

    async fn create_or_find(
        &self,
        studio: StudioId,
        notification: Notification,
    ) -> Result<Notification, StorageError> {
        let notifications = &self.world().metadata().notifications;
        match notifications.create(&notification).await {
            Ok(()) => Ok(notification),
            Err(error) if error.kind() == StorageErrorKind::AlreadyExists => {
                notifications.find(studio, notification.id()).await?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    async fn plan(&self, delivery: &Delivery) -> Result<(), StorageError> {
        match self.world().metadata().deliveries.create(delivery).await {
            Err(error) if error.kind() == StorageErrorKind::AlreadyExists => Ok(()),
            outcome => outcome,
        }
    }

    /// To whom a notice goes, by channels that this installation has and the studio wants.
    async fn targets(&self, studio: &Studio, notice: &Notice) -> Result<Vec<DeliveryTarget>, StorageError> {
        let Some(subject) = notice.subject else { return Ok(Vec::new()) };
        let kind = subject.kind();
        let goes_by =
            |channel| self.world().has_channel(channel) && studio.notifications.includes(kind, channel);
        let mut targets = Vec::new();
        if goes_by(Channel::Topic) && is_about_processing(kind) {
            targets.push(DeliveryTarget::Topic);
        }
        if goes_by(Channel::Email) {
            targets.push(DeliveryTarget::Owner);
        }
        if let (EventSubject::OrderPlaced { order } | EventSubject::OrderAmended { order }, true) =
            (subject, self.world().has_channel(Channel::Email))
        {
            // A confirmation is the client's; the studio's choices are about itself.
            targets.push(DeliveryTarget::Client { order });
        }
        if let Some(listeners) = self.world().metadata().listeners.find(studio.id).await? {
            let devices = listeners.value.devices.iter().map(recipients::target_of);
            targets.extend(devices.filter(|target| goes_by(target.channel())));
            if goes_by(Channel::Webhook) {
                let hearing = listeners.value.webhooks.iter().filter(|webhook| webhook.hears(kind));
                targets.extend(hearing.map(|webhook| DeliveryTarget::Webhook(webhook.id)));
            }
        }
        Ok(targets)
    }
}

impl Dependencies {
    /// Whether this installation can deliver by a channel.
    pub(crate) fn has_channel(&self, channel: Channel) -> bool {
        match channel {
            Channel::InApp => true,
            Channel::Email => self.mail.is_some(),
            Channel::WebPush | Channel::Fcm | Channel::Webhook | Channel::Topic => {
                self.notifiers.iter().any(|notifier| notifier.channel() == channel)
            }
        }
    }
}

fn listing_of(choices: &NotificationChoices, notice: &Notice) -> Listing {
    let is_listed = notice.kind().is_some_and(|kind| choices.includes(kind, Channel::InApp));
    if is_listed { Listing::Listed } else { Listing::Hidden }
}

/// Whether the topic is for this kind of event: whoever subscribes to it asked for notices of processing.
const fn is_about_processing(kind: EventKind) -> bool {
    match kind {
        EventKind::PhotoReady | EventKind::PhotoFailed | EventKind::PhotoReshaped => true,
        EventKind::OrderPlaced
        | EventKind::OrderAmended
        | EventKind::OrderMoved
        | EventKind::SelectionSubmitted
        | EventKind::ShareOpened => false,
    }
}

/// Puts events of photos together by kind and gallery. The others stand alone.
fn bundle(events: Vec<Event>) -> (Bundles, Vec<Event>) {
    let (mut bundles, mut singles) = (Bundles::new(), Vec::new());
    for event in events {
        match event.subject {
            EventSubject::PhotoReady { photo, gallery }
            | EventSubject::PhotoFailed { photo, gallery }
            | EventSubject::PhotoReshaped { photo, gallery } => {
                let key = Bundle { studio: event.studio, gallery, kind: event.subject.kind() };
                bundles.entry(key).or_default().push((event, photo));
            }
            EventSubject::OrderPlaced { .. }
            | EventSubject::OrderAmended { .. }
            | EventSubject::OrderMoved { .. }
            | EventSubject::SelectionSubmitted { .. }
            | EventSubject::ShareOpened { .. } => singles.push(event),
        }
    }
    (bundles, singles)
}

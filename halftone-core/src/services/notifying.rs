//! Telling people what happened: events of the outbox become notices on the studio's channels.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::access::{AccessDenied, Action, Principal, authorise};
use crate::event::{Event, EventKind, EventSubject};
use crate::gallery::Gallery;
use crate::id::{EventId, GalleryId, PhotoId, StudioId};
use crate::photo::Photo;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::notifier::{Notice, Notifier};
use crate::ports::urls::LinkTarget;
use crate::services::subscribing::finish_endings;
use crate::services::{Dependencies, Shared};
use crate::studio::Studio;

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

/// What one look at the outbox did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Events that are done with.
    pub settled: usize,
    /// Events that wait: for the rest of their upload, or for a channel that is out of order.
    pub waiting: usize,
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
    /// After this long, nobody has to be told any more.
    const NEWS: SignedDuration = SignedDuration::from_hours(72);
    /// How many photos a notice names.
    const MOST_NAMES: usize = 5;

    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Whether anybody can be told at all. Where nobody can, events wait.
    pub fn has_channels(&self) -> bool {
        !self.world().notifiers.is_empty()
    }

    /// Takes the events that wait and tells the channels that their studios chose. Run it every half minute or so.
    ///
    /// An event is settled once every channel took it or can never take it. A channel that fails for the moment, or until
    /// somebody mends it, gets it again later, and so do the others: deliveries are at least once. What no channel took
    /// within three days is no news any more.
    ///
    /// # Errors
    /// The store failed.
    pub async fn deliver(&self, principal: &Principal) -> Result<Delivered, NotifyingError> {
        authorise(principal, Action::RunJobs)?;
        if !self.has_channels() {
            return Ok(Delivered::default());
        }
        let events = self.world().metadata().outbox.claim(Self::MOST_EVENTS, Self::LEASE).await?;
        let mut delivered = Delivered::default();
        let (bundles, silent) = bundle(events);
        self.settle(&silent, &mut delivered).await?;
        for (bundle, events) in bundles {
            if self.tell(bundle, &events).await? {
                let ids: Vec<EventId> = events.iter().map(|(event, _)| event.id).collect();
                self.settle(&ids, &mut delivered).await?;
            } else {
                delivered.waiting += events.len();
            }
        }
        Ok(delivered)
    }

    async fn settle(&self, events: &[EventId], delivered: &mut Delivered) -> Result<(), StorageError> {
        if !events.is_empty() {
            self.world().metadata().outbox.acknowledge(events).await?;
            delivered.settled += events.len();
        }
        Ok(())
    }

    /// Tells all channels about a bundle; `false` if it has to wait.
    async fn tell(&self, bundle: Bundle, events: &[(Event, PhotoId)]) -> Result<bool, StorageError> {
        let metadata = self.world().metadata();
        let studio = metadata.studios.find(bundle.studio).await?;
        let gallery = metadata.galleries.find(bundle.studio, bundle.gallery).await?;
        let (Some(studio), Some(gallery)) = (studio, gallery) else {
            return Ok(true);
        };
        if self.is_upload_running(bundle, events).await? {
            return Ok(false);
        }
        let Some(notice) = self.notice(bundle, &gallery.value, events).await? else {
            return Ok(true);
        };
        finish_endings(self.world(), &studio).await?;
        let is_old =
            events.last().is_some_and(|(event, _)| self.world().clock.now() >= event.at + Self::NEWS);
        let mut is_settled = true;
        for notifier in channels(self.world(), &studio.value, bundle.kind) {
            if let Err(error) = notifier.deliver(&notice).await {
                let channel = notifier.channel().as_str();
                let cause = &error as &dyn std::error::Error;
                let is_lost = is_old || !may_succeed_later(error.kind());
                if is_lost {
                    tracing::error!(error = cause, channel, event.id = %notice.event, "a notice is lost");
                } else {
                    tracing::warn!(error = cause, channel, event.id = %notice.event, "a notice waits");
                }
                is_settled &= is_lost;
            }
        }
        Ok(is_settled)
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

    /// What is told, or `None` if all the photos are gone.
    async fn notice(
        &self,
        bundle: Bundle,
        gallery: &Gallery,
        events: &[(Event, PhotoId)],
    ) -> Result<Option<Notice>, StorageError> {
        let ids: Vec<PhotoId> = events.iter().map(|(_, photo)| *photo).collect();
        let found = self.world().metadata().photos.find_many(bundle.studio, &ids).await?;
        let photos: Vec<Photo> = found.into_iter().map(|photo| photo.value).collect();
        let (Some((event, _)), Some(first)) = (events.last(), photos.first()) else {
            return Ok(None);
        };
        let (title, text) = wording(bundle.kind, gallery, &photos);
        let link = Some(page_of(first));
        Ok(Some(Notice { event: event.id, studio: bundle.studio, kind: bundle.kind, title, text, link }))
    }
}

/// Puts events of a kind and gallery together. What no channel tells yet is given apart.
fn bundle(events: Vec<Event>) -> (Bundles, Vec<EventId>) {
    let (mut bundles, mut silent) = (Bundles::new(), Vec::new());
    for event in events {
        match event.subject {
            EventSubject::PhotoReady { photo, gallery } | EventSubject::PhotoFailed { photo, gallery } => {
                let key = Bundle { studio: event.studio, gallery, kind: event.subject.kind() };
                bundles.entry(key).or_default().push((event, photo));
            }
            EventSubject::OrderPlaced { .. }
            | EventSubject::OrderAmended { .. }
            | EventSubject::OrderMoved { .. }
            | EventSubject::SelectionSubmitted { .. }
            | EventSubject::ShareOpened { .. } => silent.push(event.id),
        }
    }
    (bundles, silent)
}

/// The page on which the studio sees a photo. Notices lie in mailboxes for years, so they hold no URL of a picture, which
/// opens it for whoever has the URL, and for no longer than an hour.
fn page_of(photo: &Photo) -> LinkTarget {
    LinkTarget(format!("/galleries/{}?photo={}", photo.gallery, photo.id))
}

/// Whether a channel that failed so may take the same notice later: by itself, or once somebody has given it back its
/// permission or its topic.
const fn may_succeed_later(kind: StorageErrorKind) -> bool {
    matches!(
        kind,
        StorageErrorKind::Unavailable | StorageErrorKind::PermissionDenied | StorageErrorKind::NotFound
    )
}

/// The channels that the studio chose for this kind of event.
fn channels<'world>(
    world: &'world Dependencies,
    studio: &'world Studio,
    kind: EventKind,
) -> impl Iterator<Item = &'world Arc<dyn Notifier>> {
    let chosen = studio.notifications.chosen.get(&kind);
    world
        .notifiers
        .iter()
        .filter(move |notifier| chosen.is_none_or(|channels| channels.contains(&notifier.channel())))
}

fn wording(kind: EventKind, gallery: &Gallery, photos: &[Photo]) -> (String, String) {
    let count = match photos {
        [photo] => photo.filename.to_string(),
        _ => format!("{} photos", photos.len()),
    };
    let verb = if photos.len() == 1 { "is" } else { "are" };
    let names: Vec<String> =
        photos.iter().take(NotifyingService::MOST_NAMES).map(|photo| photo.filename.to_string()).collect();
    let rest = photos.len() - names.len();
    let and_more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let names = format!("{}{and_more}", names.join(", "));
    let gallery = &gallery.name;
    match kind {
        EventKind::PhotoFailed => (
            format!("{count} cannot be processed"),
            format!("In the gallery {gallery}: {names}. The studio tells the reason of each."),
        ),
        _ => (format!("{count} {verb} ready"), format!("In the gallery {gallery}: {names}.")),
    }
}

//! Watching a studio: what changed since the last look, read from the stores.
//!
//! A [`Watch`] is a place in time. Whoever holds one looks again and again with [`WatchingService::look`], every second
//! while something happens and every five when nothing does ([`WatchingService::BUSY`], [`WatchingService::IDLE`]); the core
//! has no timers of its own. Everything comes from the stores, so that it does not matter which server made a change. What is
//! told is a hint to read again and never the only copy of anything.
//!
//! # Why nothing is missed
//! Changes are found by the instants that they carry, and a write can become visible a little after its instant, or carry
//! that of another server's clock. So each look goes back by [`WatchingService::OVERLAP`] behind the one before and passes over
//! what was told. Clocks that disagree by more than that lose hints. A watch that is resumed has no memory of what was
//! told and tells the overlap again: receivers must bear repetition.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use crate::access::{AccessDenied, Principal};
use crate::id::{ClientId, EventId, GalleryId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use crate::notification::Notification;
use crate::order::{Order, OrderEventKind, OrderState};
use crate::page::PageLimit;
use crate::ports::error::StorageError;
use crate::ports::photos::PhotoCounts;
use crate::selection::ClientSelections;
use crate::services::{Dependencies, Shared};

/// Tells a studio what changed.
#[derive(Debug, Clone)]
pub struct WatchingService {
    world: Shared,
}

/// Why a look failed.
#[derive(Debug, thiserror::Error)]
pub enum WatchingError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// The store failed. The watch is where it was, so the look can be taken again.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// The photos of a gallery came into other states.
    GalleryProgress {
        /// Which gallery.
        gallery: GalleryId,
        /// How many photos it has now, by state.
        photos: PhotoCounts,
    },
    /// An order was placed, amended or moved on.
    OrderChanged {
        /// Which order.
        order: OrderId,
        /// The gallery of its first line.
        gallery: GalleryId,
        /// The state that it was in after the change.
        state: OrderState,
        /// What happened.
        change: OrderChangeKind,
        /// When.
        at: Timestamp,
    },
    /// A client submitted a selection.
    SelectionSubmitted {
        /// Which selection.
        selection: SelectionId,
        /// Whose.
        client: ClientId,
        /// Through which share.
        share: ShareId,
        /// When.
        at: Timestamp,
    },
    /// The list of notifications has a new one.
    NotificationCreated {
        /// What it says.
        notification: Box<Notification>,
    },
}

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderChangeKind {
    /// The client placed it.
    Placed,
    /// The client amended it.
    Amended,
    /// It came into another state.
    Transition,
    /// The studio said how far its payment is.
    Invoice,
}

impl OrderChangeKind {
    /// The word of the API: `placed`, `amended`, `transition` or `invoice`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Amended => "amended",
            Self::Transition => "transition",
            Self::Invoice => "invoice",
        }
    }
}

/// A place in a studio's time, and what was told around it.
#[derive(Debug)]
pub struct Watch {
    studio: StudioId,
    /// From here on, the next look reads.
    since: Timestamp,
    told: Told,
    /// The counts that were told last, or found when the watch began.
    progress: HashMap<GalleryId, PhotoCounts>,
    mark: Timestamp,
}

/// What was told of the changes at or after a watch's `since`.
#[derive(Debug, Default)]
struct Told {
    photos: HashMap<PhotoId, Timestamp>,
    /// How many of an order's events.
    orders: HashMap<OrderId, usize>,
    selections: HashMap<SelectionId, Timestamp>,
    notifications: BTreeSet<EventId>,
}

/// How a watch began.
#[derive(Debug)]
pub enum Begun {
    /// It begins now, or goes on from the mark.
    At(Watch),
    /// It begins now although there was a mark, which is too old or none of ours: what happened in between is not told, so
    /// everything must be read again.
    Anew(Watch),
}

impl Watch {
    /// The text that lets [`WatchingService::begin`] go on from behind the last look. Tell it with the last of what the look
    /// found, not before.
    pub fn mark(&self) -> String {
        self.mark.to_string()
    }
}

impl WatchingService {
    /// How long to wait for the next look while something happens.
    pub const BUSY: SignedDuration = SignedDuration::from_secs(1);
    /// How long to wait at most when nothing happens.
    pub const IDLE: SignedDuration = SignedDuration::from_secs(5);
    /// How far a look goes back behind the one before.
    pub const OVERLAP: SignedDuration = SignedDuration::from_secs(10);
    /// How old a mark may be.
    pub const OLDEST_MARK: SignedDuration = SignedDuration::from_hours(24);

    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Begins to watch the caller's studio: from now on, or from behind the look after which `mark` was told.
    pub async fn begin(&self, principal: &Principal, mark: Option<&str>) -> Result<Begun, WatchingError> {
        let studio = principal.manage()?;
        let now = self.world().clock.now();
        // Why `ok`: a mark that is none of ours is answered like one that is too old.
        let read = mark.and_then(|mark| mark.parse::<Timestamp>().ok());
        let known = read.filter(|mark| *mark <= now + Self::OVERLAP && now <= *mark + Self::OLDEST_MARK);
        let from = known.unwrap_or(now);
        let mut watch = Watch {
            studio,
            since: from - Self::OVERLAP,
            told: Told::default(),
            progress: HashMap::new(),
            mark: from,
        };
        if known.is_some() {
            return Ok(Begun::At(watch));
        }
        // What happened just before is old to a caller who reads everything now; but what becomes visible only later is not.
        self.look(principal, &mut watch).await?;
        Ok(if mark.is_some() { Begun::Anew(watch) } else { Begun::At(watch) })
    }

    /// What changed since the last look, in the order of orders, selections, galleries, notifications. If it fails, nothing was told
    /// and the watch stays where it was.
    pub async fn look(
        &self,
        principal: &Principal,
        watch: &mut Watch,
    ) -> Result<Vec<Happening>, WatchingError> {
        let studio = principal.manage()?;
        if studio != watch.studio {
            return Err(AccessDenied::WrongPrincipal.into());
        }
        let now = self.world().clock.now();
        let mut found = Vec::new();
        let orders = self.orders(watch, &mut found).await?;
        let selections = self.selections(watch, &mut found).await?;
        let (photos, progress) = self.galleries(watch, &mut found).await?;
        let notifications = self.notifications(watch, &mut found).await?;
        watch.told = Told { photos, orders, selections, notifications };
        watch.progress.extend(progress);
        watch.since = watch.since.max(now - Self::OVERLAP);
        watch.mark = now;
        Ok(found)
    }

    async fn orders(
        &self,
        watch: &Watch,
        found: &mut Vec<Happening>,
    ) -> Result<HashMap<OrderId, usize>, StorageError> {
        let orders = &self.world().metadata().orders;
        let mut told = HashMap::new();
        let mut since = watch.since;
        loop {
            let changed = orders.list_changed(watch.studio, since, PageLimit::MOST).await?;
            for order in changed.iter().map(|order| &order.value) {
                if told.insert(order.id, order.events.len()).is_none() {
                    found.extend(order_changes(order, watch));
                }
            }
            match next(&changed, since, |order| order.value.updated_at) {
                Some(next) => since = next,
                None => return Ok(told),
            }
        }
    }

    async fn selections(
        &self,
        watch: &Watch,
        found: &mut Vec<Happening>,
    ) -> Result<HashMap<SelectionId, Timestamp>, StorageError> {
        let selections = &self.world().metadata().selections;
        let mut told = HashMap::new();
        let mut since = watch.since;
        loop {
            let submitted = selections.list_submitted(watch.studio, since, PageLimit::MOST).await?;
            for document in submitted.iter().map(|document| &document.value) {
                for (selection, at) in submissions(document, watch.since) {
                    let is_new = told.insert(selection, at).is_none();
                    if is_new && watch.told.selections.get(&selection) != Some(&at) {
                        let (client, share) = (document.client, document.share);
                        found.push(Happening::SelectionSubmitted { selection, client, share, at });
                    }
                }
            }
            let latest = |document: &crate::page::Versioned<ClientSelections>| {
                document.value.latest_submission().unwrap_or(since)
            };
            match next(&submitted, since, latest) {
                Some(next) => since = next,
                None => return Ok(told),
            }
        }
    }

    async fn galleries(
        &self,
        watch: &Watch,
        found: &mut Vec<Happening>,
    ) -> Result<(HashMap<PhotoId, Timestamp>, HashMap<GalleryId, PhotoCounts>), StorageError> {
        let photos = &self.world().metadata().photos;
        let (mut told, mut touched) = (HashMap::new(), BTreeSet::new());
        let mut since = watch.since;
        loop {
            let changed = photos.list_changed(watch.studio, since, PageLimit::MOST).await?;
            for change in &changed {
                told.insert(change.photo, change.at);
                if watch.told.photos.get(&change.photo) != Some(&change.at) {
                    touched.insert(change.gallery);
                }
            }
            match next(&changed, since, |change| change.at) {
                Some(next) => since = next,
                None => break,
            }
        }
        let mut progress = HashMap::new();
        for gallery in touched {
            let photos = photos.count_by_gallery(watch.studio, gallery).await?;
            if watch.progress.get(&gallery) != Some(&photos) {
                progress.insert(gallery, photos);
                found.push(Happening::GalleryProgress { gallery, photos });
            }
        }
        Ok((told, progress))
    }

    async fn notifications(
        &self,
        watch: &Watch,
        found: &mut Vec<Happening>,
    ) -> Result<BTreeSet<EventId>, StorageError> {
        let notifications = &self.world().metadata().notifications;
        let mut told = BTreeSet::new();
        let mut since = watch.since;
        loop {
            let created = notifications.list_created(watch.studio, since, PageLimit::MOST).await?;
            let goes_on = next(&created, since, |notification| notification.created_at);
            for notification in created {
                let id = notification.id();
                if told.insert(id) && !watch.told.notifications.contains(&id) {
                    found.push(Happening::NotificationCreated { notification: Box::new(notification) });
                }
            }
            match goes_on {
                Some(next) => since = next,
                None => return Ok(told),
            }
        }
    }
}

/// Where the reading of changes goes on after a full page; `None` after the last one.
fn next<T>(page: &[T], since: Timestamp, at: impl Fn(&T) -> Timestamp) -> Option<Timestamp> {
    if page.len() < PageLimit::MOST.get() {
        return None;
    }
    let last = page.last().map(at)?;
    // A page full of one instant would be read for ever.
    Some(if last > since { last } else { since + SignedDuration::from_nanos(1) })
}

/// The events of an order that were not told yet.
fn order_changes(order: &Order, watch: &Watch) -> Vec<Happening> {
    let told = watch.told.orders.get(&order.id).copied();
    let mut state = OrderState::Submitted;
    let mut changes = Vec::new();
    for (position, event) in order.events.iter().enumerate() {
        let change = match event.kind {
            OrderEventKind::Amended => OrderChangeKind::Amended,
            OrderEventKind::Invoice(_) => OrderChangeKind::Invoice,
            OrderEventKind::Reached(OrderState::Submitted) => OrderChangeKind::Placed,
            OrderEventKind::Reached(reached) => {
                state = reached;
                OrderChangeKind::Transition
            }
        };
        let is_new = told.map_or(event.at >= watch.since, |told| position >= told);
        if is_new {
            let (order, gallery, at) = (order.id, order.gallery, event.at);
            changes.push(Happening::OrderChanged { order, gallery, state, change, at });
        }
    }
    changes
}

/// The selections of a document that were submitted since an instant.
fn submissions(
    document: &ClientSelections,
    since: Timestamp,
) -> impl Iterator<Item = (SelectionId, Timestamp)> {
    let submitted = document
        .selections
        .iter()
        .filter_map(|selection| Some((selection.id, selection.state.submitted_at()?)));
    submitted.filter(move |(_, at)| *at >= since)
}

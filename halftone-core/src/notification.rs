//! Notifications: what a studio is told about one event, kept for the list inside the web UI and for every channel.

use jiff::{SignedDuration, Timestamp};

use crate::id::EventId;
use crate::ports::notifier::Notice;

/// What a studio was told, with what the list inside the web UI needs.
///
/// It bears the id of the event, or of the first of the events that it tells together. So whoever makes it a second time,
/// after a crash, finds the first one and tells nothing twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What is told; `notice.event` is the id.
    pub notice: Notice,
    /// The last of the events that it tells. Those of the same gallery and kind between the first and this one are told.
    pub through: EventId,
    /// Whether it stands in the list inside the web UI.
    pub listing: Listing,
    /// When it was made, which may be later than what happened.
    pub created_at: Timestamp,
}

impl Notification {
    /// For how long it is kept: 90 days.
    pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

    /// Its id.
    pub const fn id(&self) -> EventId {
        self.notice.event
    }
}

/// Whether a notification stands in the list inside the web UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// The studio wants events of this kind there.
    Listed,
    /// It is kept only for the other channels.
    Hidden,
}

/// Whether the studio has read a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Not yet.
    Unread,
    /// Somebody did.
    Read,
}

/// A notification as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedNotification {
    /// What was told.
    pub notification: Notification,
    /// Whether it was read.
    pub reading: Reading,
}

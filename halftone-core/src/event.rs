//! Events: what happened, recorded in the same write as the change.

use jiff::Timestamp;

use crate::id::{ClientId, EventId, GalleryId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use crate::text::InvalidValue;

/// Something that happened in a studio, on its way to the notification channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id; receivers use it to drop repeated deliveries.
    pub id: EventId,
    /// In which studio.
    pub studio: StudioId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub subject: EventSubject,
}

/// What happened, and to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSubject {
    /// A client placed an order.
    OrderPlaced {
        /// Which order.
        order: OrderId,
    },
    /// A client amended an order.
    OrderAmended {
        /// Which order.
        order: OrderId,
    },
    /// An order changed its state.
    OrderMoved {
        /// Which order.
        order: OrderId,
    },
    /// A client submitted a selection.
    SelectionSubmitted {
        /// Which selection.
        selection: SelectionId,
        /// Whose.
        client: ClientId,
    },
    /// A share was opened for the first time.
    ShareOpened {
        /// Which share.
        share: ShareId,
    },
    /// A photo became ready.
    PhotoReady {
        /// Which photo.
        photo: PhotoId,
        /// In which gallery.
        gallery: GalleryId,
    },
    /// A photo failed.
    PhotoFailed {
        /// Which photo.
        photo: PhotoId,
        /// In which gallery.
        gallery: GalleryId,
    },
    /// A photo was replaced by a picture of another shape, so that crops of open orders may show something else.
    PhotoReshaped {
        /// Which photo.
        photo: PhotoId,
        /// In which gallery.
        gallery: GalleryId,
    },
}

impl EventSubject {
    /// The kind, without the ids.
    pub const fn kind(self) -> EventKind {
        match self {
            Self::OrderPlaced { .. } => EventKind::OrderPlaced,
            Self::OrderAmended { .. } => EventKind::OrderAmended,
            Self::OrderMoved { .. } => EventKind::OrderMoved,
            Self::SelectionSubmitted { .. } => EventKind::SelectionSubmitted,
            Self::ShareOpened { .. } => EventKind::ShareOpened,
            Self::PhotoReady { .. } => EventKind::PhotoReady,
            Self::PhotoFailed { .. } => EventKind::PhotoFailed,
            Self::PhotoReshaped { .. } => EventKind::PhotoReshaped,
        }
    }
}

/// The kinds of events, for which a studio chooses channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// See [`EventSubject::OrderPlaced`].
    OrderPlaced,
    /// See [`EventSubject::OrderAmended`].
    OrderAmended,
    /// See [`EventSubject::OrderMoved`].
    OrderMoved,
    /// See [`EventSubject::SelectionSubmitted`].
    SelectionSubmitted,
    /// See [`EventSubject::ShareOpened`].
    ShareOpened,
    /// See [`EventSubject::PhotoReady`].
    PhotoReady,
    /// See [`EventSubject::PhotoFailed`].
    PhotoFailed,
    /// See [`EventSubject::PhotoReshaped`].
    PhotoReshaped,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::OrderPlaced,
        Self::OrderAmended,
        Self::OrderMoved,
        Self::SelectionSubmitted,
        Self::ShareOpened,
        Self::PhotoReady,
        Self::PhotoFailed,
        Self::PhotoReshaped,
    ];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order_placed",
            Self::OrderAmended => "order_amended",
            Self::OrderMoved => "order_moved",
            Self::SelectionSubmitted => "selection_submitted",
            Self::ShareOpened => "share_opened",
            Self::PhotoReady => "photo_ready",
            Self::PhotoFailed => "photo_failed",
            Self::PhotoReshaped => "photo_reshaped",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no kind.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| InvalidValue::new("event", "is not one that Halftone knows"))
    }
}

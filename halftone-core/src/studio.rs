//! Studios: the tenants that own everything else.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::event::EventKind;
use crate::geometry::PixelSize;
use crate::id::{ApiKeyId, ImageId, StudioId, SubscriptionId, UserId};
use crate::money::Currency;
use crate::ports::notifier::SubscriptionHandle;
use crate::secret::TokenHash;
use crate::text::{Email, InvalidValue, Line, Name};
use crate::watermark::Colour;

/// One photographer's business.
#[derive(Debug, Clone, PartialEq)]
pub struct Studio {
    /// Its id.
    pub id: StudioId,
    /// Who logs in.
    pub owner: UserId,
    /// The address of the owner.
    pub email: Email,
    /// What clients read.
    pub name: Name,
    /// What new price lists are in.
    pub currency: Currency,
    /// How client pages look.
    pub branding: Branding,
    /// How long a client may amend an order that is not accepted yet.
    pub amend_window: AmendWindow,
    /// Which event goes to which channels.
    pub notifications: NotificationChoices,
    /// Logos and other pictures of the studio itself, oldest first.
    pub images: Vec<StudioImage>,
    /// Addresses that asked for notices of processing, oldest first; also those that the provider has yet to let go.
    pub subscriptions: Vec<NoticeSubscription>,
    /// When it registered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Studio {
    /// The most images that a studio keeps.
    pub const MOST_IMAGES: usize = 50;

    /// The most addresses that hear of processing.
    pub const MOST_SUBSCRIPTIONS: usize = 20;

    /// The image with this id.
    pub fn find_image(&self, image: ImageId) -> Option<&StudioImage> {
        self.images.iter().find(|candidate| candidate.id == image)
    }
}

/// An address that hears of processing, once it consented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSubscription {
    /// Its id.
    pub id: SubscriptionId,
    /// The address.
    pub email: Email,
    /// What the provider calls it.
    pub handle: SubscriptionHandle,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the studio ended it, while the provider still waits for the address's consent and cannot end it.
    pub ending_since: Option<Timestamp>,
}

/// How a studio's client pages look.
#[derive(Debug, Clone, PartialEq)]
pub struct Branding {
    /// The colour of buttons and links.
    pub accent: Colour,
    /// A line under the studio's name.
    pub tagline: Line,
    /// The logo on client pages.
    pub logo: Option<ImageId>,
    /// The studio's web address, shown as text.
    pub website: Line,
}

impl Default for Branding {
    fn default() -> Self {
        let empty = Line::empty();
        Self {
            accent: Colour { rgb: [0x1f, 0x29, 0x37] },
            tagline: empty.clone(),
            logo: None,
            website: empty,
        }
    }
}

/// How long a client may amend an order: none to 30 days, in whole minutes.
///
/// ```
/// use halftone_core::studio::AmendWindow;
/// assert!(AmendWindow::parse(24 * 60).is_ok());
/// assert!(AmendWindow::parse(-1).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmendWindow(u32);

impl AmendWindow {
    /// A day.
    pub const DEFAULT: Self = Self(24 * 60);

    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 0 to 43,200 minutes.
    pub fn parse(minutes: i64) -> Result<Self, InvalidValue> {
        match u32::try_from(minutes) {
            Ok(minutes @ 0..=43_200) => Ok(Self(minutes)),
            _ => Err(InvalidValue::new("amend window", "must be from 0 to 43200 minutes")),
        }
    }

    /// Whole minutes.
    pub const fn minutes(self) -> u32 {
        self.0
    }

    /// As a duration.
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.0))
    }
}

/// A way by which a studio hears of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The list inside the web UI.
    InApp,
    /// Web Push to the studio's browsers.
    WebPush,
    /// Firebase Cloud Messaging to the studio's apps.
    Fcm,
    /// Mail to the owner.
    Email,
    /// Signed HTTP calls.
    Webhook,
    /// A topic to which people subscribe with their address, as Amazon SNS has it.
    Topic,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 6] =
        [Self::InApp, Self::WebPush, Self::Fcm, Self::Email, Self::Webhook, Self::Topic];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::WebPush => "web_push",
            Self::Fcm => "fcm",
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Topic => "topic",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no channel.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word).ok_or_else(|| {
            InvalidValue::new(
                "notification channel",
                "must be in_app, web_push, fcm, email, webhook or topic",
            )
        })
    }
}

/// Which event goes to which channels. An event for which the studio chose nothing goes to every channel, but by mail only
/// if it asks the studio for something: an order, an amendment, a submitted selection, photos that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotificationChoices {
    /// The channels of the events for which the studio chose.
    pub chosen: BTreeMap<EventKind, Vec<Channel>>,
}

impl NotificationChoices {
    /// Whether events of a kind go to a channel.
    pub fn includes(&self, kind: EventKind, channel: Channel) -> bool {
        match self.chosen.get(&kind) {
            Some(channels) => channels.contains(&channel),
            None => channel != Channel::Email || asks_for_something(kind),
        }
    }
}

const fn asks_for_something(kind: EventKind) -> bool {
    match kind {
        EventKind::OrderPlaced
        | EventKind::OrderAmended
        | EventKind::SelectionSubmitted
        | EventKind::PhotoFailed
        | EventKind::PhotoReshaped => true,
        EventKind::OrderMoved | EventKind::ShareOpened | EventKind::PhotoReady => false,
    }
}

/// A picture of the studio itself, such as the logo of its watermark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudioImage {
    /// Its id.
    pub id: ImageId,
    /// Size of the file in bytes, as announced and then checked.
    pub bytes: u64,
    /// Whether it has arrived.
    pub state: ImageState,
    /// When its ticket was issued.
    pub created_at: Timestamp,
}

/// Whether a studio's image has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageState {
    /// The ticket is open until then.
    Pending {
        /// When the ticket ends.
        expires_at: Timestamp,
    },
    /// It can be used.
    Ready {
        /// Its size in pixels.
        size: PixelSize,
        /// When it became ready.
        at: Timestamp,
    },
}

/// A key by which a program acts for a studio. The key itself is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// For which studio it acts.
    pub studio: StudioId,
    /// Who made it.
    pub user: UserId,
    /// What it is for.
    pub name: Name,
    /// The hash of the key.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: Timestamp,
}

//! How people hear of events.

use std::fmt;

use async_trait::async_trait;

use crate::event::EventKind;
use crate::id::{EventId, StudioId};
use crate::ports::error::StorageError;
use crate::ports::urls::LinkTarget;
use crate::studio::Channel;
use crate::text::Email;

/// What a channel tells about one event.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which event; receivers drop what they have seen by it.
    pub event: EventId,
    /// In which studio.
    pub studio: StudioId,
    /// What kind of event.
    pub kind: EventKind,
    /// One line without line breaks, at most 100 characters of printable ASCII or beyond.
    pub title: String,
    /// One or more sentences.
    pub text: String,
    /// The page of the studio where there is more to see, behind its login. A path, so that a channel needs to know where
    /// browsers reach the installation.
    pub link: Option<LinkTarget>,
}

// Texts hold the names of galleries and people.
impl fmt::Debug for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Notice")
            .field("event", &self.event)
            .field("studio", &self.studio)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Delivers notices by one channel, at least once.
#[async_trait]
pub trait Notifier: fmt::Debug + Send + Sync + 'static {
    /// Which channel.
    fn channel(&self) -> Channel;

    /// Delivers a notice to everybody of the studio who listens on this channel; success if nobody does.
    ///
    /// # Errors
    /// `Unavailable` if another try may succeed; `PermissionDenied` or `NotFound` if it may once whoever runs the
    /// installation has mended it; any other kind if this notice can never be delivered.
    async fn deliver(&self, notice: &Notice) -> Result<(), StorageError>;
}

/// Names a subscription at its provider; opaque.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionHandle(pub String);

/// What became of a subscription that was to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It is gone, or was never there.
    Ended,
    /// It waits for the address's consent and cannot be ended before; if the consent comes, it lives. Ask again later.
    StillPending,
}

/// Lets people subscribe to a studio's notices with an e-mail address. The provider asks the address for its consent
/// before it sends anything.
#[async_trait]
pub trait NoticeSubscriptions: fmt::Debug + Send + Sync + 'static {
    /// Subscribes an address to the studio's notices of processing. Subscribing again MAY ask for consent again, and
    /// gives the same handle or a new one for the same subscription.
    ///
    /// # Errors
    /// `AlreadyExists` if the provider keeps the address for another studio.
    async fn subscribe(&self, studio: StudioId, email: &Email) -> Result<SubscriptionHandle, StorageError>;

    /// Ends a subscription; ending the absent succeeds. One that waits for consent MAY stay as it is.
    async fn unsubscribe(&self, subscription: &SubscriptionHandle) -> Result<Ending, StorageError>;
}

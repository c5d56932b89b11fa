//! How people hear of events.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::event::{EventKind, EventSubject};
use crate::id::{DeliveryId, EventId, StudioId, WebhookId};
use crate::listener::{FcmToken, PushAddress, TargetUrl};
use crate::money::Money;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::urls::LinkTarget;
use crate::secret::WebhookSecret;
use crate::studio::Channel;
use crate::text::{Email, Name};

/// What a channel tells about one event.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which event; receivers drop what they have seen by it.
    pub event: EventId,
    /// In which studio.
    pub studio: StudioId,
    /// What happened, and to what; `None` for a trial that the studio asked for.
    pub subject: Option<EventSubject>,
    /// When it happened.
    pub at: Timestamp,
    /// One line without line breaks, at most 100 characters of printable ASCII or beyond.
    pub title: String,
    /// One or more sentences.
    pub text: String,
    /// The gallery that it happened in, if it is one.
    pub gallery: Option<Name>,
    /// What an order comes to.
    pub total: Option<Money>,
    /// The page of the studio where there is more to see, behind its login. A path, so that a channel needs to know where
    /// browsers reach the installation.
    pub link: Option<LinkTarget>,
}

impl Notice {
    /// What kind of event, if it is one.
    pub fn kind(&self) -> Option<EventKind> {
        self.subject.map(EventSubject::kind)
    }

    /// The word of the API: that of the kind of event, or `test`.
    pub fn word(&self) -> &'static str {
        self.kind().map_or("test", EventKind::as_str)
    }
}

// Texts hold the names of galleries and people.
impl fmt::Debug for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Notice")
            .field("event", &self.event)
            .field("studio", &self.studio)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// To whom one delivery goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// Everybody who subscribed to the topic.
    Topic,
    /// A browser.
    Browser(PushAddress),
    /// An app.
    App(FcmToken),
    /// Another system.
    Webhook(WebhookCall),
}

/// How one call of a webhook is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookCall {
    /// Which webhook.
    pub webhook: WebhookId,
    /// Which delivery: the same for every try.
    pub delivery: DeliveryId,
    /// What to call.
    pub url: TargetUrl,
    /// What to sign with.
    pub secret: WebhookSecret,
}

/// What follows from a try that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Another try may succeed: by itself, or once somebody has mended something.
    TryAgain {
        /// The wait that the other side asked for, if it did.
        after: Option<SignedDuration>,
    },
    /// This notice can never be delivered there.
    Refused,
    /// The recipient is no more, and shall be forgotten.
    Gone,
}

/// A notice was not delivered.
#[derive(Debug, thiserror::Error)]
#[error("deliver notice: {reason}")]
pub struct DeliveryError {
    /// What follows.
    pub verdict: Verdict,
    /// One sentence for the studio, without secrets: "the server answered 503".
    pub reason: String,
    /// What lies beneath.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync + 'static>>,
}

impl DeliveryError {
    /// Says what follows, and why.
    pub fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self { verdict, reason: reason.into(), source: None }
    }

    /// Attaches what lies beneath.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync + 'static>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// What a port failed with says whether another try may succeed: by itself, or once somebody has given us back a permission
/// or a topic.
impl From<StorageError> for DeliveryError {
    fn from(error: StorageError) -> Self {
        let (verdict, reason) = match error.kind() {
            StorageErrorKind::Unavailable => {
                (Verdict::TryAgain { after: None }, "the service does not answer")
            }
            StorageErrorKind::PermissionDenied => {
                (Verdict::TryAgain { after: None }, "the service refuses us")
            }
            StorageErrorKind::NotFound => {
                (Verdict::TryAgain { after: None }, "the service does not know the place")
            }
            _ => (Verdict::Refused, "the service cannot take it"),
        };
        Self::new(verdict, reason).with_source(error)
    }
}

/// Delivers notices by one channel, at least once.
#[async_trait]
pub trait Notifier: fmt::Debug + Send + Sync + 'static {
    /// Which channel.
    fn channel(&self) -> Channel;

    /// Whether this installation sends to such a recipient at all; asked when one is about to be kept, so that whoever names
    /// a private address learns it at once. `deliver` MUST refuse what this refuses, because names may lead elsewhere later.
    ///
    /// # Errors
    /// `Refused`, or `TryAgain` if it cannot be found out now.
    async fn admit(&self, recipient: &Recipient) -> Result<(), DeliveryError>;

    /// Delivers a notice to one recipient. Success means that the recipient, or the service before it, has taken it. Takes at
    /// most half a minute.
    ///
    /// # Errors
    /// It did not; the verdict says what follows.
    async fn deliver(&self, notice: &Notice, recipient: &Recipient) -> Result<(), DeliveryError>;
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

//! Notifications as documents.

use halftone_core::event::EventSubject;
use halftone_core::id::{EventId, StudioId};
use halftone_core::money::Money;
use halftone_core::notification::{Listing, Notification};
use halftone_core::ports::notifier::Notice;
use halftone_core::ports::urls::LinkTarget;
use halftone_core::text::{InvalidValue, Name};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::SubjectDocument;
use super::money::MoneyDocument;
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct NotificationDocument {
    format: FirstFormat,
    id: EventId,
    studio: StudioId,
    subject: Option<SubjectDocument>,
    at: Timestamp,
    title: String,
    text: String,
    gallery: Option<String>,
    total: Option<MoneyDocument>,
    link: Option<String>,
    through: EventId,
    is_listed: bool,
    created_at: Timestamp,
}

impl Stored for Notification {
    type Document = NotificationDocument;
}

/// The place of a notification in its list, as a text whose order is that of the list: the instant in nanoseconds, then the
/// id. Instants before 1970 do not come from a working clock and are pinned to it.
pub(crate) fn place(created_at: Timestamp, id: EventId) -> String {
    format!("{}{}", place_of_instant(created_at), id.as_uuid().simple())
}

/// The first place of an instant.
pub(crate) fn place_of_instant(instant: Timestamp) -> String {
    format!("{:020}", u64::try_from(instant.as_nanosecond()).unwrap_or(0))
}

impl From<&Notification> for NotificationDocument {
    fn from(notification: &Notification) -> Self {
        let notice = &notification.notice;
        Self {
            format: FirstFormat,
            id: notice.event,
            studio: notice.studio,
            subject: notice.subject.map(SubjectDocument::from),
            at: notice.at,
            title: notice.title.clone(),
            text: notice.text.clone(),
            gallery: notice.gallery.as_ref().map(ToString::to_string),
            total: notice.total.map(MoneyDocument::from),
            link: notice.link.as_ref().map(|link| link.0.clone()),
            through: notification.through,
            is_listed: notification.listing == Listing::Listed,
            created_at: notification.created_at,
        }
    }
}

impl TryFrom<NotificationDocument> for Notification {
    type Error = DamagedDocument;

    fn try_from(document: NotificationDocument) -> Result<Self, DamagedDocument> {
        let gallery: Result<Option<Name>, InvalidValue> =
            document.gallery.as_deref().map(Name::parse).transpose();
        let total: Result<Option<Money>, InvalidValue> = document.total.map(Money::try_from).transpose();
        Ok(Self {
            notice: Notice {
                event: document.id,
                studio: document.studio,
                subject: document.subject.map(EventSubject::from),
                at: document.at,
                title: document.title,
                text: document.text,
                gallery: gallery?,
                total: total?,
                link: document.link.map(LinkTarget),
            },
            through: document.through,
            listing: if document.is_listed { Listing::Listed } else { Listing::Hidden },
            created_at: document.created_at,
        })
    }
}

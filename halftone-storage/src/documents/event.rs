//! Events as documents of the outbox.

use halftone_core::event::{Event, EventSubject};
use halftone_core::id::{ClientId, EventId, GalleryId, OrderId, PhotoId, SelectionId, ShareId, StudioId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct EventDocument {
    format: FirstFormat,
    id: EventId,
    studio: StudioId,
    at: Timestamp,
    subject: SubjectDocument,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SubjectDocument {
    OrderPlaced { order: OrderId },
    OrderAmended { order: OrderId },
    OrderMoved { order: OrderId },
    SelectionSubmitted { selection: SelectionId, client: ClientId },
    ShareOpened { share: ShareId },
    PhotoReady { photo: PhotoId, gallery: GalleryId },
    PhotoFailed { photo: PhotoId, gallery: GalleryId },
    PhotoReshaped { photo: PhotoId, gallery: GalleryId },
}

impl Stored for Event {
    type Document = EventDocument;
}

impl From<EventSubject> for SubjectDocument {
    fn from(subject: EventSubject) -> Self {
        match subject {
            EventSubject::OrderPlaced { order } => Self::OrderPlaced { order },
            EventSubject::OrderAmended { order } => Self::OrderAmended { order },
            EventSubject::OrderMoved { order } => Self::OrderMoved { order },
            EventSubject::SelectionSubmitted { selection, client } => {
                Self::SelectionSubmitted { selection, client }
            }
            EventSubject::ShareOpened { share } => Self::ShareOpened { share },
            EventSubject::PhotoReady { photo, gallery } => Self::PhotoReady { photo, gallery },
            EventSubject::PhotoFailed { photo, gallery } => Self::PhotoFailed { photo, gallery },
            EventSubject::PhotoReshaped { photo, gallery } => Self::PhotoReshaped { photo, gallery },
        }
    }
}

impl From<SubjectDocument> for EventSubject {
    fn from(document: SubjectDocument) -> Self {
        match document {
            SubjectDocument::OrderPlaced { order } => Self::OrderPlaced { order },
            SubjectDocument::OrderAmended { order } => Self::OrderAmended { order },
            SubjectDocument::OrderMoved { order } => Self::OrderMoved { order },
            SubjectDocument::SelectionSubmitted { selection, client } => {
                Self::SelectionSubmitted { selection, client }
            }
            SubjectDocument::ShareOpened { share } => Self::ShareOpened { share },
            SubjectDocument::PhotoReady { photo, gallery } => Self::PhotoReady { photo, gallery },
            SubjectDocument::PhotoFailed { photo, gallery } => Self::PhotoFailed { photo, gallery },
            SubjectDocument::PhotoReshaped { photo, gallery } => Self::PhotoReshaped { photo, gallery },
        }
    }
}

impl From<&Event> for EventDocument {
    fn from(event: &Event) -> Self {
        let subject = event.subject.into();
        Self { format: FirstFormat, id: event.id, studio: event.studio, at: event.at, subject }
    }
}

impl TryFrom<EventDocument> for Event {
    type Error = DamagedDocument;

    fn try_from(document: EventDocument) -> Result<Self, DamagedDocument> {
        let subject = document.subject.into();
        Ok(Self { id: document.id, studio: document.studio, at: document.at, subject })
    }
}

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
enum SubjectDocument {
    OrderPlaced { order: OrderId },
    OrderAmended { order: OrderId },
    OrderMoved { order: OrderId },
    SelectionSubmitted { selection: SelectionId, client: ClientId },
    ShareOpened { share: ShareId },
    PhotoReady { photo: PhotoId, gallery: GalleryId },
    PhotoFailed { photo: PhotoId, gallery: GalleryId },
}

impl Stored for Event {
    type Document = EventDocument;
}

impl From<&Event> for EventDocument {
    fn from(event: &Event) -> Self {
        let subject = match event.subject {
            EventSubject::OrderPlaced { order } => SubjectDocument::OrderPlaced { order },
            EventSubject::OrderAmended { order } => SubjectDocument::OrderAmended { order },
            EventSubject::OrderMoved { order } => SubjectDocument::OrderMoved { order },
            EventSubject::SelectionSubmitted { selection, client } => {
                SubjectDocument::SelectionSubmitted { selection, client }
            }
            EventSubject::ShareOpened { share } => SubjectDocument::ShareOpened { share },
            EventSubject::PhotoReady { photo, gallery } => SubjectDocument::PhotoReady { photo, gallery },
            EventSubject::PhotoFailed { photo, gallery } => SubjectDocument::PhotoFailed { photo, gallery },
        };
        Self { format: FirstFormat, id: event.id, studio: event.studio, at: event.at, subject }
    }
}

impl TryFrom<EventDocument> for Event {
    type Error = DamagedDocument;

    fn try_from(document: EventDocument) -> Result<Self, DamagedDocument> {
        let subject = match document.subject {
            SubjectDocument::OrderPlaced { order } => EventSubject::OrderPlaced { order },
            SubjectDocument::OrderAmended { order } => EventSubject::OrderAmended { order },
            SubjectDocument::OrderMoved { order } => EventSubject::OrderMoved { order },
            SubjectDocument::SelectionSubmitted { selection, client } => {
                EventSubject::SelectionSubmitted { selection, client }
            }
            SubjectDocument::ShareOpened { share } => EventSubject::ShareOpened { share },
            SubjectDocument::PhotoReady { photo, gallery } => EventSubject::PhotoReady { photo, gallery },
            SubjectDocument::PhotoFailed { photo, gallery } => EventSubject::PhotoFailed { photo, gallery },
        };
        Ok(Self { id: document.id, studio: document.studio, at: document.at, subject })
    }
}

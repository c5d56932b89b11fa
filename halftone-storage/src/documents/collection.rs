//! Collections as documents.

use halftone_core::collection::Collection;
use halftone_core::id::{CollectionId, StudioId};
use halftone_core::text::{Line, Name, Tags};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DamagedDocument, FirstFormat, Stored, tag_texts};

#[derive(Serialize, Deserialize)]
pub(crate) struct CollectionDocument {
    format: FirstFormat,
    id: CollectionId,
    studio: StudioId,
    name: String,
    client_name: String,
    event_date: Option<Date>,
    tags: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Stored for Collection {
    type Document = CollectionDocument;
}

impl From<&Collection> for CollectionDocument {
    fn from(collection: &Collection) -> Self {
        Self {
            format: FirstFormat,
            id: collection.id,
            studio: collection.studio,
            name: collection.name.to_string(),
            client_name: collection.client_name.to_string(),
            event_date: collection.event_date,
            tags: tag_texts(&collection.tags),
            created_at: collection.created_at,
            updated_at: collection.updated_at,
        }
    }
}

impl TryFrom<CollectionDocument> for Collection {
    type Error = DamagedDocument;

    fn try_from(document: CollectionDocument) -> Result<Self, DamagedDocument> {
        Ok(Self {
            id: document.id,
            studio: document.studio,
            name: Name::parse(&document.name)?,
            client_name: Line::parse(&document.client_name)?,
            event_date: document.event_date,
            tags: Tags::parse(&document.tags)?,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

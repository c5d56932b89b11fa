//! Collections: a job or client that groups galleries.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::id::{CollectionId, StudioId};
use crate::text::{Line, Name, Tags};

/// A job or client: "Wedding, 14 May".
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// Its id.
    pub id: CollectionId,
    /// Who owns it.
    pub studio: StudioId,
    /// Its name.
    pub name: Name,
    /// For whom the job is; may be empty.
    pub client_name: Line,
    /// When the event takes place.
    pub event_date: Option<Date>,
    /// Its tags.
    pub tags: Tags,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

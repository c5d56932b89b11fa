//! Collections in JSON.

use halftone_core::services::collections::{CollectionChange, CollectionView, NewCollection};
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::text::{InvalidValue, Line, Name, Tags};
use jiff::civil::Date;
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::api::time::Time;

/// A job or client that groups galleries.
#[derive(Debug, Object)]
#[oai(rename = "Collection")]
pub(crate) struct CollectionObject {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// For whom the job is; may be empty.
    client_name: String,
    /// When the event takes place: `2026-05-14`.
    event_date: Option<String>,
    /// Its tags.
    tags: Vec<String>,
    /// How many galleries it has.
    gallery_count: u64,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// A collection that is to be made.
#[derive(Debug, Object)]
#[oai(rename = "NewCollection")]
pub(crate) struct NewCollectionBody {
    /// Its name, 1 to 200 characters.
    name: String,
    /// For whom the job is.
    client_name: Option<String>,
    /// When the event takes place: `2026-05-14`.
    event_date: Option<String>,
    /// Its tags, at most 50.
    tags: Option<Vec<String>>,
}

/// What is to change in a collection; what is left out stays.
#[derive(Debug, Object)]
pub(crate) struct CollectionPatch {
    /// Its name, 1 to 200 characters.
    name: Option<String>,
    /// For whom the job is.
    client_name: MaybeUndefined<String>,
    /// When the event takes place; null clears it.
    event_date: MaybeUndefined<String>,
    /// Its tags, at most 50.
    tags: Option<Vec<String>>,
}

impl From<CollectionView> for CollectionObject {
    fn from(view: CollectionView) -> Self {
        let collection = view.collection.value;
        Self {
            id: collection.id.to_string(),
            name: collection.name.to_string(),
            client_name: collection.client_name.to_string(),
            event_date: collection.event_date.map(|date| date.to_string()),
            tags: collection.tags.as_slice().iter().map(ToString::to_string).collect(),
            gallery_count: view.gallery_count,
            created_at: collection.created_at.into(),
            updated_at: collection.updated_at.into(),
        }
    }
}

impl TryFrom<NewCollectionBody> for NewCollection {
    type Error = InvalidField;

    fn try_from(body: NewCollectionBody) -> Result<Self, InvalidField> {
        Ok(Self {
            name: Name::parse(&body.name).field("name")?,
            client_name: Line::parse(&body.client_name.unwrap_or_default()).field("client_name")?,
            event_date: body.event_date.as_deref().map(parse_date).transpose()?,
            tags: Tags::parse(&body.tags.unwrap_or_default()).field("tags")?,
        })
    }
}

impl TryFrom<CollectionPatch> for CollectionChange {
    type Error = InvalidField;

    fn try_from(body: CollectionPatch) -> Result<Self, InvalidField> {
        let client_name = match &body.client_name {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(Line::empty()),
            MaybeUndefined::Value(name) => Some(Line::parse(name).field("client_name")?),
        };
        let event_date = match &body.event_date {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(date) => Some(Some(parse_date(date)?)),
        };
        Ok(Self {
            name: body.name.as_deref().map(Name::parse).transpose().field("name")?,
            client_name,
            event_date,
            tags: body.tags.as_deref().map(Tags::parse).transpose().field("tags")?,
        })
    }
}

fn parse_date(text: &str) -> Result<Date, InvalidField> {
    let invalid = || InvalidValue::new("date", "must have the form 2026-05-14");
    // The parser would also take a date with a time, and drop the time.
    let is_date = text.len() == 10;
    let date = if is_date { text.parse().map_err(|_| invalid()) } else { Err(invalid()) };
    date.field("event_date")
}

//! What lies in a collection: a document's stored form inside an envelope of what the server must know about it.
//!
//! | field | holds |
//! | --- | --- |
//! | `_id` | the aggregate's own id |
//! | `studio` | whose it is |
//! | `version` | how often it was written; the guard of every update |
//! | `deleted`, `deleted_at` | whether and since when it is marked as deleted |
//! | `terms`, `grams` | by which words it is found; see `halftone_core::search` |
//! | others | repeat what queries look for |
//! | `body` | the stored form of `src/documents`, as nested BSON |
//! | `events` | what was recorded with it and is not delivered yet; see `outbox` |

use halftone_core::event::Event;
use halftone_core::id::StudioId;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::search::Searchable;
use mongodb::bson::{self, Bson, Document, RawDocumentBuf, doc};
use serde::Deserialize;
use uuid::Uuid;

use super::error::Fault;
use super::outbox::new_events;
use super::values::id;
use crate::documents::Stored;

/// A document on its way into a collection, with the fields by which it is found.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: Uuid,
    pub(super) studio: StudioId,
    fields: Document,
}

impl Record {
    pub(super) fn new<T: Stored>(studio: StudioId, id: Uuid, value: &T) -> Self {
        Self { id, studio, fields: doc! { "body": body(value) } }
    }

    /// Adds a field.
    pub(super) fn with(mut self, field: &'static str, value: impl Into<Bson>) -> Self {
        self.fields.insert(field, value);
        self
    }

    /// Adds the fields by which it is searched for.
    pub(super) fn searchable(mut self, value: &impl Searchable) -> Self {
        self.fields.extend(search_fields(value));
        self
    }

    /// The envelope of a new document.
    pub(super) fn into_new(self, events: &[Event]) -> Document {
        let mut envelope = doc! {
            "_id": id(self.id),
            "studio": id(self.studio.as_uuid()),
            "version": number(Version::FIRST),
            "deleted": false,
        };
        envelope.extend(self.fields);
        if !events.is_empty() {
            envelope.insert("events", new_events(events));
        }
        envelope
    }

    /// The one write that replaces a document and records `events`.
    pub(super) fn into_update(self, events: &[Event]) -> Document {
        let mut update = doc! { "$set": self.fields, "$inc": { "version": 1_i64 } };
        if !events.is_empty() {
            update.insert("$push", doc! { "events": { "$each": new_events(events) } });
        }
        update
    }
}

/// The terms of a value, and what of them the index holds.
pub(super) fn search_fields(value: &impl Searchable) -> Document {
    let terms = value.terms();
    let grams: Vec<&str> = terms.grams().into_iter().collect();
    doc! { "terms": terms.as_slice(), "grams": grams }
}

/// The stored form of a value.
pub(super) fn body<T: Stored>(value: &T) -> Document {
    bson::serialize_to_document(&T::Document::from(value))
        .expect("documents are made of texts, lists and numbers that fit 64 bits with a sign")
}

/// The value of a stored form.
pub(super) fn value_of<T: Stored>(body: T::Document) -> Result<T, Fault> {
    Ok(body.try_into()?)
}

/// A version as the server counts it.
pub(super) fn number(version: Version) -> i64 {
    i64::try_from(version.get()).unwrap_or(i64::MAX)
}

/// What is read of an envelope; the other fields only repeat the body.
pub(super) fn projection() -> Document {
    doc! { "version": 1, "body": 1 }
}

#[derive(Deserialize)]
struct Envelope<D> {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    version: i64,
    body: D,
}

/// Opens an envelope.
pub(super) fn read<T: Stored>(document: &RawDocumentBuf) -> Result<(Uuid, Versioned<T>), Fault> {
    let envelope: Envelope<T::Document> = bson::deserialize_from_slice(document.as_bytes())?;
    let version = u64::try_from(envelope.version).map_err(|_| StorageErrorKind::Corrupt)?;
    let versioned = Versioned::new(value_of(envelope.body)?, Version::restore(version));
    Ok((Uuid::from_bytes(envelope.id.bytes()), versioned))
}

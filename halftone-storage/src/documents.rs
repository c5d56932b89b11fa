//! The stored form of each aggregate, shared by the backends that keep documents: JSON in SQLite, the same shape in
//! MongoDB. So a studio can move from one home to the other, and one set of golden documents guards both.
//!
//! A document begins with the number of its form. A field may be added with a serde default; any other change
//! is a new number whose reader knows the old ones too. Documents of every released version lie in
//! `tests/formats` and must load. What is read goes through the core's parsers: nothing that breaks a rule of
//! the domain comes back from the disk.

use halftone_core::text::{InvalidValue, Tags};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

mod api_key;
mod archive;
mod collection;
mod credential;
mod delivery;
mod encoding;
mod event;
mod fault;
mod gallery;
mod geometry;
mod listeners;
mod meter;
mod money;
pub(crate) mod notification;
mod order;
mod pack;
mod photo;
mod price_list;
mod processing;
mod product;
mod replacement;
mod selections;
mod share;
mod studio;

/// An aggregate that has a stored form.
pub(crate) trait Stored: Sized + Send + 'static {
    /// The stored form.
    type Document: Serialize
        + DeserializeOwned
        + for<'value> From<&'value Self>
        + TryInto<Self, Error = DamagedDocument>;
}

/// A document that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DamagedDocument {
    /// It is not JSON of the expected shape.
    #[error("the document is not of the expected shape")]
    Shape(#[from] serde_json::Error),
    /// A value breaks a rule of the domain.
    #[error("a value of the document is not valid")]
    Value(#[from] InvalidValue),
    /// A value is encoded in a way that this program does not know.
    #[error("a value of the document is damaged: {0}")]
    Encoding(&'static str),
}

/// Writes the stored form of a value as JSON.
#[cfg(any(feature = "embedded", test))]
pub(crate) fn encode<T: Stored>(value: &T) -> String {
    serde_json::to_string(&T::Document::from(value)).expect("documents are made of texts, numbers and lists")
}

/// Reads the stored form of a value as JSON.
#[cfg(any(feature = "embedded", test))]
pub(crate) fn decode<T: Stored>(text: &str) -> Result<T, DamagedDocument> {
    serde_json::from_str::<T::Document>(text)?.try_into()
}

/// The lowest id that could be made at an instant, to the millisecond; see RFC 9562, version 7.
pub(crate) fn lowest_id(instant: jiff::Timestamp) -> uuid::Uuid {
    // Times before 1970 do not come from a working clock, and those after 10889 do not fit.
    let milliseconds = u128::try_from(instant.as_millisecond()).unwrap_or(0).min((1 << 48) - 1);
    uuid::Uuid::from_u128(milliseconds << 80)
}

/// The number of the first form of a document.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct FirstFormat;

impl TryFrom<u32> for FirstFormat {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if number == 1 { Ok(Self) } else { Err("a form that this program does not know") }
    }
}

impl From<FirstFormat> for u32 {
    fn from(_: FirstFormat) -> Self {
        1
    }
}

/// The tags as plain texts.
fn tag_texts(tags: &Tags) -> Vec<String> {
    tags.as_slice().iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests;

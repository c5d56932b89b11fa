//! How ids, instants, tags and terms are written into columns.

use halftone_core::search::Terms;
use halftone_core::text::Tags;
use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef};
use uuid::Uuid;

/// An id as 16 bytes, whose byte order is the order of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(pub(super) Uuid);

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(|bytes| Self(Uuid::from_bytes(bytes)))
    }
}

impl From<Id> for Value {
    fn from(id: Id) -> Self {
        Self::Blob(id.0.as_bytes().to_vec())
    }
}

/// A blob that is higher than every id: where lists that begin with the highest id begin.
pub(super) const ABOVE_ALL_IDS: [u8; 17] = [0xff; 17];

/// Nanoseconds since 1970. Instants before 1678 and after 2262 do not fit and are pinned to the ends; they only
/// serve as "never" and "long ago".
pub(super) fn nanoseconds(instant: Timestamp) -> i64 {
    let end = if instant < Timestamp::UNIX_EPOCH { i64::MIN } else { i64::MAX };
    i64::try_from(instant.as_nanosecond()).unwrap_or(end)
}

/// The instant that [`nanoseconds`] wrote.
pub(super) fn instant(nanoseconds: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanoseconds))
        .expect("64 bits of nanoseconds lie between 1677 and 2262")
}

/// Between the tags or the terms of a column; none contains a control character.
const SEPARATOR: char = '\u{1f}';

/// All terms as one text in which [`beginning`] can be found.
pub(super) fn joined_terms(terms: &Terms) -> Value {
    let mut joined = String::new();
    for term in terms.as_slice() {
        joined.push(SEPARATOR);
        joined.push_str(term);
    }
    Value::Text(joined)
}

/// What [`joined_terms`] contains if a term begins with this word.
pub(super) fn beginning(word: &str) -> Value {
    Value::Text(format!("{SEPARATOR}{word}"))
}

/// The grams of the terms as a list in JSON, which the triggers of the table read.
pub(super) fn listed_grams(terms: &Terms) -> Value {
    let grams = terms.grams();
    Value::Text(serde_json::to_string(&grams).expect("a list of texts is JSON"))
}

/// All tags as one text in which [`one_tag`] can be found.
pub(super) fn joined_tags(tags: &Tags) -> Value {
    let mut joined = String::from(SEPARATOR);
    for tag in tags.as_slice() {
        joined.push_str(tag.as_str());
        joined.push(SEPARATOR);
    }
    Value::Text(joined)
}

/// What [`joined_tags`] contains if the tag is among them.
pub(super) fn one_tag(tag: &str) -> Value {
    Value::Text(format!("{SEPARATOR}{tag}{SEPARATOR}"))
}

/// An optional id.
pub(super) fn optional_id(id: Option<Uuid>) -> Value {
    id.map_or(Value::Null, |id| Id(id).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_round_trip_to_the_nanosecond() {
        let exact: Timestamp = "2026-05-14T12:00:00.123456789Z".parse().unwrap();
        assert_eq!(instant(nanoseconds(exact)), exact);
        assert_eq!(nanoseconds(Timestamp::MAX), i64::MAX);
        assert_eq!(nanoseconds(Timestamp::MIN), i64::MIN);
    }
}

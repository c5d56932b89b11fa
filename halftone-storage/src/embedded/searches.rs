//! Searches: walks along the grams of one word.
//!
//! `search_grams` has the documents of a gram in the order of their ids, so a page is one range of it, and what the page
//! looks at ends at a place that is found in the index alone.

use halftone_core::id::StudioId;
use halftone_core::page::{Cursor, Page, PageRequest, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::search::{COUNT_MOST, SearchText, WALK_MOST};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};
use uuid::Uuid;

use super::columns::Id;
use super::error::Fault;
use super::table::{Conditions, Table, before, cut_by_id, one_more, read_all};
use crate::documents::Stored;

/// How many documents a gram has, up to a number.
pub(super) const COUNT: &str =
    "SELECT count(*) FROM (SELECT 1 FROM search_grams WHERE studio = ? AND kind = ? AND gram = ? LIMIT ?)";

/// The last document of a walk that goes over so many and one more.
pub(super) const END: &str =
    "SELECT id FROM search_grams WHERE studio = ? AND kind = ? AND gram = ? AND id < ?
     ORDER BY id DESC LIMIT 1 OFFSET ?";

/// The documents of a walk that are found by the other words too.
pub(super) fn found_sql(table: Table, conditions: &Conditions) -> String {
    format!(
        "SELECT found.id, found.version, found.document
         FROM search_grams AS walk CROSS JOIN {} AS found ON found.id = walk.id
         WHERE walk.studio = ? AND walk.kind = ? AND walk.gram = ? AND walk.id < ? AND walk.id >= ?{}
         ORDER BY walk.id DESC LIMIT ?",
        table.0,
        conditions.sql()
    )
}

/// A page of the studio's documents that are found by a text and for which the conditions hold, highest id first. See
/// [`PhotoRepository::search`](halftone_core::ports::photos::PhotoRepository::search) for what it looks at.
pub(super) fn page<T: Stored>(
    connection: &Connection,
    table: Table,
    (studio, text): (StudioId, &SearchText),
    conditions: &Conditions,
    page: &PageRequest,
) -> Result<Page<Versioned<T>>, Fault> {
    // One snapshot for all that is asked.
    let snapshot = connection.unchecked_transaction()?;
    let head = |word: &str| {
        let gram = SearchText::gram(word).to_owned();
        [Id(studio.as_uuid()).into(), Value::Text(table.0.to_owned()), Value::Text(gram)]
    };
    let walk = head(rarest(&snapshot, text, head)?);
    let end = end(&snapshot, &walk, page)?;
    let lowest = end.map_or_else(|| Value::Blob(Vec::new()), |end| Id(end).into());
    let conditions = conditions.clone().words(Some(text));
    let values =
        walk.into_iter().chain([before(page), lowest]).chain(conditions.values()).chain([one_more(page)]);
    let items = read_all(&snapshot, &found_sql(table, &conditions), params_from_iter(values))?;
    Ok(cut_by_id(items, page).or_after(end.map(|end| Cursor::new("", end))))
}

/// The word that the fewest documents have.
fn rarest<'text>(
    connection: &Connection,
    text: &'text SearchText,
    head: impl Fn(&str) -> [Value; 3],
) -> Result<&'text str, Fault> {
    if let [only] = text.words() {
        return Ok(only);
    }
    let mut statement = connection.prepare_cached(COUNT)?;
    let mut counts = Vec::with_capacity(text.words().len());
    for word in text.words() {
        let [studio, kind, gram] = head(word);
        let count: i64 =
            statement.query_row(params![studio, kind, gram, number(COUNT_MOST)], |row| row.get(0))?;
        counts.push(usize::try_from(count).map_err(|_| StorageErrorKind::Corrupt)?);
    }
    Ok(text.rarest(&counts))
}

fn end(connection: &Connection, walk: &[Value; 3], page: &PageRequest) -> Result<Option<Uuid>, Fault> {
    let [studio, kind, gram] = walk;
    let parameters = params![studio, kind, gram, before(page), number(WALK_MOST - 1)];
    let end = connection.prepare_cached(END)?.query_row(parameters, |row| row.get::<_, Id>(0)).optional()?;
    Ok(end.map(|end| end.0))
}

fn number(most: usize) -> i64 {
    // A few thousand.
    i64::try_from(most).unwrap_or(i64::MAX)
}

//! Searches: walks along the grams of one word.
//!
//! An index has the documents of a gram in the order of their ids, so a page is one range of it. Where that range ends is
//! asked first, because the server would look at any number of documents until the page is full.

use futures_util::TryStreamExt as _;
use futures_util::future::try_join_all;
use halftone_core::id::StudioId;
use halftone_core::page::{Cursor, Page, PageRequest, Versioned};
use halftone_core::search::{COUNT_MOST, SearchText, WALK_MOST};
use mongodb::bson::{self, Document, RawDocumentBuf, doc};
use mongodb::options::Hint;
use serde::Deserialize;
use uuid::Uuid;

use super::envelope::{projection, read};
use super::error::Fault;
use super::store::Store;
use super::table::{Table, cut_by_id, one_more};
use super::values::id;
use crate::documents::Stored;

/// Higher than every text that begins with the word before it.
const ABOVE: char = '\u{10ffff}';

/// The index of grams, which the server must not weigh against others: only along it is the walk bounded.
fn by_gram() -> Hint {
    Hint::Name("by_gram".to_owned())
}

/// The condition that a document is found by every word.
pub(super) fn words(text: &SearchText) -> Document {
    let begins = |word: &String| {
        let end = format!("{word}{ABOVE}");
        doc! { "terms": { "$elemMatch": { "$gte": word.as_str(), "$lt": end } } }
    };
    doc! { "$and": text.words().iter().map(begins).collect::<Vec<_>>() }
}

/// A page of the studio's documents that are found by a text and for which the conditions hold, highest id first. See
/// [`PhotoRepository::search`](halftone_core::ports::photos::PhotoRepository::search) for what it looks at.
pub(super) async fn page<T: Stored>(
    store: &Store,
    table: Table,
    (studio, text): (StudioId, &SearchText),
    conditions: Document,
    page: &PageRequest,
) -> Result<Page<Versioned<T>>, Fault> {
    let of = |word: &str| doc! { "studio": id(studio.as_uuid()), "deleted": false, "grams": SearchText::gram(word) };
    let mut walk = of(rarest(store, table, text, of).await?);
    let mut range = Document::new();
    if let Some(cursor) = &page.after {
        range.insert("$lt", id(cursor.id()));
        walk.insert("_id", range.clone());
    }
    let end = end(store, table, walk.clone()).await?;
    if let Some(end) = end {
        range.insert("$gte", id(end));
        walk.insert("_id", range);
    }
    walk.extend(words(text));
    walk.extend(conditions);
    // At most 501.
    let most = u32::try_from(one_more(page)).unwrap_or(u32::MAX);
    let collection = table.collection(store);
    let find = collection.find(walk).sort(doc! { "_id": -1 }).projection(projection());
    let find = find.hint(by_gram()).limit(i64::from(most)).batch_size(most);
    let found: Vec<RawDocumentBuf> = find.await?.try_collect().await?;
    let items: Result<Vec<(Uuid, Versioned<T>)>, Fault> = found.iter().map(read).collect();
    Ok(cut_by_id(items?, page).or_after(end.map(|end| Cursor::new("", end))))
}

/// The word that the fewest documents have.
async fn rarest<'text>(
    store: &Store,
    table: Table,
    text: &'text SearchText,
    of: impl Fn(&str) -> Document + Send + Sync,
) -> Result<&'text str, Fault> {
    if let [only] = text.words() {
        return Ok(only);
    }
    let collection = table.collection(store);
    let count = |word: &String| {
        let counting = collection.count_documents(of(word)).limit(COUNT_MOST as u64).hint(by_gram());
        async { Ok::<u64, Fault>(counting.await?) }
    };
    let counts = try_join_all(text.words().iter().map(count)).await?;
    let counts: Vec<usize> =
        counts.into_iter().map(|count| usize::try_from(count).unwrap_or(COUNT_MOST)).collect();
    Ok(text.rarest(&counts))
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "_id")]
    id: bson::Uuid,
}

/// The last document that a page looks at, if the walk is as long.
async fn end(store: &Store, table: Table, walk: Document) -> Result<Option<Uuid>, Fault> {
    let collection = table.collection(store);
    let find = collection.find_one(walk).sort(doc! { "_id": -1 }).projection(doc! { "_id": 1 });
    let found = find.hint(by_gram()).skip(WALK_MOST as u64 - 1).await?;
    let named =
        found.map(|document| bson::deserialize_from_slice::<Named>(document.as_bytes())).transpose()?;
    Ok(named.map(|named| Uuid::from_bytes(named.id.bytes())))
}

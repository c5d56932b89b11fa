//! What happened on shares: a small document for each entry, which also carries the entry's events.
//!
//! So recording is one insertion, which is atomic and never conflicts; the statistics are counted over an index.
//! Before it, the share hands out a number, by which entries of one instant stay in order; a crash in between
//! leaves a gap in the numbers and nothing else.

use futures_util::TryStreamExt as _;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, ShareId, StudioId};
use halftone_core::page::{Cursor, Page, PageRequest};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::share::{Activity, ActivityKind, ShareStatistics};
use mongodb::bson::{self, Document, RawDocumentBuf, doc};
use mongodb::options::ReturnDocument;
use serde::Deserialize;
use uuid::Uuid;

use super::error::Fault;
use super::outbox::new_events;
use super::shares;
use super::store::Store;
use super::table::{Table, Walk, live, one_more};
use super::values::{id, instant, nanoseconds};

pub(super) const TABLE: Table = Table("activities");

/// The `_id` of an entry: the share, the time and the number, as texts that sort like them. Thereby the entries
/// of a share lie in the order of its list without an index of their own.
fn entry_id(share: ShareId, at: i64, number: i64) -> String {
    // Moves the lowest instant to zero, because a sign would not sort.
    let since_the_first = i128::from(at) - i128::from(i64::MIN);
    format!("{share}/{since_the_first:020}/{number:020}")
}

/// Higher than the ids of all entries of a share: "0" is the character after "/".
fn above_all(share: ShareId) -> String {
    format!("{share}0")
}

#[derive(Deserialize)]
struct Numbered {
    recorded: i64,
}

async fn next_number(store: &Store, studio: StudioId, share: ShareId) -> Result<i64, Fault> {
    let counted = shares::TABLE
        .collection(store)
        .find_one_and_update(live(studio, share.as_uuid()), doc! { "$inc": { "recorded": 1_i64 } })
        .projection(doc! { "recorded": 1 })
        .return_document(ReturnDocument::After)
        .await?
        .ok_or(StorageErrorKind::NotFound)?;
    let numbered: Numbered = bson::deserialize_from_slice(counted.as_bytes())?;
    Ok(numbered.recorded)
}

/// Adds an entry with its events.
pub(super) async fn record(
    store: &Store,
    (studio, share): (StudioId, ShareId),
    activity: &Activity,
    events: &[Event],
) -> Result<(), Fault> {
    let number = next_number(store, studio, share).await?;
    let at = nanoseconds(activity.at);
    let mut entry = doc! {
        "_id": entry_id(share, at, number),
        "studio": id(studio.as_uuid()),
        "share": id(share.as_uuid()),
        "at": at,
        "number": number,
        "client": id(activity.client.as_uuid()),
        "kind": activity.kind.as_str(),
    };
    if !events.is_empty() {
        entry.insert("events", new_events(events));
    }
    let entry = bson::serialize_to_raw_document_buf(&entry)?;
    TABLE.collection(store).insert_one(entry).await?;
    Ok(())
}

#[derive(Deserialize)]
struct KindCount {
    #[serde(rename = "_id")]
    kind: String,
    entries: i64,
    last_at: i64,
}

/// The counts so far.
pub(super) async fn statistics(
    store: &Store,
    studio: StudioId,
    share: ShareId,
) -> Result<ShareStatistics, Fault> {
    let pipeline = [
        doc! { "$match": { "studio": id(studio.as_uuid()), "share": id(share.as_uuid()) } },
        doc! { "$group": { "_id": "$kind", "entries": { "$sum": 1_i64 }, "last_at": { "$max": "$at" } } },
    ];
    let groups: Vec<Document> = TABLE.collection(store).aggregate(pipeline).await?.try_collect().await?;
    let mut statistics = ShareStatistics::default();
    for group in groups {
        add(&mut statistics, &bson::deserialize_from_document(group)?)?;
    }
    Ok(statistics)
}

fn add(statistics: &mut ShareStatistics, count: &KindCount) -> Result<(), Fault> {
    let entries = u64::try_from(count.entries).map_err(|_| StorageErrorKind::Corrupt)?;
    match kind_of(&count.kind)? {
        ActivityKind::Joined => statistics.clients += entries,
        ActivityKind::Visited => {}
        ActivityKind::Downloaded => {
            statistics.downloads += entries;
            return Ok(());
        }
        ActivityKind::SubmittedSelection | ActivityKind::PlacedOrder => return Ok(()),
    }
    statistics.visits += entries;
    statistics.last_visit_at = statistics.last_visit_at.max(Some(instant(count.last_at)));
    Ok(())
}

fn kind_of(word: &str) -> Result<ActivityKind, Fault> {
    let kind = ActivityKind::ALL.into_iter().find(|candidate| candidate.as_str() == word);
    Ok(kind.ok_or(StorageErrorKind::Corrupt)?)
}

#[derive(Deserialize)]
struct Entry {
    at: i64,
    number: i64,
    client: bson::Uuid,
    kind: String,
}

/// A page of entries, newest first. Cursors hold the time and the number of an entry.
pub(super) async fn list(
    store: &Store,
    studio: StudioId,
    share: ShareId,
    page: &PageRequest,
) -> Result<Page<Activity>, Fault> {
    // A cursor of another list leads nowhere.
    let Some(end) = place(share, page) else { return Ok(Page { items: Vec::new(), next: None }) };
    let filter = doc! { "_id": { "$gt": format!("{share}/"), "$lt": end }, "studio": id(studio.as_uuid()) };
    let walk = Walk { filter, sort: doc! { "_id": -1 } };
    let fields = doc! { "at": 1, "number": 1, "client": 1, "kind": 1 };
    let found = TABLE.fetch(store, walk, fields, one_more(page)).await?;
    let entries: Result<Vec<_>, Fault> = found.iter().map(read).collect();
    Ok(Page::cut(entries?, page.limit, |(cursor, _)| cursor.clone()).map(|(_, activity)| activity))
}

/// The `_id` before which the page begins.
fn place(share: ShareId, page: &PageRequest) -> Option<String> {
    let Some(cursor) = &page.after else { return Some(above_all(share)) };
    // Why `ok` twice: what does not parse was not made by this list.
    let number = i64::try_from(cursor.id().as_u128()).ok()?;
    Some(entry_id(share, cursor.key().parse().ok()?, number))
}

fn read(document: &RawDocumentBuf) -> Result<(Cursor, Activity), Fault> {
    let entry: Entry = bson::deserialize_from_slice(document.as_bytes())?;
    let number = u128::try_from(entry.number).map_err(|_| StorageErrorKind::Corrupt)?;
    let activity = Activity {
        at: instant(entry.at),
        client: ClientId::from_uuid(Uuid::from_bytes(entry.client.bytes())),
        kind: kind_of(&entry.kind)?,
    };
    Ok((Cursor::new(entry.at.to_string(), Uuid::from_u128(number)), activity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_lie_in_the_order_of_time_and_number_and_below_the_next_share() {
        let share = ShareId::from_uuid(Uuid::from_u128(7));
        let places = [(i64::MIN, 9), (-1, 1), (0, 1), (0, 2), (0, 10), (1, 1), (i64::MAX, 1)];
        let mut ids: Vec<String> = places.iter().map(|(at, number)| entry_id(share, *at, *number)).collect();
        ids.push(above_all(share));
        ids.push(entry_id(ShareId::from_uuid(Uuid::from_u128(8)), i64::MIN, 1));
        assert!(ids.is_sorted(), "{ids:?}");
    }
}

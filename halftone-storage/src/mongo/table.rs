//! What all collections of envelopes have in common.

use futures_util::TryStreamExt as _;
use futures_util::future::try_join_all;
use halftone_core::event::Event;
use halftone_core::id::StudioId;
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageErrorKind;
use jiff::Timestamp;
use mongodb::Collection;
use mongodb::bson::{self, Bson, Document, RawDocumentBuf, doc};
use serde::Deserialize;
use uuid::Uuid;

use super::envelope::{Record, number, projection, read};
use super::error::Fault;
use super::store::Store;
use super::values::{id, nanoseconds};
use crate::documents::{Stored, lowest_id};

/// One aggregate's collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table(pub(super) &'static str);

/// A walk along an index, from one place on.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    /// Equalities on the index's first fields, and where on its last field the walk begins.
    pub(super) filter: Document,
    /// The order of the index's last field.
    pub(super) sort: Document,
}

/// Studio and id of a document that is marked as deleted.
#[derive(Deserialize)]
struct Deleted {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    studio: bson::Uuid,
}

/// The id of a document.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "_id")]
    id: bson::Uuid,
}

impl Table {
    pub(super) fn collection(self, store: &Store) -> Collection<RawDocumentBuf> {
        store.collection(self.0)
    }

    /// Stores a new document with its events.
    pub(super) async fn create(
        self,
        store: &Store,
        record: Record,
        events: &[Event],
    ) -> Result<Version, Fault> {
        let document = bson::serialize_to_raw_document_buf(&record.into_new(events))?;
        self.collection(store).insert_one(document).await?;
        Ok(Version::FIRST)
    }

    /// Replaces a document whose version is still `seen`, and records its events in the same write.
    pub(super) async fn update(
        self,
        store: &Store,
        record: Record,
        seen: Version,
        events: &[Event],
    ) -> Result<Version, Fault> {
        let mut filter = live(record.studio, record.id);
        let known = filter.clone();
        filter.insert("version", number(seen));
        let outcome = self.collection(store).update_one(filter, record.into_update(events)).await?;
        if outcome.matched_count == 1 {
            return Ok(seen.next());
        }
        let exists = self.exists(store, known).await?;
        Err(if exists { StorageErrorKind::Conflict } else { StorageErrorKind::NotFound }.into())
    }

    /// Whether a document matches.
    pub(super) async fn exists(self, store: &Store, filter: Document) -> Result<bool, Fault> {
        let found = self.collection(store).find_one(filter).projection(doc! { "_id": 1 }).await?;
        Ok(found.is_some())
    }

    /// The studio's document with this id.
    pub(super) async fn find<T: Stored>(
        self,
        store: &Store,
        studio: StudioId,
        document: Uuid,
    ) -> Result<Option<Versioned<T>>, Fault> {
        self.find_where(store, live(studio, document)).await
    }

    /// The document for which the unique `filter` holds, whosever it is.
    pub(super) async fn find_where<T: Stored>(
        self,
        store: &Store,
        filter: Document,
    ) -> Result<Option<Versioned<T>>, Fault> {
        let found = self.collection(store).find_one(filter).projection(projection()).await?;
        Ok(found.as_ref().map(read).transpose()?.map(|(_, versioned)| versioned))
    }

    /// Some fields of the first `most` documents of a walk. The batch is as large as the limit, so that they come
    /// in one reply.
    pub(super) async fn fetch(
        self,
        store: &Store,
        walk: Walk,
        fields: Document,
        most: usize,
    ) -> Result<Vec<RawDocumentBuf>, Fault> {
        // At most 501, or what a caller of the outbox asks for.
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let collection = self.collection(store);
        let find = collection.find(walk.filter).sort(walk.sort).projection(fields);
        Ok(find.limit(i64::from(most)).batch_size(most).await?.try_collect().await?)
    }

    /// The first `most` documents of a walk.
    pub(super) async fn walk<T: Stored>(
        self,
        store: &Store,
        walk: Walk,
        most: usize,
    ) -> Result<Vec<(Uuid, Versioned<T>)>, Fault> {
        self.fetch(store, walk, projection(), most).await?.iter().map(read).collect()
    }

    /// The studio's documents from an instant on; see [`walk_since`].
    pub(super) async fn list_since<T: Stored>(
        self,
        store: &Store,
        walk: Walk,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<T>>, Fault> {
        Ok(self.walk(store, walk, limit.get()).await?.into_iter().map(|(_, value)| value).collect())
    }

    /// Several walks at once, one after the other in the result.
    pub(super) async fn walk_all<T: Stored>(
        self,
        store: &Store,
        walks: Vec<Walk>,
        most: usize,
    ) -> Result<Vec<(Uuid, Versioned<T>)>, Fault> {
        let walks = walks.into_iter().map(|walk| self.walk(store, walk, most));
        Ok(try_join_all(walks).await?.into_iter().flatten().collect())
    }

    /// A page of the studio's documents that match `conditions`, highest id first.
    pub(super) async fn list_newest<T: Stored>(
        self,
        store: &Store,
        studio: StudioId,
        conditions: Document,
        page: &PageRequest,
    ) -> Result<Page<Versioned<T>>, Fault> {
        let items = self.walk(store, newest(studio, conditions, page), one_more(page)).await?;
        Ok(cut_by_id(items, page))
    }

    /// Hides the studio's document; the time of the first mark stays.
    pub(super) async fn mark_deleted(
        self,
        store: &Store,
        studio: StudioId,
        document: Uuid,
        at: Timestamp,
    ) -> Result<(), Fault> {
        let mark = doc! { "$set": { "deleted": true, "deleted_at": nanoseconds(at) } };
        self.collection(store).update_one(live(studio, document), mark).await?;
        Ok(())
    }

    /// Removes the studio's document with its events, deleted or not.
    pub(super) async fn remove(self, store: &Store, studio: StudioId, document: Uuid) -> Result<(), Fault> {
        let filter = doc! { "_id": id(document), "studio": id(studio.as_uuid()) };
        self.collection(store).delete_one(filter).await?;
        Ok(())
    }

    /// Removes all documents that match.
    pub(super) async fn remove_all(self, store: &Store, filter: Document) -> Result<(), Fault> {
        self.collection(store).delete_many(filter).await?;
        Ok(())
    }

    /// Removes up to `most` documents of all studios whose ids were made before an instant; tells how many.
    pub(super) async fn forget_before(
        self,
        store: &Store,
        instant: Timestamp,
        most: PageLimit,
    ) -> Result<usize, Fault> {
        let filter = doc! { "_id": { "$lt": id(lowest_id(instant)) } };
        let walk = Walk { filter, sort: doc! { "_id": 1 } };
        let old = self.fetch(store, walk, doc! { "_id": 1 }, most.get()).await?;
        if old.is_empty() {
            return Ok(0);
        }
        let ids: Result<Vec<Bson>, Fault> = old
            .iter()
            .map(|document| {
                Ok(id(Uuid::from_bytes(
                    bson::deserialize_from_slice::<Named>(document.as_bytes())?.id.bytes(),
                )))
            })
            .collect();
        let outcome = self.collection(store).delete_many(doc! { "_id": { "$in": ids? } }).await?;
        Ok(usize::try_from(outcome.deleted_count).unwrap_or(usize::MAX))
    }

    /// A page of studio and id of what is marked as deleted, of all studios, by id.
    pub(super) async fn list_deleted(
        self,
        store: &Store,
        page: &PageRequest,
    ) -> Result<Page<(StudioId, Uuid)>, Fault> {
        let mut filter = doc! { "deleted": true };
        filter.extend(after(page));
        let walk = Walk { filter, sort: doc! { "_id": 1 } };
        let read = |document: &RawDocumentBuf| {
            let deleted: Deleted = bson::deserialize_from_slice(document.as_bytes())?;
            let studio = StudioId::from_uuid(Uuid::from_bytes(deleted.studio.bytes()));
            Ok((studio, Uuid::from_bytes(deleted.id.bytes())))
        };
        let found = self.fetch(store, walk, doc! { "_id": 1, "studio": 1 }, one_more(page)).await?;
        let items: Result<Vec<_>, Fault> = found.iter().map(read).collect();
        Ok(Page::cut(items?, page.limit, |(_, id)| Cursor::new("", *id)))
    }
}

/// The filter of a studio's document that is not marked as deleted.
pub(super) fn live(studio: StudioId, document: Uuid) -> Document {
    doc! { "_id": id(document), "studio": id(studio.as_uuid()), "deleted": false }
}

/// A walk along a studio's documents, highest id first.
pub(super) fn newest(studio: StudioId, conditions: Document, page: &PageRequest) -> Walk {
    let mut filter = doc! { "studio": id(studio.as_uuid()), "deleted": false };
    filter.extend(conditions);
    if let Some(cursor) = &page.after {
        filter.insert("_id", doc! { "$lt": id(cursor.id()) });
    }
    Walk { filter, sort: doc! { "_id": -1 } }
}

/// Where a page of an ascending list of ids begins.
pub(super) fn after(page: &PageRequest) -> Document {
    page.after.as_ref().map_or_else(Document::new, |cursor| doc! { "_id": { "$gt": id(cursor.id()) } })
}

/// A walk along a studio's documents by an instant in `field`, from `since` on and then by id.
pub(super) fn walk_since(studio: StudioId, field: &'static str, since: Timestamp) -> Walk {
    let mut filter = doc! { "studio": id(studio.as_uuid()), "deleted": false };
    filter.insert(field, doc! { "$gte": nanoseconds(since) });
    let mut sort = Document::new();
    sort.insert(field, 1);
    sort.insert("_id", 1);
    Walk { filter, sort }
}

/// A page of documents that are listed by id alone.
pub(super) fn cut_by_id<T>(items: Vec<(Uuid, Versioned<T>)>, page: &PageRequest) -> Page<Versioned<T>> {
    Page::cut(items, page.limit, |(id, _)| Cursor::new("", *id)).map(|(_, versioned)| versioned)
}

/// How many documents tell whether the list goes on.
pub(super) const fn one_more(page: &PageRequest) -> usize {
    page.limit.get() + 1
}

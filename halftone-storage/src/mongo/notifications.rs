//! Notifications in MongoDB. Whether one was read is a field beside the body, which never changes.

use async_trait::async_trait;
use halftone_core::id::{EventId, StudioId};
use halftone_core::notification::{ListedNotification, Listing, Notification, Reading};
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::notifications::NotificationRepository;
use jiff::Timestamp;
use mongodb::bson::{self, Bson, Document, RawDocumentBuf, doc};
use serde::Deserialize;

use super::envelope::{Record, value_of};
use super::error::{Fault, Operation};
use super::store::Store;
use super::table::{Table, Walk, one_more};
use super::values::id;
use crate::documents::Stored;
use crate::documents::notification::{place, place_of_instant};

pub(super) const TABLE: Table = Table("notifications");

/// Keeps notifications in a collection.
#[derive(Debug)]
pub(super) struct MongoNotificationRepository {
    store: Store,
}

impl MongoNotificationRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(notification: &Notification) -> Record {
    Record::new(notification.notice.studio, notification.id().as_uuid(), notification)
        .with("place", place(notification.created_at, notification.id()))
        .with("listed", notification.listing == Listing::Listed)
        .with("read", false)
}

#[derive(Deserialize)]
struct Envelope {
    place: String,
    read: bool,
    body: <Notification as Stored>::Document,
}

fn read(document: &RawDocumentBuf) -> Result<(String, ListedNotification), Fault> {
    let envelope: Envelope = bson::deserialize_from_slice(document.as_bytes())?;
    let reading = if envelope.read { Reading::Read } else { Reading::Unread };
    Ok((envelope.place, ListedNotification { notification: value_of(envelope.body)?, reading }))
}

/// The filter of a studio's list.
fn listed(studio: StudioId) -> Document {
    doc! { "studio": id(studio.as_uuid()), "listed": true }
}

async fn fetch(store: &Store, walk: Walk, most: usize) -> Result<Vec<(String, ListedNotification)>, Fault> {
    let fields = doc! { "place": 1, "read": 1, "body": 1 };
    TABLE.fetch(store, walk, fields, most).await?.iter().map(read).collect()
}

async fn list(
    store: &Store,
    studio: StudioId,
    page: &PageRequest,
) -> Result<Page<ListedNotification>, Fault> {
    let mut filter = listed(studio);
    if let Some(after) = &page.after {
        filter.insert("place", doc! { "$lt": after.key() });
    }
    let items = fetch(store, Walk { filter, sort: doc! { "place": -1 } }, one_more(page)).await?;
    let cursor_of = |(place, listed): &(String, ListedNotification)| {
        Cursor::new(place.as_str(), listed.notification.id().as_uuid())
    };
    Ok(Page::cut(items, page.limit, cursor_of).map(|(_, listed)| listed))
}

async fn mark(store: &Store, filter: Document) -> Result<(), Fault> {
    TABLE.collection(store).update_many(filter, doc! { "$set": { "read": true } }).await?;
    Ok(())
}

#[async_trait]
impl NotificationRepository for MongoNotificationRepository {
    async fn create(&self, notification: &Notification) -> Result<(), StorageError> {
        let operation = Operation::new("create notification", notification.id());
        self.store.run(operation, TABLE.create(&self.store, record(notification), &[])).await.map(drop)
    }

    async fn find(&self, studio: StudioId, id: EventId) -> Result<Option<Notification>, StorageError> {
        let operation = Operation::new("find notification", id);
        let found = TABLE.find::<Notification>(&self.store, studio, id.as_uuid());
        Ok(self.store.run(operation, found).await?.map(|notification| notification.value))
    }

    async fn find_many(&self, studio: StudioId, ids: &[EventId]) -> Result<Vec<Notification>, StorageError> {
        let operation = Operation::new("find notifications of studio", studio);
        let wanted: Vec<Bson> = ids.iter().map(|event| id(event.as_uuid())).collect();
        let filter = doc! { "_id": { "$in": wanted }, "studio": id(studio.as_uuid()) };
        let walk = Walk { filter, sort: doc! { "_id": 1 } };
        let found = self.store.run(operation, fetch(&self.store, walk, ids.len().max(1))).await?;
        Ok(found.into_iter().map(|(_, listed)| listed.notification).collect())
    }

    async fn list(
        &self,
        studio: StudioId,
        page: &PageRequest,
    ) -> Result<Page<ListedNotification>, StorageError> {
        let operation = Operation::new("list notifications of studio", studio);
        self.store.run(operation, list(&self.store, studio, page)).await
    }

    async fn list_created(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Notification>, StorageError> {
        let operation = Operation::new("list new notifications of studio", studio);
        let mut filter = listed(studio);
        filter.insert("place", doc! { "$gte": place_of_instant(since) });
        let walk = Walk { filter, sort: doc! { "place": 1 } };
        let found = self.store.run(operation, fetch(&self.store, walk, limit.get())).await?;
        Ok(found.into_iter().map(|(_, listed)| listed.notification).collect())
    }

    async fn count_unread(&self, studio: StudioId) -> Result<u64, StorageError> {
        let operation = Operation::new("count unread notifications of studio", studio);
        let mut filter = listed(studio);
        filter.insert("read", false);
        let count = async { Ok(TABLE.collection(&self.store).count_documents(filter).await?) };
        self.store.run(operation, count).await
    }

    async fn mark_read(&self, studio: StudioId, ids: &[EventId]) -> Result<(), StorageError> {
        let operation = Operation::new("mark notifications of studio", studio);
        let ids: Vec<Bson> = ids.iter().map(|event| id(event.as_uuid())).collect();
        let filter = doc! { "_id": { "$in": ids }, "studio": id(studio.as_uuid()) };
        self.store.run(operation, mark(&self.store, filter)).await
    }

    async fn mark_read_up_to(&self, studio: StudioId, last: &Notification) -> Result<(), StorageError> {
        let operation = Operation::new("mark notifications of studio", studio);
        let mut filter = listed(studio);
        filter.insert("read", false);
        filter.insert("place", doc! { "$lte": place(last.created_at, last.id()) });
        self.store.run(operation, mark(&self.store, filter)).await
    }

    async fn forget_before(&self, instant: Timestamp, most: PageLimit) -> Result<usize, StorageError> {
        let operation = Operation::new("forget", "old notifications");
        self.store.run(operation, TABLE.forget_before(&self.store, instant, most)).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge notifications of studio", studio);
        let filter = doc! { "studio": id(studio.as_uuid()) };
        self.store.run(operation, TABLE.remove_all(&self.store, filter)).await
    }
}

//! Notifications in the database. Whether one was read is a column beside the document, which never changes.

use async_trait::async_trait;
use halftone_core::id::{EventId, StudioId};
use halftone_core::notification::{ListedNotification, Listing, Notification, Reading};
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::notifications::NotificationRepository;
use jiff::Timestamp;
use rusqlite::{Connection, Params, params};

use super::columns::Id;
use super::database::Database;
use super::error::{Fault, Operation};
use super::table::{Record, Table, most, one_more};
use crate::documents::notification::{place, place_of_instant};
use crate::documents::{decode, lowest_id};

pub(super) const TABLE: Table = Table("notifications");

pub(super) const LIST: &str = "SELECT place, is_read, document FROM notifications
     WHERE studio = ? AND listed = 1 AND place < ? ORDER BY place DESC LIMIT ?";
pub(super) const CREATED: &str = "SELECT place, is_read, document FROM notifications
     WHERE studio = ? AND listed = 1 AND place >= ? ORDER BY place LIMIT ?";
pub(super) const UNREAD: &str =
    "SELECT count(*) FROM notifications WHERE studio = ? AND listed = 1 AND is_read = 0";
pub(super) const READ_ONE: &str = "UPDATE notifications SET is_read = 1 WHERE id = ? AND studio = ?";
pub(super) const READ_UP_TO: &str = "UPDATE notifications SET is_read = 1
     WHERE studio = ? AND listed = 1 AND is_read = 0 AND place <= ?";
pub(super) const FORGET: &str =
    "DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE id < ? ORDER BY id LIMIT ?)";

/// Higher than every place, which begins with a digit.
const ABOVE_ALL_PLACES: &str = "~";

/// Keeps notifications in a table.
#[derive(Debug)]
pub(super) struct EmbeddedNotificationRepository {
    database: Database,
}

impl EmbeddedNotificationRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(notification: &Notification) -> Record {
    Record::new(notification.notice.studio, notification.id().as_uuid(), notification)
        .with("place", place(notification.created_at, notification.id()))
        .with("listed", i64::from(notification.listing == Listing::Listed))
}

/// The notifications of a query over the columns `place, is_read, document`.
fn read(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<Vec<(String, ListedNotification)>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let reading = if row.get::<_, i64>(1)? == 0 { Reading::Unread } else { Reading::Read };
        let document = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        found.push((row.get(0)?, ListedNotification { notification: decode(document)?, reading }));
    }
    Ok(found)
}

fn list(
    connection: &Connection,
    studio: StudioId,
    page: &PageRequest,
) -> Result<Page<ListedNotification>, Fault> {
    let before = page.after.as_ref().map_or(ABOVE_ALL_PLACES, Cursor::key);
    let items = read(connection, LIST, params![Id(studio.as_uuid()), before, one_more(page)])?;
    let cursor_of = |(place, listed): &(String, ListedNotification)| {
        Cursor::new(place.as_str(), listed.notification.id().as_uuid())
    };
    Ok(Page::cut(items, page.limit, cursor_of).map(|(_, listed)| listed))
}

#[async_trait]
impl NotificationRepository for EmbeddedNotificationRepository {
    async fn create(&self, notification: &Notification) -> Result<(), StorageError> {
        let record = record(notification);
        let operation = Operation::new("create notification", notification.id());
        self.database.write(operation, move |connection| TABLE.create(connection, &record).map(drop)).await
    }

    async fn find(&self, studio: StudioId, id: EventId) -> Result<Option<Notification>, StorageError> {
        let operation = Operation::new("find notification", id);
        self.database
            .read(operation, move |connection| {
                let found = TABLE.find::<Notification>(connection, studio, id.as_uuid())?;
                Ok(found.map(|notification| notification.value))
            })
            .await
    }

    async fn find_many(&self, studio: StudioId, ids: &[EventId]) -> Result<Vec<Notification>, StorageError> {
        let ids = ids.to_vec();
        let operation = Operation::new("find notifications of studio", studio);
        self.database
            .read(operation, move |connection| {
                let find = |id: &EventId| TABLE.find::<Notification>(connection, studio, id.as_uuid());
                let found: Result<Vec<_>, Fault> = ids.iter().map(find).collect();
                Ok(found?.into_iter().flatten().map(|notification| notification.value).collect())
            })
            .await
    }

    async fn list(
        &self,
        studio: StudioId,
        page: &PageRequest,
    ) -> Result<Page<ListedNotification>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list notifications of studio", studio);
        self.database.read(operation, move |connection| list(connection, studio, &page)).await
    }

    async fn list_created(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Notification>, StorageError> {
        let operation = Operation::new("list new notifications of studio", studio);
        self.database
            .read(operation, move |connection| {
                let parameters = params![Id(studio.as_uuid()), place_of_instant(since), most(limit)];
                let found = read(connection, CREATED, parameters)?;
                Ok(found.into_iter().map(|(_, listed)| listed.notification).collect())
            })
            .await
    }

    async fn count_unread(&self, studio: StudioId) -> Result<u64, StorageError> {
        let operation = Operation::new("count unread notifications of studio", studio);
        self.database
            .read(operation, move |connection| {
                let mut statement = connection.prepare_cached(UNREAD)?;
                let count: i64 = statement.query_row(params![Id(studio.as_uuid())], |row| row.get(0))?;
                u64::try_from(count).map_err(|_| StorageErrorKind::Corrupt.into())
            })
            .await
    }

    async fn mark_read(&self, studio: StudioId, ids: &[EventId]) -> Result<(), StorageError> {
        let ids: Vec<Id> = ids.iter().map(|id| Id(id.as_uuid())).collect();
        let operation = Operation::new("mark notifications of studio", studio);
        self.database
            .write(operation, move |connection| {
                let mut statement = connection.prepare_cached(READ_ONE)?;
                for id in &ids {
                    statement.execute(params![id, Id(studio.as_uuid())])?;
                }
                Ok(())
            })
            .await
    }

    async fn mark_read_up_to(&self, studio: StudioId, last: &Notification) -> Result<(), StorageError> {
        let last = place(last.created_at, last.id());
        let operation = Operation::new("mark notifications of studio", studio);
        self.database
            .write(operation, move |connection| {
                connection.prepare_cached(READ_UP_TO)?.execute(params![Id(studio.as_uuid()), last])?;
                Ok(())
            })
            .await
    }

    async fn forget_before(&self, instant: Timestamp, limit: PageLimit) -> Result<usize, StorageError> {
        let operation = Operation::new("forget", "old notifications");
        self.database
            .write(operation, move |connection| {
                let parameters = params![Id(lowest_id(instant)), most(limit)];
                Ok(connection.prepare_cached(FORGET)?.execute(parameters)?)
            })
            .await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge notifications of studio", studio);
        self.database
            .write(operation, move |connection| {
                let mut statement =
                    connection.prepare_cached("DELETE FROM notifications WHERE studio = ?")?;
                statement.execute(params![Id(studio.as_uuid())])?;
                Ok(())
            })
            .await
    }
}

//! Studios in the database.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{StudioId, UserId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::studios::StudioRepository;
use halftone_core::studio::Studio;
use jiff::Timestamp;
use rusqlite::params;

use super::columns::Id;
use super::database::Database;
use super::error::Operation;
use super::outbox::{self, NewEvents};
use super::table::{Record, Table};

pub(super) const TABLE: Table = Table("studios");

/// Keeps studios in a table.
#[derive(Debug)]
pub(super) struct EmbeddedStudioRepository {
    database: Database,
}

impl EmbeddedStudioRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(studio: &Studio) -> Record {
    Record::new(studio.id, studio.id.as_uuid(), studio).with("owner", Id(studio.owner.as_uuid()))
}

#[async_trait]
impl StudioRepository for EmbeddedStudioRepository {
    async fn create(&self, studio: &Studio) -> Result<Version, StorageError> {
        let record = record(studio);
        let operation = Operation::new("create studio", studio.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(&self, studio: StudioId) -> Result<Option<Versioned<Studio>>, StorageError> {
        let operation = Operation::new("find studio", studio);
        self.database
            .read(operation, move |connection| TABLE.find(connection, studio, studio.as_uuid()))
            .await
    }

    async fn find_by_owner(&self, owner: UserId) -> Result<Option<Versioned<Studio>>, StorageError> {
        let operation = Operation::new("find studio of user", owner);
        self.database
            .read(operation, move |connection| {
                TABLE.find_where(connection, "owner = ?", params![Id(owner.as_uuid())])
            })
            .await
    }

    async fn update(
        &self,
        studio: &Studio,
        seen: Version,
        events: &[Event],
    ) -> Result<Version, StorageError> {
        let (record, events) = (record(studio), NewEvents::new(studio.id.as_uuid(), events));
        let operation = Operation::new("update studio", studio.id);
        self.database
            .write(operation, move |connection| {
                events.record(connection)?;
                TABLE.update(connection, &record, seen)
            })
            .await
    }

    async fn mark_deleted(&self, studio: StudioId, at: Timestamp) -> Result<(), StorageError> {
        let operation = Operation::new("delete studio", studio);
        self.database
            .write(operation, move |connection| TABLE.mark_deleted(connection, studio, studio.as_uuid(), at))
            .await
    }

    async fn purge(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge studio", studio);
        self.database
            .write(operation, move |connection| {
                TABLE.remove(connection, studio, studio.as_uuid())?;
                outbox::forget(connection, studio.as_uuid())
            })
            .await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<StudioId>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list", "deleted studios");
        self.database
            .read(operation, move |connection| {
                Ok(TABLE.list_deleted(connection, &page)?.map(|(studio, _)| studio))
            })
            .await
    }
}

//! Archives in the database.

use async_trait::async_trait;
use halftone_core::archive::Archive;
use halftone_core::id::{ArchiveId, StudioId};
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::archives::ArchiveRepository;
use halftone_core::ports::error::StorageError;
use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Id, nanoseconds};
use super::database::Database;
use super::error::Operation;
use super::table::{Record, Table, most, read_values};

const TABLE: Table = Table("archives");

pub(super) const DUE: &str =
    "SELECT id, version, document FROM archives WHERE due_at <= ? ORDER BY due_at, id LIMIT ?";

/// Keeps archives in a table.
#[derive(Debug)]
pub(super) struct EmbeddedArchiveRepository {
    database: Database,
}

impl EmbeddedArchiveRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(archive: &Archive) -> Record {
    Record::new(archive.studio, archive.id.as_uuid(), archive).with("due_at", nanoseconds(archive.due_at))
}

#[async_trait]
impl ArchiveRepository for EmbeddedArchiveRepository {
    async fn create(&self, archive: &Archive) -> Result<Version, StorageError> {
        let record = record(archive);
        let operation = Operation::new("create archive", archive.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(
        &self,
        studio: StudioId,
        archive: ArchiveId,
    ) -> Result<Option<Versioned<Archive>>, StorageError> {
        let operation = Operation::new("find archive", archive);
        self.database
            .read(operation, move |connection| TABLE.find(connection, studio, archive.as_uuid()))
            .await
    }

    async fn update(&self, archive: &Archive, seen: Version) -> Result<Version, StorageError> {
        let record = record(archive);
        let operation = Operation::new("update archive", archive.id);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn list_due(
        &self,
        now: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Archive>>, StorageError> {
        let operation = Operation::new("list archives that are due at", now);
        self.database
            .read(operation, move |connection| {
                read_values(connection, DUE, params![nanoseconds(now), most(limit)])
            })
            .await
    }

    async fn delete(&self, studio: StudioId, archive: ArchiveId) -> Result<(), StorageError> {
        let operation = Operation::new("delete archive", archive);
        self.database
            .write(operation, move |connection| TABLE.remove(connection, studio, archive.as_uuid()).map(drop))
            .await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge archives of studio", studio);
        self.database
            .write(operation, move |connection| {
                let purge = "DELETE FROM archives WHERE studio = ?";
                connection.prepare_cached(purge)?.execute([Id(studio.as_uuid())])?;
                Ok(())
            })
            .await
    }
}

//! Packs in the database.

use async_trait::async_trait;
use halftone_core::id::{PackId, StudioId};
use halftone_core::pack::Pack;
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::packs::PackRepository;
use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Id, nanoseconds};
use super::database::Database;
use super::error::Operation;
use super::table::{Record, Table, most, read_values};

const TABLE: Table = Table("packs");

pub(super) const DUE: &str =
    "SELECT id, version, document FROM packs WHERE due_at <= ? ORDER BY due_at, id LIMIT ?";

/// Keeps packs in a table.
#[derive(Debug)]
pub(super) struct EmbeddedPackRepository {
    database: Database,
}

impl EmbeddedPackRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(pack: &Pack) -> Record {
    Record::new(pack.studio, pack.id.as_uuid(), pack).with("due_at", nanoseconds(pack.due_at))
}

#[async_trait]
impl PackRepository for EmbeddedPackRepository {
    async fn create(&self, pack: &Pack) -> Result<Version, StorageError> {
        let record = record(pack);
        let operation = Operation::new("create pack", pack.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(&self, studio: StudioId, pack: PackId) -> Result<Option<Versioned<Pack>>, StorageError> {
        let operation = Operation::new("find pack", pack);
        self.database.read(operation, move |connection| TABLE.find(connection, studio, pack.as_uuid())).await
    }

    async fn update(&self, pack: &Pack, seen: Version) -> Result<Version, StorageError> {
        let record = record(pack);
        let operation = Operation::new("update pack", pack.id);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn list_due(&self, now: Timestamp, limit: PageLimit) -> Result<Vec<Versioned<Pack>>, StorageError> {
        let operation = Operation::new("list packs that are due at", now);
        self.database
            .read(operation, move |connection| {
                read_values(connection, DUE, params![nanoseconds(now), most(limit)])
            })
            .await
    }

    async fn delete(&self, studio: StudioId, pack: PackId) -> Result<(), StorageError> {
        let operation = Operation::new("delete pack", pack);
        self.database
            .write(operation, move |connection| TABLE.remove(connection, studio, pack.as_uuid()).map(drop))
            .await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge packs of studio", studio);
        self.database
            .write(operation, move |connection| {
                let purge = "DELETE FROM packs WHERE studio = ?";
                connection.prepare_cached(purge)?.execute([Id(studio.as_uuid())])?;
                Ok(())
            })
            .await
    }
}

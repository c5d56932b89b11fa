//! Meters in the database.

use async_trait::async_trait;
use halftone_core::id::{ShareId, StudioId};
use halftone_core::meter::Meter;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::meters::MeterRepository;

use super::columns::Id;
use super::database::Database;
use super::error::Operation;
use super::table::{Record, Table};

const TABLE: Table = Table("meters");

pub(super) const PURGE: &str = "DELETE FROM meters WHERE studio = ?";

/// Keeps meters in a table, one for each share, whose id it bears.
#[derive(Debug)]
pub(super) struct EmbeddedMeterRepository {
    database: Database,
}

impl EmbeddedMeterRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(meter: &Meter) -> Record {
    Record::new(meter.studio, meter.share.as_uuid(), meter)
}

#[async_trait]
impl MeterRepository for EmbeddedMeterRepository {
    async fn create(&self, meter: &Meter) -> Result<Version, StorageError> {
        let record = record(meter);
        let operation = Operation::new("create meter of share", meter.share);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Meter>>, StorageError> {
        let operation = Operation::new("find meter of share", share);
        self.database.read(operation, move |connection| TABLE.find(connection, studio, share.as_uuid())).await
    }

    async fn update(&self, meter: &Meter, seen: Version) -> Result<Version, StorageError> {
        let record = record(meter);
        let operation = Operation::new("update meter of share", meter.share);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        let operation = Operation::new("purge meter of share", share);
        self.database
            .write(operation, move |connection| TABLE.remove(connection, studio, share.as_uuid()).map(drop))
            .await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge meters of studio", studio);
        self.database
            .write(operation, move |connection| {
                connection.prepare_cached(PURGE)?.execute([Id(studio.as_uuid())])?;
                Ok(())
            })
            .await
    }
}

//! Meters in MongoDB.

use async_trait::async_trait;
use halftone_core::id::{ShareId, StudioId};
use halftone_core::meter::Meter;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::meters::MeterRepository;
use mongodb::bson::doc;

use super::envelope::Record;
use super::error::Operation;
use super::store::Store;
use super::table::Table;
use super::values::id;

const TABLE: Table = Table("meters");

/// Keeps meters in a collection, one document for each share, whose id it bears.
#[derive(Debug)]
pub(super) struct MongoMeterRepository {
    store: Store,
}

impl MongoMeterRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(meter: &Meter) -> Record {
    Record::new(meter.studio, meter.share.as_uuid(), meter)
}

#[async_trait]
impl MeterRepository for MongoMeterRepository {
    async fn create(&self, meter: &Meter) -> Result<Version, StorageError> {
        let operation = Operation::new("create meter of share", meter.share);
        self.store.run(operation, TABLE.create(&self.store, record(meter), &[])).await
    }

    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Meter>>, StorageError> {
        let operation = Operation::new("find meter of share", share);
        self.store.run(operation, TABLE.find(&self.store, studio, share.as_uuid())).await
    }

    async fn update(&self, meter: &Meter, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update meter of share", meter.share);
        self.store.run(operation, TABLE.update(&self.store, record(meter), seen, &[])).await
    }

    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        let operation = Operation::new("purge meter of share", share);
        self.store.run(operation, TABLE.remove(&self.store, studio, share.as_uuid())).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge meters of studio", studio);
        let filter = doc! { "studio": id(studio.as_uuid()) };
        self.store.run(operation, TABLE.remove_all(&self.store, filter)).await
    }
}

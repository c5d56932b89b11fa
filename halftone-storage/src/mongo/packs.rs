//! Packs in MongoDB.

use async_trait::async_trait;
use halftone_core::id::{PackId, StudioId};
use halftone_core::pack::Pack;
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::packs::PackRepository;
use jiff::Timestamp;
use mongodb::bson::doc;

use super::envelope::Record;
use super::error::Operation;
use super::store::Store;
use super::table::{Table, Walk};
use super::values::{id, nanoseconds};

const TABLE: Table = Table("packs");

/// Keeps packs in a collection.
#[derive(Debug)]
pub(super) struct MongoPackRepository {
    store: Store,
}

impl MongoPackRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(pack: &Pack) -> Record {
    Record::new(pack.studio, pack.id.as_uuid(), pack).with("due_at", nanoseconds(pack.due_at))
}

#[async_trait]
impl PackRepository for MongoPackRepository {
    async fn create(&self, pack: &Pack) -> Result<Version, StorageError> {
        let operation = Operation::new("create pack", pack.id);
        self.store.run(operation, TABLE.create(&self.store, record(pack), &[])).await
    }

    async fn find(&self, studio: StudioId, pack: PackId) -> Result<Option<Versioned<Pack>>, StorageError> {
        let operation = Operation::new("find pack", pack);
        self.store.run(operation, TABLE.find(&self.store, studio, pack.as_uuid())).await
    }

    async fn update(&self, pack: &Pack, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update pack", pack.id);
        self.store.run(operation, TABLE.update(&self.store, record(pack), seen, &[])).await
    }

    async fn list_due(&self, now: Timestamp, limit: PageLimit) -> Result<Vec<Versioned<Pack>>, StorageError> {
        let operation = Operation::new("list packs that are due at", now);
        let filter = doc! { "due_at": { "$lte": nanoseconds(now) } };
        let walk = Walk { filter, sort: doc! { "due_at": 1, "_id": 1 } };
        self.store.run(operation, TABLE.list_since(&self.store, walk, limit)).await
    }

    async fn delete(&self, studio: StudioId, pack: PackId) -> Result<(), StorageError> {
        let operation = Operation::new("delete pack", pack);
        self.store.run(operation, TABLE.remove(&self.store, studio, pack.as_uuid())).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge packs of studio", studio);
        let filter = doc! { "studio": id(studio.as_uuid()) };
        self.store.run(operation, TABLE.remove_all(&self.store, filter)).await
    }
}

//! Archives in MongoDB.

use async_trait::async_trait;
use halftone_core::archive::Archive;
use halftone_core::id::{ArchiveId, StudioId};
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::archives::ArchiveRepository;
use halftone_core::ports::error::StorageError;
use jiff::Timestamp;
use mongodb::bson::doc;

use super::envelope::Record;
use super::error::Operation;
use super::store::Store;
use super::table::{Table, Walk};
use super::values::{id, nanoseconds};

const TABLE: Table = Table("archives");

/// Keeps archives in a collection.
#[derive(Debug)]
pub(super) struct MongoArchiveRepository {
    store: Store,
}

impl MongoArchiveRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(archive: &Archive) -> Record {
    Record::new(archive.studio, archive.id.as_uuid(), archive).with("due_at", nanoseconds(archive.due_at))
}

#[async_trait]
impl ArchiveRepository for MongoArchiveRepository {
    async fn create(&self, archive: &Archive) -> Result<Version, StorageError> {
        let operation = Operation::new("create archive", archive.id);
        self.store.run(operation, TABLE.create(&self.store, record(archive), &[])).await
    }

    async fn find(
        &self,
        studio: StudioId,
        archive: ArchiveId,
    ) -> Result<Option<Versioned<Archive>>, StorageError> {
        let operation = Operation::new("find archive", archive);
        self.store.run(operation, TABLE.find(&self.store, studio, archive.as_uuid())).await
    }

    async fn update(&self, archive: &Archive, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update archive", archive.id);
        self.store.run(operation, TABLE.update(&self.store, record(archive), seen, &[])).await
    }

    async fn list_due(
        &self,
        now: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Archive>>, StorageError> {
        let operation = Operation::new("list archives that are due at", now);
        let filter = doc! { "due_at": { "$lte": nanoseconds(now) } };
        let walk = Walk { filter, sort: doc! { "due_at": 1, "_id": 1 } };
        self.store.run(operation, TABLE.list_since(&self.store, walk, limit)).await
    }

    async fn delete(&self, studio: StudioId, archive: ArchiveId) -> Result<(), StorageError> {
        let operation = Operation::new("delete archive", archive);
        self.store.run(operation, TABLE.remove(&self.store, studio, archive.as_uuid())).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge archives of studio", studio);
        let filter = doc! { "studio": id(studio.as_uuid()) };
        self.store.run(operation, TABLE.remove_all(&self.store, filter)).await
    }
}

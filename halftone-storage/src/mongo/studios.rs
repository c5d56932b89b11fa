//! Studios in MongoDB.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{StudioId, UserId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::studios::StudioRepository;
use halftone_core::studio::Studio;
use jiff::Timestamp;
use mongodb::bson::doc;

use super::envelope::Record;
use super::error::Operation;
use super::store::Store;
use super::table::Table;
use super::values::id;

pub(super) const TABLE: Table = Table("studios");

/// Keeps studios in a collection.
#[derive(Debug)]
pub(super) struct MongoStudioRepository {
    store: Store,
}

impl MongoStudioRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(studio: &Studio) -> Record {
    Record::new(studio.id, studio.id.as_uuid(), studio).with("owner", id(studio.owner.as_uuid()))
}

#[async_trait]
impl StudioRepository for MongoStudioRepository {
    async fn create(&self, studio: &Studio) -> Result<Version, StorageError> {
        let operation = Operation::new("create studio", studio.id);
        self.store.run(operation, TABLE.create(&self.store, record(studio), &[])).await
    }

    async fn find(&self, studio: StudioId) -> Result<Option<Versioned<Studio>>, StorageError> {
        let operation = Operation::new("find studio", studio);
        self.store.run(operation, TABLE.find(&self.store, studio, studio.as_uuid())).await
    }

    async fn find_by_owner(&self, owner: UserId) -> Result<Option<Versioned<Studio>>, StorageError> {
        let operation = Operation::new("find studio of user", owner);
        let filter = doc! { "owner": id(owner.as_uuid()), "deleted": false };
        self.store.run(operation, TABLE.find_where(&self.store, filter)).await
    }

    async fn update(
        &self,
        studio: &Studio,
        seen: Version,
        events: &[Event],
    ) -> Result<Version, StorageError> {
        let operation = Operation::new("update studio", studio.id);
        self.store.run(operation, TABLE.update(&self.store, record(studio), seen, events)).await
    }

    async fn mark_deleted(&self, studio: StudioId, at: Timestamp) -> Result<(), StorageError> {
        let operation = Operation::new("delete studio", studio);
        self.store.run(operation, TABLE.mark_deleted(&self.store, studio, studio.as_uuid(), at)).await
    }

    async fn purge(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge studio", studio);
        self.store.run(operation, TABLE.remove(&self.store, studio, studio.as_uuid())).await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<StudioId>, StorageError> {
        let operation = Operation::new("list", "deleted studios");
        let deleted = self.store.run(operation, TABLE.list_deleted(&self.store, page)).await?;
        Ok(deleted.map(|(studio, _)| studio))
    }
}

//! Collections in MongoDB.

use async_trait::async_trait;
use halftone_core::collection::Collection;
use halftone_core::id::{CollectionId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::collections::{CollectionFilter, CollectionRepository};
use halftone_core::ports::error::StorageError;
use jiff::Timestamp;
use mongodb::bson::Document;

use super::envelope::Record;
use super::error::Operation;
use super::searches;
use super::store::Store;
use super::table::Table;

pub(super) const TABLE: Table = Table("collections");

/// Keeps collections in a collection of the database.
#[derive(Debug)]
pub(super) struct MongoCollectionRepository {
    store: Store,
}

impl MongoCollectionRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(collection: &Collection) -> Record {
    Record::new(collection.studio, collection.id.as_uuid(), collection).searchable(collection)
}

#[async_trait]
impl CollectionRepository for MongoCollectionRepository {
    async fn create(&self, collection: &Collection) -> Result<Version, StorageError> {
        let operation = Operation::new("create collection", collection.id);
        self.store.run(operation, TABLE.create(&self.store, record(collection), &[])).await
    }

    async fn find(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<Option<Versioned<Collection>>, StorageError> {
        let operation = Operation::new("find collection", collection);
        self.store.run(operation, TABLE.find(&self.store, studio, collection.as_uuid())).await
    }

    async fn update(&self, collection: &Collection, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update collection", collection.id);
        self.store.run(operation, TABLE.update(&self.store, record(collection), seen, &[])).await
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &CollectionFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Collection>>, StorageError> {
        let operation = Operation::new("list collections of studio", studio);
        let anything = Document::new();
        match &filter.text {
            Some(text) => {
                let found = searches::page(&self.store, TABLE, (studio, text), anything, page);
                self.store.run(operation, found).await
            }
            None => self.store.run(operation, TABLE.list_newest(&self.store, studio, anything, page)).await,
        }
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        collection: CollectionId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let operation = Operation::new("delete collection", collection);
        self.store.run(operation, TABLE.mark_deleted(&self.store, studio, collection.as_uuid(), at)).await
    }

    async fn purge(&self, studio: StudioId, collection: CollectionId) -> Result<(), StorageError> {
        let operation = Operation::new("purge collection", collection);
        self.store.run(operation, TABLE.remove(&self.store, studio, collection.as_uuid())).await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, CollectionId)>, StorageError> {
        let operation = Operation::new("list", "deleted collections");
        let deleted = self.store.run(operation, TABLE.list_deleted(&self.store, page)).await?;
        Ok(deleted.map(|(studio, id)| (studio, CollectionId::from_uuid(id))))
    }
}

//! Collections in the database.

use async_trait::async_trait;
use halftone_core::collection::Collection;
use halftone_core::id::{CollectionId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::collections::{CollectionFilter, CollectionRepository};
use halftone_core::ports::error::StorageError;
use jiff::Timestamp;

use super::database::Database;
use super::error::Operation;
use super::searches;
use super::table::{Conditions, Record, Table};

pub(super) const TABLE: Table = Table("collections");

/// Keeps collections in a table.
#[derive(Debug)]
pub(super) struct EmbeddedCollectionRepository {
    database: Database,
}

impl EmbeddedCollectionRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(collection: &Collection) -> Record {
    Record::new(collection.studio, collection.id.as_uuid(), collection).searchable(collection)
}

#[async_trait]
impl CollectionRepository for EmbeddedCollectionRepository {
    async fn create(&self, collection: &Collection) -> Result<Version, StorageError> {
        let record = record(collection);
        let operation = Operation::new("create collection", collection.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<Option<Versioned<Collection>>, StorageError> {
        let operation = Operation::new("find collection", collection);
        self.database
            .read(operation, move |connection| TABLE.find(connection, studio, collection.as_uuid()))
            .await
    }

    async fn update(&self, collection: &Collection, seen: Version) -> Result<Version, StorageError> {
        let record = record(collection);
        let operation = Operation::new("update collection", collection.id);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &CollectionFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Collection>>, StorageError> {
        let (text, page) = (filter.text.clone(), page.clone());
        let operation = Operation::new("list collections of studio", studio);
        self.database
            .read(operation, move |connection| match text {
                Some(text) => {
                    searches::page(connection, TABLE, (studio, &text), &Conditions::default(), &page)
                }
                None => TABLE.list_newest(connection, studio, &Conditions::default(), &page),
            })
            .await
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        collection: CollectionId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let operation = Operation::new("delete collection", collection);
        self.database
            .write(operation, move |connection| {
                TABLE.mark_deleted(connection, studio, collection.as_uuid(), at)
            })
            .await
    }

    async fn purge(&self, studio: StudioId, collection: CollectionId) -> Result<(), StorageError> {
        let operation = Operation::new("purge collection", collection);
        self.database
            .write(operation, move |connection| {
                TABLE.remove(connection, studio, collection.as_uuid()).map(drop)
            })
            .await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, CollectionId)>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list", "deleted collections");
        self.database
            .read(operation, move |connection| {
                let deleted = TABLE.list_deleted(connection, &page)?;
                Ok(deleted.map(|(studio, id)| (studio, CollectionId::from_uuid(id))))
            })
            .await
    }
}

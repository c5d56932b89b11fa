//! Galleries in MongoDB.

use async_trait::async_trait;
use halftone_core::gallery::Gallery;
use halftone_core::id::{CollectionId, GalleryId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::galleries::{GalleryFilter, GalleryRepository};
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::envelope::Record;
use super::error::Operation;
use super::searches;
use super::store::Store;
use super::table::Table;
use super::values::{id, optional_id};

pub(super) const TABLE: Table = Table("galleries");

/// Keeps galleries in a collection.
#[derive(Debug)]
pub(super) struct MongoGalleryRepository {
    store: Store,
}

impl MongoGalleryRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(gallery: &Gallery) -> Record {
    Record::new(gallery.studio, gallery.id.as_uuid(), gallery)
        .with("collection", optional_id(gallery.collection.map(CollectionId::as_uuid)))
        .with("state", gallery.state.as_str())
        .searchable(gallery)
}

fn conditions(filter: &GalleryFilter) -> Document {
    let mut conditions = Document::new();
    if let Some(collection) = filter.collection {
        conditions.insert("collection", id(collection.as_uuid()));
    }
    if let Some(state) = filter.state {
        conditions.insert("state", state.as_str());
    }
    conditions
}

#[async_trait]
impl GalleryRepository for MongoGalleryRepository {
    async fn create(&self, gallery: &Gallery) -> Result<Version, StorageError> {
        let operation = Operation::new("create gallery", gallery.id);
        self.store.run(operation, TABLE.create(&self.store, record(gallery), &[])).await
    }

    async fn find(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<Option<Versioned<Gallery>>, StorageError> {
        let operation = Operation::new("find gallery", gallery);
        self.store.run(operation, TABLE.find(&self.store, studio, gallery.as_uuid())).await
    }

    async fn update(&self, gallery: &Gallery, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update gallery", gallery.id);
        self.store.run(operation, TABLE.update(&self.store, record(gallery), seen, &[])).await
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &GalleryFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Gallery>>, StorageError> {
        let operation = Operation::new("list galleries of studio", studio);
        let conditions = conditions(filter);
        match &filter.text {
            Some(text) => {
                let found = searches::page(&self.store, TABLE, (studio, text), conditions, page);
                self.store.run(operation, found).await
            }
            None => self.store.run(operation, TABLE.list_newest(&self.store, studio, conditions, page)).await,
        }
    }

    async fn count_by_collection(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<u64, StorageError> {
        let operation = Operation::new("count galleries of collection", collection);
        let filter = doc! {
            "studio": id(studio.as_uuid()), "deleted": false, "collection": id(collection.as_uuid()),
        };
        let count = async { Ok(TABLE.collection(&self.store).count_documents(filter).await?) };
        self.store.run(operation, count).await
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let operation = Operation::new("delete gallery", gallery);
        self.store.run(operation, TABLE.mark_deleted(&self.store, studio, gallery.as_uuid(), at)).await
    }

    async fn purge(&self, studio: StudioId, gallery: GalleryId) -> Result<(), StorageError> {
        let operation = Operation::new("purge gallery", gallery);
        self.store.run(operation, TABLE.remove(&self.store, studio, gallery.as_uuid())).await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, GalleryId)>, StorageError> {
        let operation = Operation::new("list", "deleted galleries");
        let deleted = self.store.run(operation, TABLE.list_deleted(&self.store, page)).await?;
        Ok(deleted.map(|(studio, id)| (studio, GalleryId::from_uuid(id))))
    }
}

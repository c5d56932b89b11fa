//! Price lists in MongoDB.

use async_trait::async_trait;
use halftone_core::id::{PriceListId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::price_lists::PriceListRepository;
use halftone_core::product::PriceList;
use mongodb::bson::Document;

use super::envelope::Record;
use super::error::Operation;
use super::store::Store;
use super::table::Table;

const TABLE: Table = Table("price_lists");

/// Keeps price lists in a collection.
#[derive(Debug)]
pub(super) struct MongoPriceListRepository {
    store: Store,
}

impl MongoPriceListRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(list: &PriceList) -> Record {
    Record::new(list.studio, list.id.as_uuid(), list)
}

#[async_trait]
impl PriceListRepository for MongoPriceListRepository {
    async fn create(&self, list: &PriceList) -> Result<Version, StorageError> {
        let operation = Operation::new("create price list", list.id);
        self.store.run(operation, TABLE.create(&self.store, record(list), &[])).await
    }

    async fn find(
        &self,
        studio: StudioId,
        list: PriceListId,
    ) -> Result<Option<Versioned<PriceList>>, StorageError> {
        let operation = Operation::new("find price list", list);
        self.store.run(operation, TABLE.find(&self.store, studio, list.as_uuid())).await
    }

    async fn update(&self, list: &PriceList, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update price list", list.id);
        self.store.run(operation, TABLE.update(&self.store, record(list), seen, &[])).await
    }

    async fn list(
        &self,
        studio: StudioId,
        page: &PageRequest,
    ) -> Result<Page<Versioned<PriceList>>, StorageError> {
        let operation = Operation::new("list price lists of studio", studio);
        self.store.run(operation, TABLE.list_newest(&self.store, studio, Document::new(), page)).await
    }

    async fn delete(&self, studio: StudioId, list: PriceListId) -> Result<(), StorageError> {
        let operation = Operation::new("delete price list", list);
        self.store.run(operation, TABLE.remove(&self.store, studio, list.as_uuid())).await
    }
}

//! Price lists in the database.

use async_trait::async_trait;
use halftone_core::id::{PriceListId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::price_lists::PriceListRepository;
use halftone_core::product::PriceList;

use super::database::Database;
use super::error::Operation;
use super::table::{Conditions, Record, Table};

pub(super) const TABLE: Table = Table("price_lists");

/// Keeps price lists in a table.
#[derive(Debug)]
pub(super) struct EmbeddedPriceListRepository {
    database: Database,
}

impl EmbeddedPriceListRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(list: &PriceList) -> Record {
    Record::new(list.studio, list.id.as_uuid(), list)
}

#[async_trait]
impl PriceListRepository for EmbeddedPriceListRepository {
    async fn create(&self, list: &PriceList) -> Result<Version, StorageError> {
        let record = record(list);
        let operation = Operation::new("create price list", list.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(
        &self,
        studio: StudioId,
        list: PriceListId,
    ) -> Result<Option<Versioned<PriceList>>, StorageError> {
        let operation = Operation::new("find price list", list);
        self.database.read(operation, move |connection| TABLE.find(connection, studio, list.as_uuid())).await
    }

    async fn update(&self, list: &PriceList, seen: Version) -> Result<Version, StorageError> {
        let record = record(list);
        let operation = Operation::new("update price list", list.id);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        page: &PageRequest,
    ) -> Result<Page<Versioned<PriceList>>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list price lists of studio", studio);
        self.database
            .read(operation, move |connection| {
                TABLE.list_newest(connection, studio, &Conditions::default(), &page)
            })
            .await
    }

    async fn delete(&self, studio: StudioId, list: PriceListId) -> Result<(), StorageError> {
        let operation = Operation::new("delete price list", list);
        self.database
            .write(operation, move |connection| TABLE.remove(connection, studio, list.as_uuid()).map(drop))
            .await
    }
}

//! Price lists in memory.

use async_trait::async_trait;
use halftone_core::id::{PriceListId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::price_lists::PriceListRepository;
use halftone_core::product::PriceList;

use super::state::SharedState;
use super::table::{Row, document};

document!(PriceList, PriceListId, id, studio);

/// Keeps price lists in a map.
#[derive(Debug)]
pub struct MemoryPriceListRepository {
    state: SharedState,
}

impl MemoryPriceListRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl PriceListRepository for MemoryPriceListRepository {
    async fn create(&self, list: &PriceList) -> Result<Version, StorageError> {
        self.state.lock().price_lists.create("create price list", list)
    }

    async fn find(
        &self,
        studio: StudioId,
        list: PriceListId,
    ) -> Result<Option<Versioned<PriceList>>, StorageError> {
        Ok(self.state.lock().price_lists.find(studio, list).map(Row::to_versioned))
    }

    async fn update(&self, list: &PriceList, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().price_lists.update("update price list", list, seen)
    }

    async fn list(
        &self,
        studio: StudioId,
        page: &PageRequest,
    ) -> Result<Page<Versioned<PriceList>>, StorageError> {
        Ok(self.state.lock().price_lists.page_newest(studio, page, |_| true))
    }

    async fn delete(&self, studio: StudioId, list: PriceListId) -> Result<(), StorageError> {
        self.state.lock().price_lists.remove(studio, list);
        Ok(())
    }
}

//! Collections in memory.

use async_trait::async_trait;
use halftone_core::collection::Collection;
use halftone_core::id::{CollectionId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::collections::{CollectionFilter, CollectionRepository};
use halftone_core::ports::error::StorageError;
use jiff::Timestamp;

use super::state::SharedState;
use super::table::{Row, document};

document!(Collection, CollectionId, id, studio);

/// Keeps collections in a map.
#[derive(Debug)]
pub struct MemoryCollectionRepository {
    state: SharedState,
}

impl MemoryCollectionRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl CollectionRepository for MemoryCollectionRepository {
    async fn create(&self, collection: &Collection) -> Result<Version, StorageError> {
        self.state.lock().collections.create("create collection", collection)
    }

    async fn find(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<Option<Versioned<Collection>>, StorageError> {
        Ok(self.state.lock().collections.find(studio, collection).map(Row::to_versioned))
    }

    async fn update(&self, collection: &Collection, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().collections.update("update collection", collection, seen)
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &CollectionFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Collection>>, StorageError> {
        let collections = &self.state.lock().collections;
        Ok(match &filter.text {
            Some(text) => collections.page_found(studio, text, page, |_| true),
            None => collections.page_newest(studio, page, |_| true),
        })
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        collection: CollectionId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        self.state.lock().collections.mark_deleted(studio, collection, at);
        Ok(())
    }

    async fn purge(&self, studio: StudioId, collection: CollectionId) -> Result<(), StorageError> {
        self.state.lock().collections.remove(studio, collection);
        Ok(())
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, CollectionId)>, StorageError> {
        Ok(self.state.lock().collections.page_deleted(page))
    }
}

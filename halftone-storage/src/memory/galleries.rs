//! Galleries in memory.

use async_trait::async_trait;
use halftone_core::gallery::Gallery;
use halftone_core::id::{CollectionId, GalleryId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::galleries::{GalleryFilter, GalleryRepository};
use jiff::Timestamp;

use super::state::SharedState;
use super::table::{Row, document};

document!(Gallery, GalleryId, id, studio);

/// Keeps galleries in a map.
#[derive(Debug)]
pub struct MemoryGalleryRepository {
    state: SharedState,
}

impl MemoryGalleryRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

fn admits(filter: &GalleryFilter, gallery: &Gallery) -> bool {
    filter.collection.is_none_or(|collection| gallery.collection == Some(collection))
        && filter.state.is_none_or(|state| gallery.state == state)
}

#[async_trait]
impl GalleryRepository for MemoryGalleryRepository {
    async fn create(&self, gallery: &Gallery) -> Result<Version, StorageError> {
        self.state.lock().galleries.create("create gallery", gallery)
    }

    async fn find(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<Option<Versioned<Gallery>>, StorageError> {
        Ok(self.state.lock().galleries.find(studio, gallery).map(Row::to_versioned))
    }

    async fn update(&self, gallery: &Gallery, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().galleries.update("update gallery", gallery, seen)
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &GalleryFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Gallery>>, StorageError> {
        let galleries = &self.state.lock().galleries;
        let admits = |gallery: &Gallery| admits(filter, gallery);
        Ok(match &filter.text {
            Some(text) => galleries.page_found(studio, text, page, admits),
            None => galleries.page_newest(studio, page, admits),
        })
    }

    async fn count_by_collection(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<u64, StorageError> {
        let state = self.state.lock();
        let galleries = state.galleries.rows().filter(|row| {
            !row.is_deleted() && row.value.studio == studio && row.value.collection == Some(collection)
        });
        Ok(galleries.count() as u64)
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        self.state.lock().galleries.mark_deleted(studio, gallery, at);
        Ok(())
    }

    async fn purge(&self, studio: StudioId, gallery: GalleryId) -> Result<(), StorageError> {
        self.state.lock().galleries.remove(studio, gallery);
        Ok(())
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, GalleryId)>, StorageError> {
        Ok(self.state.lock().galleries.page_deleted(page))
    }
}

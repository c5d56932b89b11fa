//! Where galleries are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::gallery::{Gallery, GalleryState};
use crate::id::{CollectionId, GalleryId, StudioId};
use crate::page::{Page, PageRequest, Version, Versioned};
use crate::ports::error::StorageError;
use crate::search::SearchText;

/// Which galleries a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GalleryFilter {
    /// Only those of this collection.
    pub collection: Option<CollectionId>,
    /// Only those in this state.
    pub state: Option<GalleryState>,
    /// Only those that are found by this text.
    pub text: Option<SearchText>,
}

/// Keeps galleries, one document each. The rules of writes and deleted documents are those of
/// [`StudioRepository`](super::studios::StudioRepository); another studio's gallery is absent.
#[async_trait]
pub trait GalleryRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new gallery.
    ///
    /// # Errors
    /// `AlreadyExists` if the id is taken.
    async fn create(&self, gallery: &Gallery) -> Result<Version, StorageError>;

    /// The studio's gallery with this id.
    async fn find(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<Option<Versioned<Gallery>>, StorageError>;

    /// Replaces the gallery if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, gallery: &Gallery, seen: Version) -> Result<Version, StorageError>;

    /// The studio's galleries, newest (highest id) first. With a text it is a search, whose pages keep to the rules of
    /// [`PhotoRepository::search`](super::photos::PhotoRepository::search).
    async fn list(
        &self,
        studio: StudioId,
        filter: &GalleryFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Gallery>>, StorageError>;

    /// How many galleries a collection has, without deleted ones.
    async fn count_by_collection(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<u64, StorageError>;

    /// Hides the gallery from `find`, `list` and counts. Marking twice, or marking the absent, succeeds.
    async fn mark_deleted(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        at: Timestamp,
    ) -> Result<(), StorageError>;

    /// Removes the document for good; removing the absent succeeds.
    async fn purge(&self, studio: StudioId, gallery: GalleryId) -> Result<(), StorageError>;

    /// The galleries of all studios that are marked as deleted but not purged, by id.
    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, GalleryId)>, StorageError>;
}

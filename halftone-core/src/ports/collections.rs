//! Where collections are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::collection::Collection;
use crate::id::{CollectionId, StudioId};
use crate::page::{Page, PageRequest, Version, Versioned};
use crate::ports::error::StorageError;
use crate::search::SearchText;

/// Which collections a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CollectionFilter {
    /// Only those that are found by this text.
    pub text: Option<SearchText>,
}

/// Keeps collections, one document each. The rules of writes, events and deleted documents are those of
/// [`StudioRepository`](super::studios::StudioRepository); another studio's collection is absent.
#[async_trait]
pub trait CollectionRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new collection.
    ///
    /// # Errors
    /// `AlreadyExists` if the id is taken.
    async fn create(&self, collection: &Collection) -> Result<Version, StorageError>;

    /// The studio's collection with this id.
    async fn find(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<Option<Versioned<Collection>>, StorageError>;

    /// Replaces the collection if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, collection: &Collection, seen: Version) -> Result<Version, StorageError>;

    /// The studio's collections, newest (highest id) first. With a text it is a search, whose pages keep to the rules of
    /// [`PhotoRepository::search`](super::photos::PhotoRepository::search).
    async fn list(
        &self,
        studio: StudioId,
        filter: &CollectionFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Collection>>, StorageError>;

    /// Hides the collection from `find` and `list`. Marking twice, or marking the absent, succeeds.
    async fn mark_deleted(
        &self,
        studio: StudioId,
        collection: CollectionId,
        at: Timestamp,
    ) -> Result<(), StorageError>;

    /// Removes the document for good; removing the absent succeeds.
    async fn purge(&self, studio: StudioId, collection: CollectionId) -> Result<(), StorageError>;

    /// The collections of all studios that are marked as deleted but not purged, by id.
    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, CollectionId)>, StorageError>;
}

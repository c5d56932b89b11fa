//! Where studios are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::event::Event;
use crate::id::{StudioId, UserId};
use crate::page::{Page, PageRequest, Version, Versioned};
use crate::ports::error::StorageError;
use crate::studio::Studio;

/// Keeps studios, one document each.
///
/// Writes MUST be durable when they return, and every later read MUST see them. `events` MUST be stored in the
/// same atomic write as the document. A studio that was marked as deleted MUST be absent from every `find_`.
#[async_trait]
pub trait StudioRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new studio.
    ///
    /// # Errors
    /// `AlreadyExists` if the id or the owner is taken, also by a deleted studio.
    async fn create(&self, studio: &Studio) -> Result<Version, StorageError>;

    /// The studio with this id.
    async fn find(&self, studio: StudioId) -> Result<Option<Versioned<Studio>>, StorageError>;

    /// The studio that this user owns, across studios.
    async fn find_by_owner(&self, owner: UserId) -> Result<Option<Versioned<Studio>>, StorageError>;

    /// Replaces the studio if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, studio: &Studio, seen: Version, events: &[Event])
    -> Result<Version, StorageError>;

    /// Hides the studio from every `find_`. Marking twice, or marking the absent, succeeds.
    async fn mark_deleted(&self, studio: StudioId, at: Timestamp) -> Result<(), StorageError>;

    /// Removes the document and its events for good; removing the absent succeeds.
    async fn purge(&self, studio: StudioId) -> Result<(), StorageError>;

    /// The studios that are marked as deleted but not purged, by id, across studios.
    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<StudioId>, StorageError>;
}

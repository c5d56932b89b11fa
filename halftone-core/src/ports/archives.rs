//! Where archives are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::archive::Archive;
use crate::id::{ArchiveId, StudioId};
use crate::page::{PageLimit, Version, Versioned};
use crate::ports::error::StorageError;

/// Keeps archives, one document each. The rules of writes are those of
/// [`StudioRepository`](super::studios::StudioRepository); another studio's archive is absent.
#[async_trait]
pub trait ArchiveRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new archive.
    ///
    /// # Errors
    /// `AlreadyExists` if the id is taken.
    async fn create(&self, archive: &Archive) -> Result<Version, StorageError>;

    /// The studio's archive with this id.
    async fn find(
        &self,
        studio: StudioId,
        archive: ArchiveId,
    ) -> Result<Option<Versioned<Archive>>, StorageError>;

    /// Replaces the archive if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, archive: &Archive, seen: Version) -> Result<Version, StorageError>;

    /// The archives of all studios whose `due_at` is at or before `now`, oldest first and then by id, at most `limit`. MUST NOT
    /// cost more where there are many archives.
    async fn list_due(
        &self,
        now: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Archive>>, StorageError>;

    /// Removes an archive for good; removing the absent succeeds.
    async fn delete(&self, studio: StudioId, archive: ArchiveId) -> Result<(), StorageError>;

    /// Removes all archives of a studio for good.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;
}

//! Where packs are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::id::{PackId, StudioId};
use crate::pack::Pack;
use crate::page::{PageLimit, Version, Versioned};
use crate::ports::error::StorageError;

/// Keeps packs, one document each. The rules of writes are those of
/// [`StudioRepository`](super::studios::StudioRepository); another studio's pack is absent.
#[async_trait]
pub trait PackRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new pack.
    ///
    /// # Errors
    /// `AlreadyExists` if the id is taken.
    async fn create(&self, pack: &Pack) -> Result<Version, StorageError>;

    /// The studio's pack with this id.
    async fn find(&self, studio: StudioId, pack: PackId) -> Result<Option<Versioned<Pack>>, StorageError>;

    /// Replaces the pack if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, pack: &Pack, seen: Version) -> Result<Version, StorageError>;

    /// The packs of all studios whose `due_at` is at or before `now`, oldest first and then by id, at most `limit`. MUST NOT
    /// cost more where there are many packs.
    async fn list_due(&self, now: Timestamp, limit: PageLimit) -> Result<Vec<Versioned<Pack>>, StorageError>;

    /// Removes a pack for good; removing the absent succeeds.
    async fn delete(&self, studio: StudioId, pack: PackId) -> Result<(), StorageError>;

    /// Removes all packs of a studio for good.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;
}

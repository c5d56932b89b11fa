//! Where the meters of shares are kept.

use std::fmt;

use async_trait::async_trait;

use crate::id::{ShareId, StudioId};
use crate::meter::Meter;
use crate::page::{Version, Versioned};
use crate::ports::error::StorageError;

/// Keeps what was taken of the allowance of each share, one document for a share, whose id it bears. The rules of writes are
/// those of [`StudioRepository`](super::studios::StudioRepository); another studio's meter is absent.
///
/// A read MUST see every write that has returned: what is left is decided on it.
#[async_trait]
pub trait MeterRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores the first meter of a share.
    ///
    /// # Errors
    /// `AlreadyExists` if the share has one. Of any number of concurrent calls, exactly one MUST succeed.
    async fn create(&self, meter: &Meter) -> Result<Version, StorageError>;

    /// The meter of the studio's share; a share of whose allowance nothing was taken has none.
    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Meter>>, StorageError>;

    /// Replaces the meter if its version is still `seen`. Of any number of concurrent calls, exactly one MUST succeed.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, meter: &Meter, seen: Version) -> Result<Version, StorageError>;

    /// Removes the meter of a share for good; removing the absent succeeds.
    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError>;

    /// Removes all meters of a studio for good.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;
}

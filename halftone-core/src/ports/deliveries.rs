//! Where the records of deliveries are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::delivery::{Delivery, DeliveryTarget};
use crate::id::{DeliveryId, StudioId};
use crate::page::{Page, PageLimit, PageRequest, Version, Versioned};
use crate::ports::error::StorageError;

/// Keeps what became of each notification on its way to each recipient.
#[async_trait]
pub trait DeliveryRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a planned delivery.
    ///
    /// # Errors
    /// `AlreadyExists` if the id is taken; MUST leave what is there as it is.
    async fn create(&self, delivery: &Delivery) -> Result<(), StorageError>;

    /// The studio's delivery with this id.
    async fn find(
        &self,
        studio: StudioId,
        delivery: DeliveryId,
    ) -> Result<Option<Versioned<Delivery>>, StorageError>;

    /// Hands out up to `most` deliveries of all studios that are due, those that are due longest first, for the time of
    /// `lease`: nobody else MUST get them before it ends or before they are updated. Each claim is a write, so the version
    /// that comes with a delivery is a new one, and whoever held it before can no longer update it.
    async fn claim(
        &self,
        most: PageLimit,
        lease: SignedDuration,
    ) -> Result<Vec<Versioned<Delivery>>, StorageError>;

    /// Replaces a delivery whose version is still `seen`; this also ends its lease. Its target and its notification stay what
    /// they were.
    ///
    /// # Errors
    /// `Conflict` if it has another version by now, `NotFound` if it is gone.
    async fn update(&self, delivery: &Delivery, seen: Version) -> Result<Version, StorageError>;

    /// The deliveries to one of a studio's targets, highest id first, which is newest first.
    async fn list(
        &self,
        studio: StudioId,
        target: DeliveryTarget,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StorageError>;

    /// Forgets up to `most` deliveries of all studios whose ids were made before an instant, to the millisecond, in whatever
    /// state they are; tells how many.
    async fn forget_before(&self, instant: Timestamp, most: PageLimit) -> Result<usize, StorageError>;

    /// Forgets the deliveries of a studio.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;
}

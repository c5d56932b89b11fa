//! Where price lists are kept.

use std::fmt;

use async_trait::async_trait;

use crate::id::{PriceListId, StudioId};
use crate::page::{Page, PageRequest, Version, Versioned};
use crate::ports::error::StorageError;
use crate::product::PriceList;

/// Keeps price lists, one document each. The rules of writes are those of
/// [`StudioRepository`](super::studios::StudioRepository); another studio's list is absent.
#[async_trait]
pub trait PriceListRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new price list.
    ///
    /// # Errors
    /// `AlreadyExists` if the id is taken.
    async fn create(&self, list: &PriceList) -> Result<Version, StorageError>;

    /// The studio's price list with this id.
    async fn find(
        &self,
        studio: StudioId,
        list: PriceListId,
    ) -> Result<Option<Versioned<PriceList>>, StorageError>;

    /// Replaces the list if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, list: &PriceList, seen: Version) -> Result<Version, StorageError>;

    /// The studio's price lists, newest (highest id) first.
    async fn list(
        &self,
        studio: StudioId,
        page: &PageRequest,
    ) -> Result<Page<Versioned<PriceList>>, StorageError>;

    /// Removes the list for good; removing the absent succeeds.
    async fn delete(&self, studio: StudioId, list: PriceListId) -> Result<(), StorageError>;
}

//! Where API keys are kept.

use std::fmt;

use async_trait::async_trait;

use crate::id::{ApiKeyId, StudioId};
use crate::page::{Page, PageRequest};
use crate::ports::error::StorageError;
use crate::secret::TokenHash;
use crate::studio::ApiKey;

/// Keeps the hashes of API keys. Keys are made and deleted, never changed.
#[async_trait]
pub trait ApiKeyRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new key.
    ///
    /// # Errors
    /// `AlreadyExists` if the id or the hash is taken.
    async fn create(&self, key: &ApiKey) -> Result<(), StorageError>;

    /// The key with this hash, across studios.
    async fn find_by_hash(&self, hash: &TokenHash) -> Result<Option<ApiKey>, StorageError>;

    /// The studio's keys, newest (highest id) first.
    async fn list(&self, studio: StudioId, page: &PageRequest) -> Result<Page<ApiKey>, StorageError>;

    /// Removes a key; removing the absent succeeds.
    async fn delete(&self, studio: StudioId, key: ApiKeyId) -> Result<(), StorageError>;

    /// Removes all keys of a studio.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;
}

//! API keys in memory.

use async_trait::async_trait;
use halftone_core::id::{ApiKeyId, StudioId};
use halftone_core::page::{Page, PageRequest, Versioned};
use halftone_core::ports::api_keys::ApiKeyRepository;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::secret::TokenHash;
use halftone_core::studio::ApiKey;

use super::state::SharedState;
use super::table::document;

document!(ApiKey, ApiKeyId, id, studio);

/// Keeps API keys in a map.
#[derive(Debug)]
pub struct MemoryApiKeyRepository {
    state: SharedState,
}

impl MemoryApiKeyRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl ApiKeyRepository for MemoryApiKeyRepository {
    async fn create(&self, key: &ApiKey) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        if state.api_keys.rows().any(|row| row.value.hash.matches(&key.hash)) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, "create API key", key.id));
        }
        state.api_keys.create("create API key", key).map(|_version| ())
    }

    async fn find_by_hash(&self, hash: &TokenHash) -> Result<Option<ApiKey>, StorageError> {
        let found = self.state.lock().api_keys.find_where(|key| key.hash.matches(hash));
        Ok(found.map(|versioned| versioned.value))
    }

    async fn list(&self, studio: StudioId, page: &PageRequest) -> Result<Page<ApiKey>, StorageError> {
        let keys = self.state.lock().api_keys.page_newest(studio, page, |_| true);
        Ok(keys.map(|Versioned { value, .. }| value))
    }

    async fn delete(&self, studio: StudioId, key: ApiKeyId) -> Result<(), StorageError> {
        self.state.lock().api_keys.remove(studio, key);
        Ok(())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.state.lock().api_keys.remove_where(|key| key.studio == studio);
        Ok(())
    }
}

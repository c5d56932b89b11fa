//! API keys in MongoDB.

use async_trait::async_trait;
use halftone_core::id::{ApiKeyId, StudioId};
use halftone_core::page::{Page, PageRequest, Versioned};
use halftone_core::ports::api_keys::ApiKeyRepository;
use halftone_core::ports::error::StorageError;
use halftone_core::secret::TokenHash;
use halftone_core::studio::ApiKey;
use mongodb::bson::{Document, doc};

use super::envelope::Record;
use super::error::Operation;
use super::store::Store;
use super::table::Table;
use super::values::{bytes, id};

const TABLE: Table = Table("api_keys");

/// Keeps API keys in a collection.
#[derive(Debug)]
pub(super) struct MongoApiKeyRepository {
    store: Store,
}

impl MongoApiKeyRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl ApiKeyRepository for MongoApiKeyRepository {
    async fn create(&self, key: &ApiKey) -> Result<(), StorageError> {
        let operation = Operation::new("create API key", key.id);
        let record = Record::new(key.studio, key.id.as_uuid(), key).with("hash", bytes(key.hash.as_bytes()));
        self.store.run(operation, TABLE.create(&self.store, record, &[])).await.map(drop)
    }

    async fn find_by_hash(&self, hash: &TokenHash) -> Result<Option<ApiKey>, StorageError> {
        let operation = Operation::new("find API key", "by its hash");
        let filter = doc! { "hash": bytes(hash.as_bytes()), "deleted": false };
        let found = self.store.run(operation, TABLE.find_where(&self.store, filter)).await?;
        Ok(found.map(|key: Versioned<ApiKey>| key.value))
    }

    async fn list(&self, studio: StudioId, page: &PageRequest) -> Result<Page<ApiKey>, StorageError> {
        let operation = Operation::new("list API keys of studio", studio);
        let list = TABLE.list_newest(&self.store, studio, Document::new(), page);
        let keys = self.store.run(operation, list).await?;
        Ok(keys.map(|key: Versioned<ApiKey>| key.value))
    }

    async fn delete(&self, studio: StudioId, key: ApiKeyId) -> Result<(), StorageError> {
        let operation = Operation::new("delete API key", key);
        self.store.run(operation, TABLE.remove(&self.store, studio, key.as_uuid())).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge API keys of studio", studio);
        let filter = doc! { "studio": id(studio.as_uuid()) };
        self.store.run(operation, TABLE.remove_all(&self.store, filter)).await
    }
}

//! API keys in the database.

use async_trait::async_trait;
use halftone_core::id::{ApiKeyId, StudioId};
use halftone_core::page::{Page, PageRequest, Versioned};
use halftone_core::ports::api_keys::ApiKeyRepository;
use halftone_core::ports::error::StorageError;
use halftone_core::secret::TokenHash;
use halftone_core::studio::ApiKey;
use rusqlite::params;

use super::columns::Id;
use super::database::Database;
use super::error::Operation;
use super::table::{Conditions, Record, Table};

pub(super) const TABLE: Table = Table("api_keys");

/// Keeps API keys in a table.
#[derive(Debug)]
pub(super) struct EmbeddedApiKeyRepository {
    database: Database,
}

impl EmbeddedApiKeyRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ApiKeyRepository for EmbeddedApiKeyRepository {
    async fn create(&self, key: &ApiKey) -> Result<(), StorageError> {
        let record =
            Record::new(key.studio, key.id.as_uuid(), key).with("hash", key.hash.as_bytes().to_vec());
        let operation = Operation::new("create API key", key.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record).map(drop)).await
    }

    async fn find_by_hash(&self, hash: &TokenHash) -> Result<Option<ApiKey>, StorageError> {
        let hash = *hash;
        self.database
            .read(Operation::new("find API key", "by its hash"), move |connection| {
                let found: Option<Versioned<ApiKey>> =
                    TABLE.find_where(connection, "hash = ?", params![hash.as_bytes()])?;
                Ok(found.map(|key| key.value))
            })
            .await
    }

    async fn list(&self, studio: StudioId, page: &PageRequest) -> Result<Page<ApiKey>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list API keys of studio", studio);
        self.database
            .read(operation, move |connection| {
                let keys = TABLE.list_newest(connection, studio, &Conditions::default(), &page)?;
                Ok(keys.map(|key: Versioned<ApiKey>| key.value))
            })
            .await
    }

    async fn delete(&self, studio: StudioId, key: ApiKeyId) -> Result<(), StorageError> {
        let operation = Operation::new("delete API key", key);
        self.database
            .write(operation, move |connection| TABLE.remove(connection, studio, key.as_uuid()).map(drop))
            .await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge API keys of studio", studio);
        self.database
            .write(operation, move |connection| {
                let mut statement = connection.prepare_cached("DELETE FROM api_keys WHERE studio = ?")?;
                statement.execute(params![Id(studio.as_uuid())])?;
                Ok(())
            })
            .await
    }
}

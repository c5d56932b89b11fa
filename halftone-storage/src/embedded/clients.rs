//! Clients of shares in the database.

use async_trait::async_trait;
use halftone_core::id::{ClientId, ShareId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::shares::ClientRepository;
use halftone_core::search::SearchText;
use halftone_core::secret::TokenHash;
use halftone_core::share::Client;
use rusqlite::params;

use super::columns::Id;
use super::database::Database;
use super::error::Operation;
use super::searches;
use super::table::{Conditions, Record, Table};

pub(super) const TABLE: Table = Table("clients");

/// Keeps clients in a table.
#[derive(Debug)]
pub(super) struct EmbeddedClientRepository {
    database: Database,
}

impl EmbeddedClientRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(client: &Client) -> Record {
    Record::new(client.studio, client.id.as_uuid(), client)
        .with("share", Id(client.share.as_uuid()))
        .with("key_hash", client.key_hash.as_bytes().to_vec())
        .searchable(client)
}

#[async_trait]
impl ClientRepository for EmbeddedClientRepository {
    async fn create(&self, client: &Client) -> Result<Version, StorageError> {
        let record = record(client);
        let operation = Operation::new("create client", client.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(
        &self,
        share: ShareId,
        client: ClientId,
    ) -> Result<Option<Versioned<Client>>, StorageError> {
        let operation = Operation::new("find client", client);
        self.database
            .read(operation, move |connection| {
                let parameters = params![Id(client.as_uuid()), Id(share.as_uuid())];
                TABLE.find_where(connection, "id = ? AND share = ?", parameters)
            })
            .await
    }

    async fn find_by_key(
        &self,
        share: ShareId,
        hash: &TokenHash,
    ) -> Result<Option<Versioned<Client>>, StorageError> {
        let hash = *hash;
        let operation = Operation::new("find client of share", share);
        self.database
            .read(operation, move |connection| {
                let parameters = params![hash.as_bytes(), Id(share.as_uuid())];
                TABLE.find_where(connection, "key_hash = ? AND share = ?", parameters)
            })
            .await
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Client>>, StorageError> {
        let (text, page) = (text.clone(), page.clone());
        let operation = Operation::new("search clients of studio", studio);
        self.database
            .read(operation, move |connection| {
                searches::page(connection, TABLE, (studio, &text), &Conditions::default(), &page)
            })
            .await
    }

    async fn update(&self, client: &Client, seen: Version) -> Result<Version, StorageError> {
        let record = record(client);
        let operation = Operation::new("update client", client.id);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }
}

//! Clients of shares in MongoDB.

use async_trait::async_trait;
use halftone_core::id::{ClientId, ShareId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::shares::ClientRepository;
use halftone_core::search::SearchText;
use halftone_core::secret::TokenHash;
use halftone_core::share::Client;
use mongodb::bson::{Document, doc};

use super::envelope::Record;
use super::error::Operation;
use super::searches;
use super::store::Store;
use super::table::Table;
use super::values::{bytes, id};

pub(super) const TABLE: Table = Table("clients");

/// Keeps clients in a collection.
#[derive(Debug)]
pub(super) struct MongoClientRepository {
    store: Store,
}

impl MongoClientRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(client: &Client) -> Record {
    Record::new(client.studio, client.id.as_uuid(), client)
        .with("share", id(client.share.as_uuid()))
        .with("key_hash", bytes(client.key_hash.as_bytes()))
        .searchable(client)
}

#[async_trait]
impl ClientRepository for MongoClientRepository {
    async fn create(&self, client: &Client) -> Result<Version, StorageError> {
        let operation = Operation::new("create client", client.id);
        self.store.run(operation, TABLE.create(&self.store, record(client), &[])).await
    }

    async fn find(
        &self,
        share: ShareId,
        client: ClientId,
    ) -> Result<Option<Versioned<Client>>, StorageError> {
        let operation = Operation::new("find client", client);
        let filter = doc! { "_id": id(client.as_uuid()), "share": id(share.as_uuid()), "deleted": false };
        self.store.run(operation, TABLE.find_where(&self.store, filter)).await
    }

    async fn find_by_key(
        &self,
        share: ShareId,
        hash: &TokenHash,
    ) -> Result<Option<Versioned<Client>>, StorageError> {
        let operation = Operation::new("find client of share", share);
        let filter = doc! {
            "key_hash": bytes(hash.as_bytes()), "share": id(share.as_uuid()), "deleted": false,
        };
        self.store.run(operation, TABLE.find_where(&self.store, filter)).await
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Client>>, StorageError> {
        let operation = Operation::new("search clients of studio", studio);
        let anything = Document::new();
        self.store.run(operation, searches::page(&self.store, TABLE, (studio, text), anything, page)).await
    }

    async fn update(&self, client: &Client, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update client", client.id);
        self.store.run(operation, TABLE.update(&self.store, record(client), seen, &[])).await
    }
}

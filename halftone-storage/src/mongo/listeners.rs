//! Listeners in MongoDB.

use async_trait::async_trait;
use halftone_core::id::StudioId;
use halftone_core::listener::Listeners;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::listeners::ListenerRepository;

use super::envelope::Record;
use super::error::Operation;
use super::store::Store;
use super::table::Table;

const TABLE: Table = Table("listeners");

/// Keeps listeners in a collection, one document for each studio, whose id it bears.
#[derive(Debug)]
pub(super) struct MongoListenerRepository {
    store: Store,
}

impl MongoListenerRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(listeners: &Listeners) -> Record {
    Record::new(listeners.studio, listeners.studio.as_uuid(), listeners)
}

#[async_trait]
impl ListenerRepository for MongoListenerRepository {
    async fn create(&self, listeners: &Listeners) -> Result<Version, StorageError> {
        let operation = Operation::new("create listeners of studio", listeners.studio);
        self.store.run(operation, TABLE.create(&self.store, record(listeners), &[])).await
    }

    async fn find(&self, studio: StudioId) -> Result<Option<Versioned<Listeners>>, StorageError> {
        let operation = Operation::new("find listeners of studio", studio);
        self.store.run(operation, TABLE.find(&self.store, studio, studio.as_uuid())).await
    }

    async fn update(&self, listeners: &Listeners, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update listeners of studio", listeners.studio);
        self.store.run(operation, TABLE.update(&self.store, record(listeners), seen, &[])).await
    }

    async fn purge(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge listeners of studio", studio);
        self.store.run(operation, TABLE.remove(&self.store, studio, studio.as_uuid())).await
    }
}

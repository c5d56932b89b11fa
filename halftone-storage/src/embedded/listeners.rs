//! Listeners in the database.

use async_trait::async_trait;
use halftone_core::id::StudioId;
use halftone_core::listener::Listeners;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::listeners::ListenerRepository;

use super::database::Database;
use super::error::Operation;
use super::table::{Record, Table};

pub(super) const TABLE: Table = Table("listeners");

/// Keeps listeners in a table.
#[derive(Debug)]
pub(super) struct EmbeddedListenerRepository {
    database: Database,
}

impl EmbeddedListenerRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(listeners: &Listeners) -> Record {
    Record::new(listeners.studio, listeners.studio.as_uuid(), listeners)
}

#[async_trait]
impl ListenerRepository for EmbeddedListenerRepository {
    async fn create(&self, listeners: &Listeners) -> Result<Version, StorageError> {
        let record = record(listeners);
        let operation = Operation::new("create listeners of studio", listeners.studio);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(&self, studio: StudioId) -> Result<Option<Versioned<Listeners>>, StorageError> {
        let operation = Operation::new("find listeners of studio", studio);
        self.database
            .read(operation, move |connection| TABLE.find(connection, studio, studio.as_uuid()))
            .await
    }

    async fn update(&self, listeners: &Listeners, seen: Version) -> Result<Version, StorageError> {
        let record = record(listeners);
        let operation = Operation::new("update listeners of studio", listeners.studio);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn purge(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge listeners of studio", studio);
        self.database
            .write(operation, move |connection| TABLE.remove(connection, studio, studio.as_uuid()).map(drop))
            .await
    }
}

//! The database as the repositories share it.

use std::future::Future;
use std::time::Duration;

use halftone_core::ports::error::StorageError;
use mongodb::bson::RawDocumentBuf;
use mongodb::{Collection, Database};

use super::error::{Fault, Operation, Overdue};

/// A database, and how long an operation on it may take. Clones share its connections.
#[derive(Debug, Clone)]
pub(super) struct Store {
    database: Database,
    deadline: Duration,
}

impl Store {
    pub(super) const fn new(database: Database, deadline: Duration) -> Self {
        Self { database, deadline }
    }

    /// The driver's handle, for what is no document.
    pub(super) const fn database(&self) -> &Database {
        &self.database
    }

    /// A collection, read document by document so that a damaged one is told from a broken reply.
    pub(super) fn collection(&self, name: &str) -> Collection<RawDocumentBuf> {
        self.database.collection(name)
    }

    /// Does the work of one operation. A server that is silent is left when the time is over: the driver itself
    /// would wait for ever. Whether a write was done is then not known, as with every broken connection.
    pub(super) async fn run<T>(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Result<T, StorageError> {
        Self::run_within(self.deadline, operation, work).await
    }

    /// The same for work that may take another time.
    pub(super) async fn run_within<T>(
        deadline: Duration,
        operation: Operation,
        work: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Result<T, StorageError> {
        let outcome = tokio::time::timeout(deadline, work).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Overdue(deadline).into()));
        outcome.map_err(|fault| operation.failed(fault))
    }
}

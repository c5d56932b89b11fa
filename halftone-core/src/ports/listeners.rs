//! Where listeners are kept.

use std::fmt;

use async_trait::async_trait;

use crate::id::StudioId;
use crate::listener::Listeners;
use crate::page::{Version, Versioned};
use crate::ports::error::StorageError;

/// Keeps the listeners of each studio, one document for each studio that has any.
#[async_trait]
pub trait ListenerRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores the first listeners of a studio.
    ///
    /// # Errors
    /// `AlreadyExists` if the studio has a document; MUST leave it as it is.
    async fn create(&self, listeners: &Listeners) -> Result<Version, StorageError>;

    /// The studio's listeners; `None` if it never had any.
    async fn find(&self, studio: StudioId) -> Result<Option<Versioned<Listeners>>, StorageError>;

    /// Replaces the document whose version is still `seen`.
    ///
    /// # Errors
    /// `Conflict` if it has another one by now, `NotFound` if there is none.
    async fn update(&self, listeners: &Listeners, seen: Version) -> Result<Version, StorageError>;

    /// Forgets the studio's listeners; purging the absent succeeds.
    async fn purge(&self, studio: StudioId) -> Result<(), StorageError>;
}

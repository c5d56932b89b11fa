//! Listeners in memory.

use async_trait::async_trait;
use halftone_core::id::StudioId;
use halftone_core::listener::Listeners;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::listeners::ListenerRepository;

use super::state::SharedState;
use super::table::{Row, document};

document!(Listeners, StudioId, studio, studio);

/// Keeps listeners in a map.
#[derive(Debug)]
pub struct MemoryListenerRepository {
    state: SharedState,
}

impl MemoryListenerRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl ListenerRepository for MemoryListenerRepository {
    async fn create(&self, listeners: &Listeners) -> Result<Version, StorageError> {
        self.state.lock().listeners.create("create listeners", listeners)
    }

    async fn find(&self, studio: StudioId) -> Result<Option<Versioned<Listeners>>, StorageError> {
        Ok(self.state.lock().listeners.find(studio, studio).map(Row::to_versioned))
    }

    async fn update(&self, listeners: &Listeners, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().listeners.update("update listeners", listeners, seen)
    }

    async fn purge(&self, studio: StudioId) -> Result<(), StorageError> {
        self.state.lock().listeners.remove(studio, studio);
        Ok(())
    }
}

//! Studios in memory.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{StudioId, UserId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::studios::StudioRepository;
use halftone_core::studio::Studio;
use jiff::Timestamp;

use super::outbox::Origin;
use super::state::SharedState;
use super::table::{Row, document};

document!(Studio, StudioId, id, id);

/// Keeps studios in a map.
#[derive(Debug)]
pub struct MemoryStudioRepository {
    state: SharedState,
}

impl MemoryStudioRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl StudioRepository for MemoryStudioRepository {
    async fn create(&self, studio: &Studio) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        if state.studios.rows().any(|row| row.value.owner == studio.owner) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, "create studio", studio.id));
        }
        state.studios.create("create studio", studio)
    }

    async fn find(&self, studio: StudioId) -> Result<Option<Versioned<Studio>>, StorageError> {
        Ok(self.state.lock().studios.find(studio, studio).map(Row::to_versioned))
    }

    async fn find_by_owner(&self, owner: UserId) -> Result<Option<Versioned<Studio>>, StorageError> {
        Ok(self.state.lock().studios.find_where(|studio| studio.owner == owner))
    }

    async fn update(
        &self,
        studio: &Studio,
        seen: Version,
        events: &[Event],
    ) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        let version = state.studios.update("update studio", studio, seen)?;
        state.events.record(Origin::Studio(studio.id), events);
        Ok(version)
    }

    async fn mark_deleted(&self, studio: StudioId, at: Timestamp) -> Result<(), StorageError> {
        self.state.lock().studios.mark_deleted(studio, studio, at);
        Ok(())
    }

    async fn purge(&self, studio: StudioId) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        state.studios.remove(studio, studio);
        state.events.purge(Origin::Studio(studio));
        Ok(())
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<StudioId>, StorageError> {
        Ok(self.state.lock().studios.page_deleted(page).map(|(_, studio)| studio))
    }
}

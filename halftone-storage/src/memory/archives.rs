//! Archives in memory.

use async_trait::async_trait;
use halftone_core::archive::Archive;
use halftone_core::id::{ArchiveId, StudioId};
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::archives::ArchiveRepository;
use halftone_core::ports::error::StorageError;
use jiff::Timestamp;

use super::state::SharedState;
use super::table::{Row, document};

document!(Archive, ArchiveId, id, studio);

/// Keeps archives in a map.
#[derive(Debug)]
pub struct MemoryArchiveRepository {
    state: SharedState,
}

impl MemoryArchiveRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl ArchiveRepository for MemoryArchiveRepository {
    async fn create(&self, archive: &Archive) -> Result<Version, StorageError> {
        self.state.lock().archives.create("create archive", archive)
    }

    async fn find(
        &self,
        studio: StudioId,
        archive: ArchiveId,
    ) -> Result<Option<Versioned<Archive>>, StorageError> {
        Ok(self.state.lock().archives.find(studio, archive).map(Row::to_versioned))
    }

    async fn update(&self, archive: &Archive, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().archives.update("update archive", archive, seen)
    }

    async fn list_due(
        &self,
        now: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Archive>>, StorageError> {
        let state = self.state.lock();
        let mut due: Vec<_> = state.archives.rows().filter(|row| row.value.due_at <= now).collect();
        due.sort_by_key(|row| (row.value.due_at, row.value.id));
        Ok(due.into_iter().take(limit.get()).map(Row::to_versioned).collect())
    }

    async fn delete(&self, studio: StudioId, archive: ArchiveId) -> Result<(), StorageError> {
        self.state.lock().archives.remove(studio, archive);
        Ok(())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.state.lock().archives.remove_where(|archive| archive.studio == studio);
        Ok(())
    }
}

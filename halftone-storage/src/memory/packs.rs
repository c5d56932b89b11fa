//! Packs in memory.

use async_trait::async_trait;
use halftone_core::id::{PackId, StudioId};
use halftone_core::pack::Pack;
use halftone_core::page::{PageLimit, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::packs::PackRepository;
use jiff::Timestamp;

use super::state::SharedState;
use super::table::{Row, document};

document!(Pack, PackId, id, studio);

/// Keeps packs in a map.
#[derive(Debug)]
pub struct MemoryPackRepository {
    state: SharedState,
}

impl MemoryPackRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl PackRepository for MemoryPackRepository {
    async fn create(&self, pack: &Pack) -> Result<Version, StorageError> {
        self.state.lock().packs.create("create pack", pack)
    }

    async fn find(&self, studio: StudioId, pack: PackId) -> Result<Option<Versioned<Pack>>, StorageError> {
        Ok(self.state.lock().packs.find(studio, pack).map(Row::to_versioned))
    }

    async fn update(&self, pack: &Pack, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().packs.update("update pack", pack, seen)
    }

    async fn list_due(&self, now: Timestamp, limit: PageLimit) -> Result<Vec<Versioned<Pack>>, StorageError> {
        let state = self.state.lock();
        let mut due: Vec<_> = state.packs.rows().filter(|row| row.value.due_at <= now).collect();
        due.sort_by_key(|row| (row.value.due_at, row.value.id));
        Ok(due.into_iter().take(limit.get()).map(Row::to_versioned).collect())
    }

    async fn delete(&self, studio: StudioId, pack: PackId) -> Result<(), StorageError> {
        self.state.lock().packs.remove(studio, pack);
        Ok(())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.state.lock().packs.remove_where(|pack| pack.studio == studio);
        Ok(())
    }
}

//! Meters in memory.

use async_trait::async_trait;
use halftone_core::id::{ShareId, StudioId};
use halftone_core::meter::Meter;
use halftone_core::page::{Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::meters::MeterRepository;

use super::state::SharedState;
use super::table::{Row, document};

document!(Meter, ShareId, share, studio);

/// Keeps meters in a map.
#[derive(Debug)]
pub struct MemoryMeterRepository {
    state: SharedState,
}

impl MemoryMeterRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl MeterRepository for MemoryMeterRepository {
    async fn create(&self, meter: &Meter) -> Result<Version, StorageError> {
        self.state.lock().meters.create("create meter", meter)
    }

    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Meter>>, StorageError> {
        Ok(self.state.lock().meters.find(studio, share).map(Row::to_versioned))
    }

    async fn update(&self, meter: &Meter, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().meters.update("update meter", meter, seen)
    }

    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        self.state.lock().meters.remove(studio, share);
        Ok(())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.state.lock().meters.remove_where(|meter| meter.studio == studio);
        Ok(())
    }
}

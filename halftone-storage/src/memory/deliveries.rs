//! Deliveries in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::delivery::{Delivery, DeliveryTarget};
use halftone_core::id::{DeliveryId, StudioId};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::deliveries::DeliveryRepository;
use halftone_core::ports::error::StorageError;
use jiff::{SignedDuration, Timestamp};

use super::queue::later;
use super::state::SharedState;
use super::table::{document, is_made_before};

document!(Delivery, DeliveryId, id, studio);

/// When deliveries are due that are leased. The others are due when they say so.
pub(super) type Leases = BTreeMap<DeliveryId, Timestamp>;

/// Keeps deliveries in a map.
#[derive(Debug)]
pub struct MemoryDeliveryRepository {
    state: SharedState,
    clock: Arc<dyn Clock>,
}

impl MemoryDeliveryRepository {
    pub(super) const fn new(state: SharedState, clock: Arc<dyn Clock>) -> Self {
        Self { state, clock }
    }
}

#[async_trait]
impl DeliveryRepository for MemoryDeliveryRepository {
    async fn create(&self, delivery: &Delivery) -> Result<(), StorageError> {
        self.state.lock().deliveries.create("create delivery", delivery).map(|_version| ())
    }

    async fn find(
        &self,
        studio: StudioId,
        delivery: DeliveryId,
    ) -> Result<Option<Versioned<Delivery>>, StorageError> {
        Ok(self.state.lock().deliveries.find(studio, delivery).map(super::table::Row::to_versioned))
    }

    async fn claim(
        &self,
        most: PageLimit,
        lease: SignedDuration,
    ) -> Result<Vec<Versioned<Delivery>>, StorageError> {
        let now = self.clock.now();
        let until = later(now, lease);
        let mut guard = self.state.lock();
        let state = &mut *guard;
        let due = state.deliveries.rows().filter_map(|row| {
            let due = row.value.due()?;
            let due = state.delivery_leases.get(&row.value.id).copied().unwrap_or(due);
            (due <= now).then(|| (due, row.to_versioned()))
        });
        let mut due: Vec<(Timestamp, Versioned<Delivery>)> = due.collect();
        due.sort_by_key(|(due, _)| *due);
        let mut claimed = Vec::new();
        for (_, Versioned { value, version }) in due.into_iter().take(most.get()) {
            let version = state.deliveries.update("claim delivery", &value, version)?;
            state.delivery_leases.insert(value.id, until);
            claimed.push(Versioned::new(value, version));
        }
        Ok(claimed)
    }

    async fn update(&self, delivery: &Delivery, seen: Version) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        let version = state.deliveries.update("update delivery", delivery, seen)?;
        state.delivery_leases.remove(&delivery.id);
        Ok(version)
    }

    async fn list(
        &self,
        studio: StudioId,
        target: DeliveryTarget,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StorageError> {
        let state = self.state.lock();
        let found = state.deliveries.page_newest(studio, page, |delivery| delivery.target == target);
        Ok(found.map(|delivery| delivery.value))
    }

    async fn forget_before(&self, instant: Timestamp, most: PageLimit) -> Result<usize, StorageError> {
        let mut state = self.state.lock();
        let old = state.deliveries.rows().filter(|row| is_made_before(row.value.id.made_at(), instant));
        let old: Vec<(StudioId, DeliveryId)> =
            old.take(most.get()).map(|row| (row.value.studio, row.value.id)).collect();
        for (studio, id) in &old {
            state.deliveries.remove(*studio, *id);
            state.delivery_leases.remove(id);
        }
        Ok(old.len())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        for id in state.deliveries.remove_where(|delivery| delivery.studio == studio) {
            state.delivery_leases.remove(&id);
        }
        Ok(())
    }
}

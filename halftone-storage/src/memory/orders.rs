//! Orders in memory.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, OrderId, StudioId};
use halftone_core::order::{IdempotencyKey, Order};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::orders::{OrderFilter, OrderRepository};
use halftone_core::search::SearchText;
use jiff::Timestamp;

use super::outbox::Origin;
use super::state::SharedState;
use super::table::{Row, document};

document!(Order, OrderId, id, studio);

/// Keeps orders in a map.
#[derive(Debug)]
pub struct MemoryOrderRepository {
    state: SharedState,
}

impl MemoryOrderRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

fn admits(filter: &OrderFilter, order: &Order) -> bool {
    filter.state.is_none_or(|state| order.state == state)
        && filter.gallery.is_none_or(|gallery| order.gallery == gallery)
        && filter.client.is_none_or(|client| order.client == client)
}

#[async_trait]
impl OrderRepository for MemoryOrderRepository {
    async fn create(&self, order: &Order, events: &[Event]) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        let is_same_request =
            |other: &Order| other.client == order.client && other.idempotency.key == order.idempotency.key;
        if state.orders.rows().any(|row| is_same_request(&row.value)) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, "create order", order.id));
        }
        let version = state.orders.create("create order", order)?;
        state.events.record(Origin::Order(order.id), events);
        Ok(version)
    }

    async fn find(&self, studio: StudioId, order: OrderId) -> Result<Option<Versioned<Order>>, StorageError> {
        Ok(self.state.lock().orders.find(studio, order).map(Row::to_versioned))
    }

    async fn find_by_key(
        &self,
        studio: StudioId,
        client: ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<Versioned<Order>>, StorageError> {
        Ok(self.state.lock().orders.find_where(|order| {
            order.studio == studio && order.client == client && order.idempotency.key == *key
        }))
    }

    async fn update(&self, order: &Order, seen: Version, events: &[Event]) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        let version = state.orders.update("update order", order, seen)?;
        state.events.record(Origin::Order(order.id), events);
        Ok(version)
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &OrderFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError> {
        Ok(self.state.lock().orders.page_newest(studio, page, |order| admits(filter, order)))
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError> {
        Ok(self.state.lock().orders.page_found(studio, text, page, |_| true))
    }

    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Order>>, StorageError> {
        let state = self.state.lock();
        let changed = state.orders.since(studio, since, limit.get(), |order| Some(order.updated_at));
        Ok(changed.into_iter().map(Row::to_versioned).collect())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        for order in state.orders.remove_where(|order| order.studio == studio) {
            state.events.purge(Origin::Order(order));
        }
        Ok(())
    }
}

//! Where orders are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::event::Event;
use crate::id::{ClientId, GalleryId, OrderId, StudioId};
use crate::order::{IdempotencyKey, Order, OrderState};
use crate::page::{Page, PageLimit, PageRequest, Version, Versioned};
use crate::ports::error::StorageError;
use crate::search::SearchText;

/// Which orders a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderFilter {
    /// Only those in this state.
    pub state: Option<OrderState>,
    /// Only those of this gallery.
    pub gallery: Option<GalleryId>,
    /// Only those of this client.
    pub client: Option<ClientId>,
}

/// Keeps orders, one document each. The rules of writes and events are those of
/// [`StudioRepository`](super::studios::StudioRepository); another studio's order is absent.
#[async_trait]
pub trait OrderRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new order and records `events` in the same write.
    ///
    /// # Errors
    /// `AlreadyExists` if the id is taken, or the client has an order with the same idempotency key. Of any
    /// number of concurrent calls with one key, exactly one MUST succeed.
    async fn create(&self, order: &Order, events: &[Event]) -> Result<Version, StorageError>;

    /// The studio's order with this id.
    async fn find(&self, studio: StudioId, order: OrderId) -> Result<Option<Versioned<Order>>, StorageError>;

    /// The client's order with this idempotency key.
    async fn find_by_key(
        &self,
        studio: StudioId,
        client: ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<Versioned<Order>>, StorageError>;

    /// Replaces the order if its version is still `seen`, and records `events` in the same write.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, order: &Order, seen: Version, events: &[Event]) -> Result<Version, StorageError>;

    /// The studio's orders, newest (highest id) first.
    async fn list(
        &self,
        studio: StudioId,
        filter: &OrderFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError>;

    /// The studio's orders that are found by a text, newest (highest id) first. Pages keep to the rules of
    /// [`PhotoRepository::search`](super::photos::PhotoRepository::search).
    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError>;

    /// The studio's orders whose `updated_at` is at or after `since`, oldest first and then by id, at most `limit`. MUST NOT
    /// cost more for a studio with many orders than for one with few.
    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Order>>, StorageError>;

    /// Removes all orders of a studio and their events for good.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;
}

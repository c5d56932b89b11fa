//! Orders in MongoDB.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, OrderId, StudioId};
use halftone_core::order::{IdempotencyKey, Order};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::orders::{OrderFilter, OrderRepository};
use halftone_core::search::SearchText;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::envelope::Record;
use super::error::Operation;
use super::searches;
use super::store::Store;
use super::table::{Table, walk_since};
use super::values::{id, nanoseconds};

pub(super) const TABLE: Table = Table("orders");

/// Keeps orders in a collection. That a client's idempotency key is used once is a unique index, so an order whose
/// reply was lost is found again by its key and not placed twice.
#[derive(Debug)]
pub(super) struct MongoOrderRepository {
    store: Store,
}

impl MongoOrderRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(order: &Order) -> Record {
    Record::new(order.studio, order.id.as_uuid(), order)
        .with("gallery", id(order.gallery.as_uuid()))
        .with("client", id(order.client.as_uuid()))
        .with("state", order.state.as_str())
        .with("updated_at", nanoseconds(order.updated_at))
        .with("idempotency_key", order.idempotency.key.as_str())
        .searchable(order)
}

fn conditions(filter: &OrderFilter) -> Document {
    let mut conditions = Document::new();
    if let Some(state) = filter.state {
        conditions.insert("state", state.as_str());
    }
    if let Some(gallery) = filter.gallery {
        conditions.insert("gallery", id(gallery.as_uuid()));
    }
    if let Some(client) = filter.client {
        conditions.insert("client", id(client.as_uuid()));
    }
    conditions
}

#[async_trait]
impl OrderRepository for MongoOrderRepository {
    async fn create(&self, order: &Order, events: &[Event]) -> Result<Version, StorageError> {
        let operation = Operation::new("create order", order.id);
        self.store.run(operation, TABLE.create(&self.store, record(order), events)).await
    }

    async fn find(&self, studio: StudioId, order: OrderId) -> Result<Option<Versioned<Order>>, StorageError> {
        let operation = Operation::new("find order", order);
        self.store.run(operation, TABLE.find(&self.store, studio, order.as_uuid())).await
    }

    async fn find_by_key(
        &self,
        studio: StudioId,
        client: ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<Versioned<Order>>, StorageError> {
        let operation = Operation::new("find order of client", client);
        let filter = doc! {
            "client": id(client.as_uuid()),
            "idempotency_key": key.as_str(),
            "studio": id(studio.as_uuid()),
            "deleted": false,
        };
        self.store.run(operation, TABLE.find_where(&self.store, filter)).await
    }

    async fn update(&self, order: &Order, seen: Version, events: &[Event]) -> Result<Version, StorageError> {
        let operation = Operation::new("update order", order.id);
        self.store.run(operation, TABLE.update(&self.store, record(order), seen, events)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &OrderFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError> {
        let operation = Operation::new("list orders of studio", studio);
        self.store.run(operation, TABLE.list_newest(&self.store, studio, conditions(filter), page)).await
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError> {
        let operation = Operation::new("search orders of studio", studio);
        let anything = Document::new();
        self.store.run(operation, searches::page(&self.store, TABLE, (studio, text), anything, page)).await
    }

    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Order>>, StorageError> {
        let operation = Operation::new("list changed orders of studio", studio);
        let walk = walk_since(studio, "updated_at", since);
        self.store.run(operation, TABLE.list_since(&self.store, walk, limit)).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge orders of studio", studio);
        let filter = doc! { "studio": id(studio.as_uuid()) };
        self.store.run(operation, TABLE.remove_all(&self.store, filter)).await
    }
}

//! Orders in the database.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, OrderId, StudioId};
use halftone_core::order::{IdempotencyKey, Order};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::orders::{OrderFilter, OrderRepository};
use halftone_core::search::SearchText;
use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Id, nanoseconds};
use super::database::Database;
use super::error::Operation;
use super::outbox::NewEvents;
use super::searches;
use super::table::{Conditions, Record, Table, most, read_values};

pub(super) const TABLE: Table = Table("orders");

pub(super) const CHANGED: &str = "SELECT id, version, document FROM orders
     WHERE studio = ? AND updated_at >= ? AND deleted_at IS NULL ORDER BY updated_at, id LIMIT ?";

/// Keeps orders in a table. That a client's idempotency key is used once is a unique index.
#[derive(Debug)]
pub(super) struct EmbeddedOrderRepository {
    database: Database,
}

impl EmbeddedOrderRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(order: &Order) -> Record {
    Record::new(order.studio, order.id.as_uuid(), order)
        .with("gallery", Id(order.gallery.as_uuid()))
        .with("client", Id(order.client.as_uuid()))
        .with("state", order.state.as_str().to_owned())
        .with("updated_at", nanoseconds(order.updated_at))
        .with("idempotency_key", order.idempotency.key.as_str().to_owned())
        .searchable(order)
}

pub(super) fn conditions(filter: &OrderFilter) -> Conditions {
    Conditions::default()
        .equal("state", filter.state.map(|state| state.as_str().to_owned()))
        .equal("gallery", filter.gallery.map(|gallery| Id(gallery.as_uuid())))
        .equal("client", filter.client.map(|client| Id(client.as_uuid())))
}

#[async_trait]
impl OrderRepository for EmbeddedOrderRepository {
    async fn create(&self, order: &Order, events: &[Event]) -> Result<Version, StorageError> {
        let (record, events) = (record(order), NewEvents::new(order.id.as_uuid(), events));
        let operation = Operation::new("create order", order.id);
        self.database
            .write(operation, move |connection| {
                events.record(connection)?;
                TABLE.create(connection, &record)
            })
            .await
    }

    async fn find(&self, studio: StudioId, order: OrderId) -> Result<Option<Versioned<Order>>, StorageError> {
        let operation = Operation::new("find order", order);
        self.database.read(operation, move |connection| TABLE.find(connection, studio, order.as_uuid())).await
    }

    async fn find_by_key(
        &self,
        studio: StudioId,
        client: ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<Versioned<Order>>, StorageError> {
        let key = key.clone();
        let operation = Operation::new("find order of client", client);
        self.database
            .read(operation, move |connection| {
                let condition = "client = ? AND idempotency_key = ? AND studio = ?";
                let parameters = params![Id(client.as_uuid()), key.as_str(), Id(studio.as_uuid())];
                TABLE.find_where(connection, condition, parameters)
            })
            .await
    }

    async fn update(&self, order: &Order, seen: Version, events: &[Event]) -> Result<Version, StorageError> {
        let (record, events) = (record(order), NewEvents::new(order.id.as_uuid(), events));
        let operation = Operation::new("update order", order.id);
        self.database
            .write(operation, move |connection| {
                events.record(connection)?;
                TABLE.update(connection, &record, seen)
            })
            .await
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &OrderFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError> {
        let (conditions, page) = (conditions(filter), page.clone());
        let operation = Operation::new("list orders of studio", studio);
        self.database
            .read(operation, move |connection| TABLE.list_newest(connection, studio, &conditions, &page))
            .await
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Order>>, StorageError> {
        let (text, page) = (text.clone(), page.clone());
        let operation = Operation::new("search orders of studio", studio);
        self.database
            .read(operation, move |connection| {
                searches::page(connection, TABLE, (studio, &text), &Conditions::default(), &page)
            })
            .await
    }

    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Order>>, StorageError> {
        let operation = Operation::new("list changed orders of studio", studio);
        self.database
            .read(operation, move |connection| {
                let parameters = params![Id(studio.as_uuid()), nanoseconds(since), most(limit)];
                read_values(connection, CHANGED, parameters)
            })
            .await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge orders of studio", studio);
        self.database
            .write(operation, move |connection| {
                let studio = Id(studio.as_uuid());
                let events = "DELETE FROM outbox WHERE origin IN (SELECT id FROM orders WHERE studio = ?)";
                connection.prepare_cached(events)?.execute([studio])?;
                connection.prepare_cached("DELETE FROM orders WHERE studio = ?")?.execute([studio])?;
                Ok(())
            })
            .await
    }
}

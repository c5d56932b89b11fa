//! Deliveries in the database.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::delivery::{Delivery, DeliveryTarget};
use halftone_core::id::{DeliveryId, StudioId};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::deliveries::DeliveryRepository;
use halftone_core::ports::error::StorageError;
use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::columns::{Id, nanoseconds};
use super::database::Database;
use super::error::{Fault, Operation};
use super::queue::later;
use super::table::{Conditions, Record, Table, most, read_all};
use crate::documents::lowest_id;

pub(super) const TABLE: Table = Table("deliveries");

pub(super) const DUE: &str =
    "SELECT id, version, document FROM deliveries WHERE due <= ? ORDER BY due LIMIT ?";
pub(super) const FORGET: &str =
    "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE id < ? ORDER BY id LIMIT ?)";
const LEASE: &str = "UPDATE deliveries SET due = ?, version = version + 1 WHERE id = ?";

/// Keeps deliveries in a table.
#[derive(Debug)]
pub(super) struct EmbeddedDeliveryRepository {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl EmbeddedDeliveryRepository {
    pub(super) const fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }
}

fn record(delivery: &Delivery) -> Record {
    let due = delivery.due().map_or(Value::Null, |due| Value::Integer(nanoseconds(due)));
    Record::new(delivery.studio, delivery.id.as_uuid(), delivery)
        .with("target_kind", delivery.target.word().to_owned())
        .with("target", Id(delivery.target.id()))
        .with("due", due)
}

pub(super) fn conditions(target: DeliveryTarget) -> Conditions {
    let kind = Conditions::default().equal("target_kind", Some(target.word().to_owned()));
    kind.equal("target", Some(Id(target.id())))
}

fn claim(
    connection: &Connection,
    now: i64,
    until: i64,
    limit: PageLimit,
) -> Result<Vec<Versioned<Delivery>>, Fault> {
    let due = read_all::<Delivery>(connection, DUE, params![now, most(limit)])?;
    let mut lease = connection.prepare_cached(LEASE)?;
    let mut claimed = Vec::with_capacity(due.len());
    for (id, Versioned { value, version }) in due {
        lease.execute(params![until, Id(id)])?;
        claimed.push(Versioned::new(value, version.next()));
    }
    Ok(claimed)
}

#[async_trait]
impl DeliveryRepository for EmbeddedDeliveryRepository {
    async fn create(&self, delivery: &Delivery) -> Result<(), StorageError> {
        let record = record(delivery);
        let operation = Operation::new("create delivery", delivery.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record).map(drop)).await
    }

    async fn find(
        &self,
        studio: StudioId,
        delivery: DeliveryId,
    ) -> Result<Option<Versioned<Delivery>>, StorageError> {
        let operation = Operation::new("find delivery", delivery);
        self.database
            .read(operation, move |connection| TABLE.find(connection, studio, delivery.as_uuid()))
            .await
    }

    async fn claim(
        &self,
        limit: PageLimit,
        lease: SignedDuration,
    ) -> Result<Vec<Versioned<Delivery>>, StorageError> {
        let now = self.clock.now();
        let (from, until) = (nanoseconds(now), nanoseconds(later(now, lease)));
        let operation = Operation::new("claim", "deliveries");
        self.database.write(operation, move |connection| claim(connection, from, until, limit)).await
    }

    async fn update(&self, delivery: &Delivery, seen: Version) -> Result<Version, StorageError> {
        let record = record(delivery);
        let operation = Operation::new("update delivery", delivery.id);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        target: DeliveryTarget,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list deliveries of studio", studio);
        self.database
            .read(operation, move |connection| {
                let found = TABLE.list_newest(connection, studio, &conditions(target), &page)?;
                Ok(found.map(|delivery: Versioned<Delivery>| delivery.value))
            })
            .await
    }

    async fn forget_before(&self, instant: Timestamp, limit: PageLimit) -> Result<usize, StorageError> {
        let operation = Operation::new("forget", "old deliveries");
        self.database
            .write(operation, move |connection| {
                let parameters = params![Id(lowest_id(instant)), most(limit)];
                Ok(connection.prepare_cached(FORGET)?.execute(parameters)?)
            })
            .await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge deliveries of studio", studio);
        self.database
            .write(operation, move |connection| {
                let mut statement = connection.prepare_cached("DELETE FROM deliveries WHERE studio = ?")?;
                statement.execute(params![Id(studio.as_uuid())])?;
                Ok(())
            })
            .await
    }
}

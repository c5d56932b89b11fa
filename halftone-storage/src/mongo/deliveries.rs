//! Deliveries in MongoDB.
//!
//! `due` says when a delivery is to be tried next, or when its lease ends; it is `null` once the delivery ended, which no
//! comparison with a number finds.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::delivery::{Delivery, DeliveryTarget};
use halftone_core::id::{DeliveryId, StudioId};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::deliveries::DeliveryRepository;
use halftone_core::ports::error::StorageError;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Bson, doc};

use super::envelope::{Record, number};
use super::error::{Fault, Operation};
use super::store::Store;
use super::table::{Table, Walk};
use super::values::{id, nanoseconds};

pub(super) const TABLE: Table = Table("deliveries");

/// Keeps deliveries in a collection.
#[derive(Debug)]
pub(super) struct MongoDeliveryRepository {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl MongoDeliveryRepository {
    pub(super) const fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }
}

fn record(delivery: &Delivery) -> Record {
    let due = delivery.due().map_or(Bson::Null, |due| Bson::Int64(nanoseconds(due)));
    Record::new(delivery.studio, delivery.id.as_uuid(), delivery)
        .with("target_kind", delivery.target.word())
        .with("target", id(delivery.target.id()))
        .with("due", due)
}

async fn claim(
    store: &Store,
    now: Timestamp,
    until: Timestamp,
    most: PageLimit,
) -> Result<Vec<Versioned<Delivery>>, Fault> {
    let walk = Walk { filter: doc! { "due": { "$lte": nanoseconds(now) } }, sort: doc! { "due": 1 } };
    let mut claimed = Vec::new();
    for (document, Versioned { value, version }) in TABLE.walk::<Delivery>(store, walk, most.get()).await? {
        // One update for each, because another server may be claiming the same ones.
        let seen = doc! { "_id": id(document), "version": number(version) };
        let lease = doc! { "$set": { "due": nanoseconds(until) }, "$inc": { "version": 1_i64 } };
        let outcome = TABLE.collection(store).update_one(seen, lease).await?;
        if outcome.matched_count == 1 {
            claimed.push(Versioned::new(value, version.next()));
        }
    }
    Ok(claimed)
}

#[async_trait]
impl DeliveryRepository for MongoDeliveryRepository {
    async fn create(&self, delivery: &Delivery) -> Result<(), StorageError> {
        let operation = Operation::new("create delivery", delivery.id);
        self.store.run(operation, TABLE.create(&self.store, record(delivery), &[])).await.map(drop)
    }

    async fn find(
        &self,
        studio: StudioId,
        delivery: DeliveryId,
    ) -> Result<Option<Versioned<Delivery>>, StorageError> {
        let operation = Operation::new("find delivery", delivery);
        self.store.run(operation, TABLE.find(&self.store, studio, delivery.as_uuid())).await
    }

    async fn claim(
        &self,
        most: PageLimit,
        lease: SignedDuration,
    ) -> Result<Vec<Versioned<Delivery>>, StorageError> {
        let now = self.clock.now();
        // A lease beyond the end of time never runs out.
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        let operation = Operation::new("claim", "deliveries");
        self.store.run(operation, claim(&self.store, now, until, most)).await
    }

    async fn update(&self, delivery: &Delivery, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update delivery", delivery.id);
        self.store.run(operation, TABLE.update(&self.store, record(delivery), seen, &[])).await
    }

    async fn list(
        &self,
        studio: StudioId,
        target: DeliveryTarget,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StorageError> {
        let operation = Operation::new("list deliveries of studio", studio);
        let conditions = doc! { "target_kind": target.word(), "target": id(target.id()) };
        let list = TABLE.list_newest(&self.store, studio, conditions, page);
        let found = self.store.run(operation, list).await?;
        Ok(found.map(|delivery: Versioned<Delivery>| delivery.value))
    }

    async fn forget_before(&self, instant: Timestamp, most: PageLimit) -> Result<usize, StorageError> {
        let operation = Operation::new("forget", "old deliveries");
        self.store.run(operation, TABLE.forget_before(&self.store, instant, most)).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge deliveries of studio", studio);
        let filter = doc! { "studio": id(studio.as_uuid()) };
        self.store.run(operation, TABLE.remove_all(&self.store, filter)).await
    }
}

//! Events inside the documents with which they were recorded.
//!
//! An event is an element of its document's `events`: `id`, the stored form in `body`, and in `due` the time from
//! which it may be claimed: when it happened, and after a claim when the lease ends. So the index on `events.due`
//! gives first what has waited longest, and events that nobody acknowledges do not stay ahead of new ones.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::try_join_all;
use halftone_core::clock::Clock;
use halftone_core::event::Event;
use halftone_core::id::{EventId, StudioId};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::outbox::Outbox;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{self, Bson, RawDocumentBuf, doc};
use serde::Deserialize;
use uuid::Uuid;

use super::envelope::{body, value_of};
use super::error::{Fault, Operation};
use super::store::Store;
use super::table::{Table, Walk};
use super::values::{id, nanoseconds};
use super::{activities, orders, photos, selections, studios};
use crate::documents::Stored;

/// The collections whose documents carry events.
const CARRIERS: [Table; 5] =
    [studios::TABLE, photos::TABLE, activities::TABLE, selections::TABLE, orders::TABLE];

/// The elements of `events` that a document is about to be written with.
pub(super) fn new_events(events: &[Event]) -> Vec<Bson> {
    let element = |event: &Event| {
        doc! { "id": id(event.id.as_uuid()), "due": nanoseconds(event.at), "body": body(event) }.into()
    };
    events.iter().map(element).collect()
}

/// Reads the events of the MongoDB repositories.
#[derive(Debug)]
pub(super) struct MongoOutbox {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl MongoOutbox {
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }
}

/// A document with events.
#[derive(Deserialize)]
struct Carrier {
    #[serde(rename = "_id")]
    id: Bson,
    events: Vec<Element>,
}

#[derive(Deserialize)]
struct Element {
    id: bson::Uuid,
    due: i64,
    body: RawDocumentBuf,
}

/// An event that may be claimed, and where it lies.
struct Waiting {
    table: Table,
    carrier: Bson,
    element: Element,
}

impl Waiting {
    /// Takes the event until `until`; `false` if somebody else was faster.
    async fn claim(&self, store: &Store, until: i64) -> Result<bool, Fault> {
        let seen = doc! { "id": self.element.id, "due": self.element.due };
        let filter = doc! { "_id": self.carrier.clone(), "events": { "$elemMatch": seen } };
        let lease = doc! { "$set": { "events.$.due": until } };
        let outcome = self.table.collection(store).update_one(filter, lease).await?;
        Ok(outcome.matched_count == 1)
    }

    /// An event that cannot be read is passed over and stays, so that it does not hold up all others.
    fn event(&self) -> Option<Event> {
        let document =
            bson::deserialize_from_slice::<<Event as Stored>::Document>(self.element.body.as_bytes());
        match document.map_err(Fault::from).and_then(value_of) {
            Ok(event) => Some(event),
            Err(fault) => {
                let error = Operation::new("read event", self.element.id).failed(fault);
                let error = &error as &dyn std::error::Error;
                tracing::error!(event.id = %self.element.id, error, "an event of the outbox cannot be read");
                None
            }
        }
    }
}

/// The events of those `most` documents of a collection that have waited longest.
async fn waiting(table: Table, store: &Store, now: i64, most: usize) -> Result<Vec<Waiting>, Fault> {
    let walk = Walk { filter: doc! { "events.due": { "$lte": now } }, sort: doc! { "events.due": 1 } };
    let mut waiting = Vec::new();
    for document in table.fetch(store, walk, doc! { "events": 1 }, most).await? {
        let carrier: Carrier = bson::deserialize_from_slice(document.as_bytes())?;
        let free = carrier.events.into_iter().filter(|element| element.due <= now);
        waiting.extend(free.map(|element| Waiting { table, carrier: carrier.id.clone(), element }));
    }
    Ok(waiting)
}

async fn claim(store: &Store, now: Timestamp, until: Timestamp, most: usize) -> Result<Vec<Event>, Fault> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let (now, until) = (nanoseconds(now), nanoseconds(until));
    let found = try_join_all(CARRIERS.map(|table| waiting(table, store, now, most))).await?;
    let mut found: Vec<Waiting> = found.into_iter().flatten().collect();
    found.sort_unstable_by_key(|waiting| waiting.element.id.bytes());
    let mut claimed = Vec::new();
    for waiting in found {
        if claimed.len() == most {
            break;
        }
        // One write for each, because another server may be claiming others of the same document.
        if waiting.claim(store, until).await? {
            claimed.extend(waiting.event());
        }
    }
    Ok(claimed)
}

async fn acknowledge(store: &Store, events: &[EventId]) -> Result<(), Fault> {
    if events.is_empty() {
        return Ok(());
    }
    let ids: Vec<Bson> = events.iter().map(|event| id(event.as_uuid())).collect();
    let pull = |table: Table| {
        let filter = doc! { "events.id": { "$in": ids.clone() } };
        let delivered = doc! { "$pull": { "events": { "id": { "$in": ids.clone() } } } };
        async move { table.collection(store).update_many(filter, delivered).await }
    };
    try_join_all(CARRIERS.map(pull)).await?;
    Ok(())
}

async fn purge(store: &Store, studio: Uuid) -> Result<(), Fault> {
    for table in CARRIERS {
        // Every event has a time; the condition leads over the index to the few documents that have events.
        let filter = doc! { "events.due": { "$lte": i64::MAX }, "studio": id(studio) };
        let forget = doc! { "$set": { "events": [] } };
        table.collection(store).update_many(filter, forget).await?;
    }
    Ok(())
}

#[async_trait]
impl Outbox for MongoOutbox {
    async fn claim(&self, most: usize, lease: SignedDuration) -> Result<Vec<Event>, StorageError> {
        let now = self.clock.now();
        // A lease beyond the end of time never runs out.
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        self.store.run(Operation::new("claim", "events"), claim(&self.store, now, until, most)).await
    }

    async fn acknowledge(&self, events: &[EventId]) -> Result<(), StorageError> {
        self.store.run(Operation::new("acknowledge", "events"), acknowledge(&self.store, events)).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge events of studio", studio);
        self.store.run(operation, purge(&self.store, studio.as_uuid())).await
    }
}

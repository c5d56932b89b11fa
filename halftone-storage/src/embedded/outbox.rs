//! Events in the database, written with their documents.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::event::Event;
use halftone_core::id::{EventId, StudioId};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::outbox::Outbox;
use jiff::SignedDuration;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::columns::{Id, nanoseconds};
use super::database::Database;
use super::error::{Fault, Operation};
use super::queue::later;
use crate::documents::{decode, encode};

// Walks the events by id and passes over those that are leased, which are few.
pub(super) const FREE: &str = "SELECT id, document FROM outbox
     WHERE leased_until IS NULL OR leased_until <= ? ORDER BY id LIMIT ?";

/// Events that a document is about to be written with.
#[derive(Debug)]
pub(super) struct NewEvents {
    origin: Id,
    events: Vec<(Id, Id, String)>,
}

impl NewEvents {
    /// `origin` is the document's id, by which [`forget`] finds its events.
    pub(super) fn new(origin: Uuid, events: &[Event]) -> Self {
        let row = |event: &Event| (Id(event.id.as_uuid()), Id(event.studio.as_uuid()), encode(event));
        Self { origin: Id(origin), events: events.iter().map(row).collect() }
    }

    /// Stores the events; for the transaction that writes the document.
    pub(super) fn record(&self, connection: &Connection) -> Result<(), Fault> {
        let sql =
            "INSERT INTO outbox (id, studio, origin, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let mut statement = connection.prepare_cached(sql)?;
        for (id, studio, document) in &self.events {
            statement.execute(params![id, studio, self.origin, document])?;
        }
        Ok(())
    }
}

/// Removes the events of a document.
pub(super) fn forget(connection: &Connection, origin: Uuid) -> Result<(), Fault> {
    connection.prepare_cached("DELETE FROM outbox WHERE origin = ?")?.execute(params![Id(origin)])?;
    Ok(())
}

/// Reads the events of the embedded repositories.
#[derive(Debug)]
pub(super) struct EmbeddedOutbox {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl EmbeddedOutbox {
    pub(super) fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }
}

/// An event that cannot be read is passed over and stays, so that it does not hold up all others.
fn readable(id: Id, document: &str) -> Option<Event> {
    match decode(document) {
        Ok(event) => Some(event),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(event.id = %id.0, error, "an event of the outbox cannot be read");
            None
        }
    }
}

fn claim(connection: &Connection, now: i64, until: i64, most: i64) -> Result<Vec<Event>, Fault> {
    let mut free = connection.prepare_cached(FREE)?;
    let rows =
        free.query_map(params![now, most], |row| Ok((row.get::<_, Id>(0)?, row.get::<_, String>(1)?)))?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut lease = connection.prepare_cached("UPDATE outbox SET leased_until = ? WHERE id = ?")?;
    for (id, _) in &rows {
        lease.execute(params![until, id])?;
    }
    Ok(rows.into_iter().filter_map(|(id, document)| readable(id, &document)).collect())
}

#[async_trait]
impl Outbox for EmbeddedOutbox {
    async fn claim(&self, most: usize, lease: SignedDuration) -> Result<Vec<Event>, StorageError> {
        let now = self.clock.now();
        let (from, until) = (nanoseconds(now), nanoseconds(later(now, lease)));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let operation = Operation::new("claim", "events");
        self.database.write(operation, move |connection| claim(connection, from, until, most)).await
    }

    async fn acknowledge(&self, events: &[EventId]) -> Result<(), StorageError> {
        let events: Vec<Id> = events.iter().map(|event| Id(event.as_uuid())).collect();
        self.database
            .write(Operation::new("acknowledge", "events"), move |connection| {
                let mut statement = connection.prepare_cached("DELETE FROM outbox WHERE id = ?")?;
                for event in &events {
                    statement.execute(params![event])?;
                }
                Ok(())
            })
            .await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge events of studio", studio);
        self.database
            .write(operation, move |connection| {
                let mut statement = connection.prepare_cached("DELETE FROM outbox WHERE studio = ?")?;
                statement.execute(params![Id(studio.as_uuid())])?;
                Ok(())
            })
            .await
    }
}

//! Jobs that were given up, in the table of the queue.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::id::JobId;
use halftone_core::job::Job;
use halftone_core::page::{Cursor, Page, PageRequest};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::queue::{DeadLetter, DeadLetterQueue};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::columns::{Id, instant, nanoseconds};
use super::database::Database;
use super::error::{Fault, Operation};
use super::table::{after, one_more};

pub(super) const LIST: &str = "SELECT id, message, receive_count, reason, dead_at FROM jobs
     WHERE dead_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?";

/// Reads and revives dead jobs.
#[derive(Debug)]
pub(super) struct EmbeddedDeadLetterQueue {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl EmbeddedDeadLetterQueue {
    pub(super) fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }
}

fn list(connection: &Connection, page: &PageRequest) -> Result<Page<DeadLetter>, Fault> {
    let mut statement = connection.prepare_cached(LIST)?;
    let mut rows = statement.query(params![after(page), one_more(page)])?;
    let mut letters = Vec::new();
    while let Some(row) = rows.next()? {
        letters.push((row.get::<_, Id>(0)?.0, read(row)?));
    }
    let letters = Page::cut(letters, page.limit, |(id, _): &(Uuid, Option<DeadLetter>)| Cursor::new("", *id));
    // A letter that nobody can read was logged; the others can still be seen and retried.
    Ok(Page {
        items: letters.items.into_iter().filter_map(|(_, letter)| letter).collect(),
        next: letters.next,
    })
}

fn read(row: &Row<'_>) -> Result<Option<DeadLetter>, Fault> {
    let id = JobId::from_uuid(row.get::<_, Id>(0)?.0);
    let job = match Job::from_message(&row.get::<_, String>(1)?) {
        Ok(job) => job,
        Err(error) => {
            tracing::error!(job.id = %id, error = &error as &dyn std::error::Error, "a dead letter cannot be read");
            return Ok(None);
        }
    };
    let receive_count = u32::try_from(row.get::<_, i64>(2)?).unwrap_or(u32::MAX);
    Ok(Some(DeadLetter { id, job, receive_count, reason: row.get(3)?, at: instant(row.get(4)?) }))
}

#[async_trait]
impl DeadLetterQueue for EmbeddedDeadLetterQueue {
    async fn list(&self, page: &PageRequest) -> Result<Page<DeadLetter>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list", "dead letters");
        self.database.read(operation, move |connection| list(connection, &page)).await
    }

    async fn retry(&self, job: JobId) -> Result<(), StorageError> {
        let now = nanoseconds(self.clock.now());
        self.database
            .write(Operation::new("retry dead letter", job), move |connection| {
                let sql = "UPDATE jobs SET dead_at = NULL, reason = NULL, receive_count = 0, visible_at = ?
                     WHERE id = ? AND dead_at IS NOT NULL";
                match connection.prepare_cached(sql)?.execute(params![now, Id(job.as_uuid())])? {
                    0 => Err(StorageErrorKind::NotFound.into()),
                    _ => Ok(()),
                }
            })
            .await
    }

    async fn discard(&self, job: JobId) -> Result<(), StorageError> {
        self.database
            .write(Operation::new("discard dead letter", job), move |connection| {
                let sql = "DELETE FROM jobs WHERE id = ? AND dead_at IS NOT NULL";
                connection.prepare_cached(sql)?.execute(params![Id(job.as_uuid())])?;
                Ok(())
            })
            .await
    }
}

//! The database file: one thread that writes and a few that read, none of them an async thread.
//!
//! Reads see every write that was answered before they began, because an answer is sent after the commit and a
//! read begins its snapshot later.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use halftone_core::ports::error::StorageError;
use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::directory::DataDirectory;
use super::error::{Fault, Operation};
use super::{migrations, queue};

mod connection;
mod readers;
mod writer;

use readers::Readers;
use writer::{Write, Writer};

/// A handle on the database; clones share it. When the last one is dropped, the database is closed, which also
/// folds the write-ahead log into the file.
#[derive(Clone)]
pub(super) struct Database {
    threads: Arc<Threads>,
}

/// Fields are dropped in order: readers first, so that the writer's connection is the last one and SQLite
/// checkpoints when it closes, and the directory's lock after both.
struct Threads {
    readers: Readers,
    writer: Writer,
    _directory: Arc<DataDirectory>,
}

impl Database {
    /// Opens or creates the database and brings it to this program's version. Jobs that another program had when it
    /// ended are free `now`: nobody works on them, for the directory's lock is ours.
    pub(super) fn open(directory: Arc<DataDirectory>, now: Timestamp) -> Result<Self, StorageError> {
        let path = directory.database_path();
        let failed = |fault| Operation::new("open database", path.display()).failed(fault);
        let mut connection = connection::open_for_writing(&path).map_err(|error| failed(error.into()))?;
        migrations::run(&mut connection).map_err(failed)?;
        queue::free_interrupted(&connection, now).map_err(failed)?;
        let readers = Readers::start(&path).map_err(failed)?;
        let writer = Writer::start(connection, path.clone()).map_err(failed)?;
        Ok(Self { threads: Arc::new(Threads { readers, writer, _directory: directory }) })
    }

    /// Runs `read` on a reader's thread.
    pub(super) async fn read<T, F>(&self, operation: Operation, read: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        self.threads.readers.submit(Box::new(move |connection| {
            // A caller that went away needs no answer.
            drop(sender.send(guarded(|| read(connection))));
        }));
        received(answer).await.map_err(|fault| operation.failed(fault))
    }

    /// Runs `write` on the writer's thread in a transaction and answers after its commit. Nothing of it stays if
    /// it fails. It may be run again after it was rolled back, so it changes nothing but the database.
    pub(super) async fn write<T, F>(&self, operation: Operation, write: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        self.threads.writer.submit(Box::new(Write::new(write, sender)));
        received(answer).await.map_err(|fault| operation.failed(fault))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Database").finish_non_exhaustive()
    }
}

/// A panic in one piece of work must not end the thread that all others need.
fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Fault::Stopped("the work panicked")))
}

async fn received<T>(answer: oneshot::Receiver<Result<T, Fault>>) -> Result<T, Fault> {
    answer.await.unwrap_or(Err(Fault::Stopped("the database thread has ended")))
}

#[cfg(test)]
mod tests;

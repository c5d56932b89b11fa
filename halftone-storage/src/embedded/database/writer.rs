//! The thread that writes.
//!
//! A commit waits for the disk. Writes that arrive meanwhile are put into one transaction, each inside a
//! savepoint of its own, and wait together: many callers share one sync, and a write that fails takes nothing
//! of the others with it. If the transaction itself fails (a full disk rolls it back as a whole), every write
//! of the batch is run again alone, so that only the one at fault fails.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::super::error::Fault;
use super::{connection, guarded};

/// The most writes in one transaction, which bounds how long the first of them waits.
const LARGEST_BATCH: usize = 128;

/// Whether a piece of work wants to stay in the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    RollBack,
}

/// A write on its way through the thread.
pub(super) trait PendingWrite: Send {
    /// Runs the work and remembers its outcome. May be called again after a rollback.
    fn apply(&mut self, connection: &Connection) -> Verdict;

    /// Sends the remembered outcome to the caller.
    fn answer(self: Box<Self>);

    /// Sends a failure of the transaction to the caller.
    fn refuse(self: Box<Self>, fault: Fault);
}

/// A closure with the caller that waits for it.
pub(super) struct Write<T, F> {
    work: F,
    outcome: Option<Result<T, Fault>>,
    caller: oneshot::Sender<Result<T, Fault>>,
}

impl<T, F> Write<T, F> {
    pub(super) const fn new(work: F, caller: oneshot::Sender<Result<T, Fault>>) -> Self {
        Self { work, outcome: None, caller }
    }
}

impl<T, F> PendingWrite for Write<T, F>
where
    T: Send,
    F: FnMut(&Connection) -> Result<T, Fault> + Send,
{
    fn apply(&mut self, connection: &Connection) -> Verdict {
        let outcome = guarded(|| (self.work)(connection));
        let verdict = if outcome.is_ok() { Verdict::Keep } else { Verdict::RollBack };
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.unwrap_or(Err(Fault::Stopped("the write was not run")));
        // A caller that went away needs no answer.
        drop(self.caller.send(outcome));
    }

    fn refuse(self: Box<Self>, fault: Fault) {
        drop(self.caller.send(Err(fault)));
    }
}

type Batch = Vec<Box<dyn PendingWrite>>;

/// The handle on the thread.
pub(super) struct Writer {
    queue: Option<Sender<Box<dyn PendingWrite>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, path: PathBuf) -> Result<Self, Fault> {
        let (queue, writes) = mpsc::channel();
        let thread = thread::Builder::new().name("halftone-write".to_owned());
        let thread = thread.spawn(move || Worker { connection, path }.serve(&writes))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues a write. If the thread has ended, the write is dropped, which its caller notices.
    pub(super) fn submit(&self, write: Box<dyn PendingWrite>) {
        if let Some(queue) = &self.queue {
            drop(queue.send(write));
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer of the database had panicked");
        }
    }
}

struct Worker {
    connection: Connection,
    path: PathBuf,
}

impl Worker {
    /// Works until the queue is closed and empty.
    fn serve(mut self, writes: &Receiver<Box<dyn PendingWrite>>) {
        while let Ok(first) = writes.recv() {
            let mut batch = vec![first];
            batch.extend(writes.try_iter().take(LARGEST_BATCH - 1));
            self.run(batch);
        }
        if let Err((_, error)) = self.connection.close() {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the database could not be closed cleanly"
            );
        }
    }

    fn run(&mut self, mut batch: Batch) {
        if batch.len() > 1 && self.run_together(&mut batch).is_ok() {
            batch.into_iter().for_each(PendingWrite::answer);
            return;
        }
        for write in batch {
            self.run_alone(write);
        }
    }

    /// Runs all writes in one transaction. After an error nothing of any of them is stored.
    fn run_together(&mut self, batch: &mut Batch) -> rusqlite::Result<()> {
        let result = self.try_together(batch);
        self.settle();
        result
    }

    fn try_together(&self, batch: &mut Batch) -> rusqlite::Result<()> {
        self.execute("BEGIN IMMEDIATE")?;
        for write in batch {
            self.execute("SAVEPOINT one_write")?;
            if write.apply(&self.connection) == Verdict::RollBack {
                // Fails if SQLite has rolled back the whole transaction by itself.
                self.execute("ROLLBACK TO one_write")?;
            }
            self.execute("RELEASE one_write")?;
        }
        self.execute("COMMIT")
    }

    fn run_alone(&mut self, mut write: Box<dyn PendingWrite>) {
        let result = self.try_alone(&mut *write);
        self.settle();
        match result {
            Ok(()) => write.answer(),
            Err(error) => write.refuse(error.into()),
        }
    }

    fn try_alone(&self, write: &mut dyn PendingWrite) -> rusqlite::Result<()> {
        self.execute("BEGIN IMMEDIATE")?;
        match write.apply(&self.connection) {
            Verdict::Keep => self.execute("COMMIT"),
            // The outcome tells why; `settle` rolls back.
            Verdict::RollBack => Ok(()),
        }
    }

    fn execute(&self, statement: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(statement)?.execute(())?;
        Ok(())
    }

    /// Leaves no transaction open, whatever happened: the next write must find a working connection.
    fn settle(&mut self) {
        if self.connection.is_autocommit() {
            return;
        }
        let Err(error) = self.execute("ROLLBACK") else { return };
        tracing::error!(error = &error as &dyn std::error::Error, "a transaction could not be rolled back");
        match connection::open_for_writing(&self.path) {
            Ok(connection) => self.connection = connection,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the database could not be reopened"
                );
            }
        }
    }
}

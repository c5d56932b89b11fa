//! The queue of background work.

use std::fmt;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::id::JobId;
use crate::job::Job;
use crate::page::{Page, PageRequest};
use crate::ports::error::StorageError;

/// A job that was handed to a worker. It is invisible to others until `visible_again_at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedJob {
    /// Which job.
    pub id: JobId,
    /// What is to be done.
    pub job: Job,
    /// How often it has been handed out, this time included.
    pub receive_count: u32,
    /// Proves that this delivery is the current one.
    pub receipt: Receipt,
}

/// Proves a delivery; opaque. A later delivery of the same job makes it stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt(pub String);

/// Delivers jobs at least once.
///
/// An enqueued job MUST survive a crash. A job that is received and neither acknowledged nor released MUST be
/// delivered again once its lease has run out. Order is not promised. Calls with a stale receipt MUST do
/// nothing and succeed, because the job belongs to another worker then.
#[async_trait]
pub trait JobQueue: fmt::Debug + Send + Sync + 'static {
    /// Adds jobs, all or none: at most 500. Each becomes visible after `delay`.
    ///
    /// On failure, a queue that takes fewer at once, such as SQS, may have added some. Callers enqueue all of them again,
    /// which idempotent jobs bear.
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError>;

    /// Hands out up to `most` visible jobs for the time of `lease`. Returns at once, possibly with none; a remote queue,
    /// such as SQS, may wait for jobs for up to 20 seconds first.
    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError>;

    /// Prolongs the lease to `lease` from now.
    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError>;

    /// The job is done.
    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), StorageError>;

    /// The job shall be delivered again after `delay`.
    async fn release(&self, receipt: &Receipt, delay: SignedDuration) -> Result<(), StorageError>;

    /// The job is given up: it becomes a dead letter.
    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), StorageError>;

    /// How many jobs wait (visible or delayed), are leased, and are dead. May be approximate.
    async fn depth(&self) -> Result<QueueDepth, StorageError>;
}

/// How full a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepth {
    /// Waiting for a worker.
    pub waiting: u64,
    /// Being worked on.
    pub leased: u64,
    /// Given up.
    pub dead: u64,
}

/// A job that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Which job.
    pub id: JobId,
    /// What was to be done.
    pub job: Job,
    /// How often it was tried.
    pub receive_count: u32,
    /// Why it was given up.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// The jobs that were given up.
#[async_trait]
pub trait DeadLetterQueue: fmt::Debug + Send + Sync + 'static {
    /// The dead letters, by id.
    async fn list(&self, page: &PageRequest) -> Result<Page<DeadLetter>, StorageError>;

    /// Puts a dead letter back on the queue with a fresh count.
    ///
    /// # Errors
    /// `NotFound` if there is no such dead letter.
    async fn retry(&self, job: JobId) -> Result<(), StorageError>;

    /// Drops a dead letter; dropping the absent succeeds.
    async fn discard(&self, job: JobId) -> Result<(), StorageError>;
}

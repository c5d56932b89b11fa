//! The queue in the database.

use std::str::FromStr as _;
use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::entropy::Entropy;
use halftone_core::id::JobId;
use halftone_core::job::Job;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::{JobQueue, QueueDepth, Receipt, ReceivedJob};
use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::columns::{Id, nanoseconds};
use super::database::Database;
use super::error::{Fault, Operation};

pub(super) const DUE: &str = "SELECT id, message, receive_count, generation FROM jobs
     WHERE dead_at IS NULL AND visible_at <= ? ORDER BY visible_at, id LIMIT ?";

pub(super) const DEPTH: &str = "SELECT
     (SELECT count(*) FROM jobs WHERE dead_at IS NULL AND visible_at > ?1 AND leased = 1),
     (SELECT count(*) FROM jobs WHERE dead_at IS NULL),
     (SELECT count(*) FROM jobs WHERE dead_at IS NOT NULL)";

/// The instant `step` after `now`, or the last one there is.
pub(super) fn later(now: Timestamp, step: SignedDuration) -> Timestamp {
    now.checked_add(step).unwrap_or(Timestamp::MAX)
}

/// Keeps jobs in a table.
#[derive(Debug)]
pub(super) struct EmbeddedJobQueue {
    database: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl EmbeddedJobQueue {
    pub(super) fn new(database: Database, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { database, clock, entropy }
    }

    /// Runs a statement on the job that `receipt` still holds; a stale receipt does nothing. Parameters 1 and 2
    /// are the job's id and generation, the others follow.
    async fn settle(
        &self,
        name: &'static str,
        receipt: &Receipt,
        sql: &'static str,
        values: &[Value],
    ) -> Result<(), StorageError> {
        let Some(delivery) = Delivery::parse(receipt) else { return Ok(()) };
        let mut parameters = vec![Id(delivery.job.as_uuid()).into(), Value::Integer(delivery.generation)];
        parameters.extend_from_slice(values);
        self.database
            .write(Operation::new(name, delivery.job), move |connection| {
                connection.prepare_cached(sql)?.execute(params_from_iter(&parameters))?;
                Ok(())
            })
            .await
    }

    fn at(&self, step: SignedDuration) -> i64 {
        nanoseconds(later(self.clock.now(), step))
    }
}

/// What a receipt says: the job and the delivery of it.
#[derive(Debug, Clone, Copy)]
struct Delivery {
    job: JobId,
    generation: i64,
}

impl Delivery {
    fn receipt(self) -> Receipt {
        Receipt(format!("{}.{}", self.job, self.generation))
    }

    /// A receipt that does not parse is not one of ours, and so is stale.
    fn parse(receipt: &Receipt) -> Option<Self> {
        let (job, generation) = receipt.0.split_once('.')?;
        // Why `ok`: see above.
        Some(Self { job: JobId::parse(job).ok()?, generation: i64::from_str(generation).ok()? })
    }
}

/// A row that is due.
struct Due {
    id: Id,
    message: String,
    receive_count: i64,
    generation: i64,
}

fn find_due(connection: &Connection, now: i64, most: i64) -> rusqlite::Result<Vec<Due>> {
    let mut statement = connection.prepare_cached(DUE)?;
    let due = statement.query_map(params![now, most], |row| {
        Ok(Due { id: row.get(0)?, message: row.get(1)?, receive_count: row.get(2)?, generation: row.get(3)? })
    })?;
    due.collect()
}

/// Lets jobs be received at once that were leased when an earlier program ended. Only those that it had for the first
/// time: a job that ends the program each time leaves it the time of a lease to serve everybody else.
pub(super) fn free_interrupted(connection: &Connection, now: Timestamp) -> Result<(), Fault> {
    let sql = "UPDATE jobs SET visible_at = ?1, leased = 0, generation = generation + 1
         WHERE dead_at IS NULL AND leased = 1 AND visible_at > ?1 AND receive_count = 1";
    let freed = connection.execute(sql, params![nanoseconds(now)])?;
    if freed > 0 {
        tracing::info!(jobs = freed, "jobs that were interrupted are due again");
    }
    Ok(())
}

fn receive(connection: &Connection, now: i64, until: i64, most: i64) -> Result<Vec<ReceivedJob>, Fault> {
    let sql = "UPDATE jobs SET visible_at = ?, leased = 1, generation = generation + 1,
         receive_count = receive_count + 1 WHERE id = ?";
    let mut lease = connection.prepare_cached(sql)?;
    let mut received = Vec::new();
    for due in find_due(connection, now, most)? {
        let id = JobId::from_uuid(due.id.0);
        let job = match Job::from_message(&due.message) {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(job.id = %id, error = &error as &dyn std::error::Error, "a job cannot be read");
                bury_unreadable(connection, due.id, now)?;
                continue;
            }
        };
        lease.execute(params![until, due.id])?;
        let delivery = Delivery { job: id, generation: due.generation + 1 };
        let receive_count = u32::try_from(due.receive_count + 1).unwrap_or(u32::MAX);
        received.push(ReceivedJob { id, job, receive_count, receipt: delivery.receipt() });
    }
    Ok(received)
}

/// A message that nobody can read would come up first for ever.
fn bury_unreadable(connection: &Connection, id: Id, now: i64) -> Result<(), Fault> {
    let sql = "UPDATE jobs SET dead_at = ?, reason = 'the message cannot be read' WHERE id = ?";
    connection.prepare_cached(sql)?.execute(params![now, id])?;
    Ok(())
}

fn depth(connection: &Connection, now: i64) -> Result<QueueDepth, Fault> {
    let counts = connection.prepare_cached(DEPTH)?.query_row(params![now], |row| {
        Ok([row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?])
    })?;
    let [leased, live, dead] = counts.map(|count| u64::try_from(count).unwrap_or(0));
    Ok(QueueDepth { waiting: live.saturating_sub(leased), leased, dead })
}

#[async_trait]
impl JobQueue for EmbeddedJobQueue {
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError> {
        let now = self.clock.now();
        let visible_at = nanoseconds(later(now, delay));
        let new_row = |job: &Job| (Id(JobId::generate(now, &*self.entropy).as_uuid()), job.to_message());
        let rows: Vec<(Id, String)> = jobs.iter().map(new_row).collect();
        let operation = Operation::new("enqueue", format_args!("{} jobs", jobs.len()));
        self.database
            .write(operation, move |connection| {
                let sql = "INSERT INTO jobs (id, message, visible_at) VALUES (?, ?, ?)";
                let mut insert = connection.prepare_cached(sql)?;
                for (id, message) in &rows {
                    insert.execute(params![id, message, visible_at])?;
                }
                Ok(())
            })
            .await
    }

    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError> {
        let (now, until) = (nanoseconds(self.clock.now()), self.at(lease));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let operation = Operation::new("receive", "jobs");
        self.database.write(operation, move |connection| receive(connection, now, until, most)).await
    }

    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError> {
        let sql = "UPDATE jobs SET visible_at = ?3 WHERE id = ?1 AND generation = ?2 AND leased = 1";
        self.settle("extend job", receipt, sql, &[Value::Integer(self.at(lease))]).await
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), StorageError> {
        let sql = "DELETE FROM jobs WHERE id = ?1 AND generation = ?2 AND leased = 1";
        self.settle("acknowledge job", receipt, sql, &[]).await
    }

    async fn release(&self, receipt: &Receipt, delay: SignedDuration) -> Result<(), StorageError> {
        let sql = "UPDATE jobs SET visible_at = ?3, leased = 0, generation = generation + 1
             WHERE id = ?1 AND generation = ?2 AND leased = 1";
        self.settle("release job", receipt, sql, &[Value::Integer(self.at(delay))]).await
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), StorageError> {
        let sql = "UPDATE jobs SET dead_at = ?3, reason = ?4, leased = 0, generation = generation + 1
             WHERE id = ?1 AND generation = ?2 AND leased = 1";
        let now = Value::Integer(nanoseconds(self.clock.now()));
        self.settle("bury job", receipt, sql, &[now, Value::Text(reason.to_owned())]).await
    }

    async fn depth(&self) -> Result<QueueDepth, StorageError> {
        let now = nanoseconds(self.clock.now());
        let operation = Operation::new("count", "jobs");
        self.database.read(operation, move |connection| depth(connection, now)).await
    }
}

//! The queue in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::entropy::Entropy;
use halftone_core::id::JobId;
use halftone_core::job::Job;
use halftone_core::page::{Page, PageRequest};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::queue::{DeadLetter, DeadLetterQueue, JobQueue, QueueDepth, Receipt, ReceivedJob};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::table::page_by_id;

/// The instant `step` after `now`, or the last one there is.
pub(super) fn later(now: Timestamp, step: SignedDuration) -> Timestamp {
    now.checked_add(step).unwrap_or(Timestamp::MAX)
}

#[derive(Debug)]
struct QueuedJob {
    job: Job,
    visible_at: Timestamp,
    receive_count: u32,
    /// The delivery that holds the job; `None` while it waits.
    delivery: Option<Uuid>,
}

/// The jobs of one queue.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    queued: BTreeMap<JobId, QueuedJob>,
    /// When each job becomes visible, so that receiving does not look at those that wait.
    schedule: BTreeSet<(Timestamp, JobId)>,
    deliveries: BTreeMap<Uuid, JobId>,
    dead: BTreeMap<JobId, DeadLetter>,
}

impl Jobs {
    fn add(&mut self, id: JobId, job: Job, visible_at: Timestamp) {
        self.schedule.insert((visible_at, id));
        self.queued.insert(id, QueuedJob { job, visible_at, receive_count: 0, delivery: None });
    }

    /// Up to `most` jobs that are visible, longest visible first.
    fn visible(&self, most: usize, now: Timestamp) -> Vec<JobId> {
        let visible = self.schedule.iter().take_while(|(visible_at, _)| *visible_at <= now);
        visible.take(most).map(|(_, id)| *id).collect()
    }

    /// Hands a job to `delivery`.
    fn deliver(&mut self, id: JobId, delivery: Uuid, until: Timestamp) -> Option<ReceivedJob> {
        self.reschedule(id, until);
        let queued = self.queued.get_mut(&id)?;
        queued.receive_count += 1;
        if let Some(stale) = queued.delivery.replace(delivery) {
            self.deliveries.remove(&stale);
        }
        self.deliveries.insert(delivery, id);
        let (job, receive_count) = (queued.job.clone(), queued.receive_count);
        Some(ReceivedJob { id, job, receive_count, receipt: Receipt(delivery.to_string()) })
    }

    /// The job that this receipt holds, unless it is stale.
    fn find_held(&self, receipt: &Receipt) -> Option<(Uuid, JobId)> {
        // Why `ok`: a receipt that is no UUID is not one of ours, and so is stale.
        let delivery = Uuid::try_parse(&receipt.0).ok()?;
        self.deliveries.get(&delivery).map(|id| (delivery, *id))
    }

    fn reschedule(&mut self, id: JobId, visible_at: Timestamp) {
        if let Some(queued) = self.queued.get_mut(&id) {
            self.schedule.remove(&(queued.visible_at, id));
            self.schedule.insert((visible_at, id));
            queued.visible_at = visible_at;
        }
    }

    /// Takes the job off the queue if the receipt still holds it.
    fn take(&mut self, receipt: &Receipt) -> Option<(JobId, QueuedJob)> {
        let (delivery, id) = self.find_held(receipt)?;
        self.deliveries.remove(&delivery);
        let queued = self.queued.remove(&id)?;
        self.schedule.remove(&(queued.visible_at, id));
        Some((id, queued))
    }
}

/// A handle on the jobs; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedJobs(Arc<Mutex<Jobs>>);

impl SharedJobs {
    fn lock(&self) -> MutexGuard<'_, Jobs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps jobs in a map.
#[derive(Debug)]
pub struct MemoryJobQueue {
    jobs: SharedJobs,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl MemoryJobQueue {
    pub(super) fn new(jobs: SharedJobs, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { jobs, clock, entropy }
    }

    fn new_delivery(&self) -> Uuid {
        let mut random = [0_u8; 16];
        self.entropy.fill(&mut random);
        Uuid::from_bytes(random)
    }
}

#[async_trait]
impl JobQueue for MemoryJobQueue {
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError> {
        let now = self.clock.now();
        let mut state = self.jobs.lock();
        for job in jobs {
            state.add(JobId::generate(now, &*self.entropy), job.clone(), later(now, delay));
        }
        Ok(())
    }

    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError> {
        let now = self.clock.now();
        let until = later(now, lease);
        let mut state = self.jobs.lock();
        let visible = state.visible(most, now);
        Ok(visible.into_iter().filter_map(|id| state.deliver(id, self.new_delivery(), until)).collect())
    }

    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError> {
        let until = later(self.clock.now(), lease);
        let mut state = self.jobs.lock();
        if let Some((_, id)) = state.find_held(receipt) {
            state.reschedule(id, until);
        }
        Ok(())
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), StorageError> {
        self.jobs.lock().take(receipt);
        Ok(())
    }

    async fn release(&self, receipt: &Receipt, delay: SignedDuration) -> Result<(), StorageError> {
        let visible_at = later(self.clock.now(), delay);
        let mut state = self.jobs.lock();
        if let Some((id, queued)) = state.take(receipt) {
            state.schedule.insert((visible_at, id));
            state.queued.insert(id, QueuedJob { visible_at, delivery: None, ..queued });
        }
        Ok(())
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), StorageError> {
        let at = self.clock.now();
        let mut state = self.jobs.lock();
        if let Some((id, QueuedJob { job, receive_count, .. })) = state.take(receipt) {
            state.dead.insert(id, DeadLetter { id, job, receive_count, reason: reason.to_owned(), at });
        }
        Ok(())
    }

    async fn depth(&self) -> Result<QueueDepth, StorageError> {
        let now = self.clock.now();
        let state = self.jobs.lock();
        let is_leased = |queued: &&QueuedJob| queued.delivery.is_some() && queued.visible_at > now;
        let leased = state.queued.values().filter(is_leased).count();
        let waiting = state.queued.len() - leased;
        Ok(QueueDepth { waiting: waiting as u64, leased: leased as u64, dead: state.dead.len() as u64 })
    }
}

/// Keeps the jobs that were given up.
#[derive(Debug)]
pub struct MemoryDeadLetterQueue {
    jobs: SharedJobs,
    clock: Arc<dyn Clock>,
}

impl MemoryDeadLetterQueue {
    pub(super) fn new(jobs: SharedJobs, clock: Arc<dyn Clock>) -> Self {
        Self { jobs, clock }
    }
}

#[async_trait]
impl DeadLetterQueue for MemoryDeadLetterQueue {
    async fn list(&self, page: &PageRequest) -> Result<Page<DeadLetter>, StorageError> {
        let state = self.jobs.lock();
        Ok(page_by_id(state.dead.values().cloned(), page, |letter| letter.id.as_uuid()))
    }

    async fn retry(&self, job: JobId) -> Result<(), StorageError> {
        let now = self.clock.now();
        let mut state = self.jobs.lock();
        let letter = state.dead.remove(&job);
        let letter =
            letter.ok_or_else(|| StorageError::new(StorageErrorKind::NotFound, "retry dead letter", job))?;
        state.add(job, letter.job, now);
        Ok(())
    }

    async fn discard(&self, job: JobId) -> Result<(), StorageError> {
        self.jobs.lock().dead.remove(&job);
        Ok(())
    }
}

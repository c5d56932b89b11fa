//! A queue that wakes the workers of this process when jobs arrive.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::job::Job;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::{JobQueue, QueueDepth, Receipt, ReceivedJob};
use jiff::SignedDuration;
use tokio::sync::Notify;

/// Passes everything on, and notifies a worker about jobs that can be run at once.
#[derive(Debug)]
pub(crate) struct WakingJobQueue {
    inner: Arc<dyn JobQueue>,
    wake: Arc<Notify>,
}

impl WakingJobQueue {
    /// Wraps `inner`.
    pub(crate) const fn new(inner: Arc<dyn JobQueue>, wake: Arc<Notify>) -> Self {
        Self { inner, wake }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl JobQueue for WakingJobQueue {
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError> {
        self.inner.enqueue(jobs, delay).await?;
        if delay.is_zero() {
            self.wake.notify_one();
        }
        Ok(())
    }

    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError> {
        self.inner.receive(most, lease).await
    }

    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError> {
        self.inner.extend(receipt, lease).await
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), StorageError> {
        self.inner.acknowledge(receipt).await
    }

    async fn release(&self, receipt: &Receipt, delay: SignedDuration) -> Result<(), StorageError> {
        self.inner.release(receipt, delay).await
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), StorageError> {
        self.inner.bury(receipt, reason).await
    }

    async fn depth(&self) -> Result<QueueDepth, StorageError> {
        self.inner.depth().await
    }
}

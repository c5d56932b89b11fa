//! The queue as a function sees it that the platform feeds.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::job::Job;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::{JobQueue, QueueDepth, Receipt, ReceivedJob};
use jiff::SignedDuration;

/// Passes everything on but acknowledgements: the platform deletes every message that is not reported as failed, and one
/// message can hold several jobs, which all have to be done first.
#[derive(Debug)]
pub struct PlatformQueue {
    inner: Arc<dyn JobQueue>,
}

impl PlatformQueue {
    /// Wraps `inner`.
    pub const fn new(inner: Arc<dyn JobQueue>) -> Self {
        Self { inner }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl JobQueue for PlatformQueue {
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError> {
        self.inner.enqueue(jobs, delay).await
    }

    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError> {
        self.inner.receive(most, lease).await
    }

    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError> {
        self.inner.extend(receipt, lease).await
    }

    async fn acknowledge(&self, _receipt: &Receipt) -> Result<(), StorageError> {
        Ok(())
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

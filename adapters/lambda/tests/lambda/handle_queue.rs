//! The memory queue with receipts of SQS.

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::job::Job;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::{JobQueue, QueueDepth, Receipt, ReceivedJob};
use jiff::SignedDuration;
use serde_json::Value;

/// Takes the receipts that are made of messages of SQS, whose handles are receipts of the queue inside.
#[derive(Debug)]
pub(crate) struct HandleQueue(pub(crate) Arc<dyn JobQueue>);

fn inside(receipt: &Receipt) -> Receipt {
    let parts: Value = serde_json::from_str(&receipt.0).expect("the receipt is one of SQS");
    Receipt(parts["handle"].as_str().expect("it has a handle").to_owned())
}

#[async_trait]
impl JobQueue for HandleQueue {
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError> {
        self.0.enqueue(jobs, delay).await
    }

    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError> {
        self.0.receive(most, lease).await
    }

    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError> {
        self.0.extend(&inside(receipt), lease).await
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), StorageError> {
        self.0.acknowledge(&inside(receipt)).await
    }

    async fn release(&self, receipt: &Receipt, delay: SignedDuration) -> Result<(), StorageError> {
        self.0.release(&inside(receipt), delay).await
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), StorageError> {
        self.0.bury(&inside(receipt), reason).await
    }

    async fn depth(&self) -> Result<QueueDepth, StorageError> {
        self.0.depth().await
    }
}

//! Background work on Amazon SQS: a standard queue, and a second one for dead letters.
//!
//! The queue promises what the port demands, and no more: messages come at least once and in no order. What SQS does its
//! own way is said at [`SqsJobQueue`] and [`SqsDeadLetterQueue`]. Queues are made by the infrastructure, never here.
//! FIFO queues do not work: they refuse a delay for a single message.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use halftone_core::clock::Clock;
use halftone_core::job::Job;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::{JobQueue, QueueDepth, Receipt, ReceivedJob};
use jiff::SignedDuration;

use crate::clients::timeouts;
use crate::error::failed;
pub use dead_letters::SqsDeadLetterQueue;
use message::Delivery;
pub use message::{SqsMessage, VISIBLE_AT};
use queue::Queue;
use sending::Outgoing;

mod dead_letters;
mod message;
mod queue;
mod sending;

/// The most messages that SQS hands out or takes at once.
const BATCH: usize = 10;

/// The longest that a message can be hidden from other workers, in seconds: 12 hours.
const LONGEST_LEASE: SignedDuration = SignedDuration::from_hours(12);

/// The longest that SQS waits for a message before it answers that there is none, in seconds.
const LONGEST_WAIT_SECONDS: u8 = 20;

/// For how long a message is kept from other workers while it is moved to the dead letters.
const MOVING: SignedDuration = SignedDuration::from_secs(30);

/// Which queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqsSpec {
    /// The URL of the queue.
    pub queue_url: String,
    /// The URL of the queue for dead letters. It should be the one that the queue's redrive policy names. Without one,
    /// what is buried stays on the queue until that policy or the retention period takes it.
    pub dead_letter_queue_url: Option<String>,
    /// For how long a receiver waits for messages, in seconds from 0 to 20; more counts as 20. Default 20.
    pub wait_seconds: u8,
}

impl SqsSpec {
    /// This queue, without dead letters, and with the longest wait.
    pub fn new(queue_url: impl Into<String>) -> Self {
        Self { queue_url: queue_url.into(), dead_letter_queue_url: None, wait_seconds: LONGEST_WAIT_SECONDS }
    }
}

/// Keeps jobs on an SQS queue.
///
/// - `enqueue` sends ten jobs at a time; if it fails, some may have been enqueued. A delay of more than 15 minutes
///   is kept by sending the job on each time that it comes up early.
/// - `receive` waits for up to [`SqsSpec::wait_seconds`] and hands out at most ten jobs. It may hand out none although
///   there are some: a notice of several originals becomes a job for each of them, which come with a later call.
/// - The ids of jobs are those of messages. A job that is sent again gets a new one.
/// - A lease, and the delay of `release`, is at most 12 hours; SQS counts whole seconds, so that they are rounded up.
/// - `acknowledge` with a stale receipt may still delete the job: SQS takes the handle of any delivery that it
///   remembers. The job was done then, if not by the worker that has it now.
/// - `bury` without a queue for dead letters leaves the job where it is.
#[derive(Debug, Clone)]
pub struct SqsJobQueue {
    client: Client,
    queue: Queue,
    dead_letters: Option<Queue>,
    wait_seconds: u8,
    clock: Arc<dyn Clock>,
}

/// The client for queues, with a time limit for every attempt.
fn client(config: &SdkConfig) -> Client {
    let config = aws_sdk_sqs::config::Builder::from(config).timeout_config(timeouts(Duration::ZERO)).build();
    Client::from_conf(config)
}

/// A duration as SQS wants it: whole seconds, rounded up so that nothing is early, from 0 to `longest`.
fn seconds(duration: SignedDuration, longest: SignedDuration) -> i32 {
    let duration = duration.clamp(SignedDuration::ZERO, longest);
    let started = i64::from(duration.subsec_nanos() > 0);
    i32::try_from(duration.as_secs() + started).expect("the longest is 12 hours")
}

impl SqsJobQueue {
    /// Opens the queue. Nothing is sent before the first call.
    pub fn new(config: &SdkConfig, spec: SqsSpec, clock: Arc<dyn Clock>) -> Self {
        Self {
            client: client(config),
            queue: Queue(spec.queue_url),
            dead_letters: spec.dead_letter_queue_url.map(Queue),
            wait_seconds: spec.wait_seconds.min(LONGEST_WAIT_SECONDS),
            clock,
        }
    }

    async fn receive_messages(
        &self,
        most: usize,
        lease: SignedDuration,
    ) -> Result<Vec<SqsMessage>, StorageError> {
        let most = i32::try_from(most.min(BATCH)).expect("ten is small");
        // The reply may take as long as the wait, which is no sign of trouble.
        let patient = timeouts(Duration::from_secs(u64::from(self.wait_seconds)));
        let received = self
            .client
            .receive_message()
            .queue_url(&self.queue.0)
            .max_number_of_messages(most)
            .visibility_timeout(seconds(lease, LONGEST_LEASE))
            .wait_time_seconds(i32::from(self.wait_seconds))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_attribute_names(VISIBLE_AT)
            .customize()
            .config_override(aws_sdk_sqs::config::Builder::new().timeout_config(patient))
            .send()
            .await
            .map_err(|error| failed("receive", &self.queue, error))?;
        Ok(received.messages.unwrap_or_default().into_iter().filter_map(SqsMessage::of).collect())
    }

    /// The one job of a message, or `None` when the message was settled here.
    async fn open(&self, message: &SqsMessage) -> Result<Option<ReceivedJob>, StorageError> {
        if message.visible_at.is_some_and(|at| at > self.clock.now()) {
            self.replace(message, &[Outgoing::again(message)]).await?;
            return Ok(None);
        }
        let mut jobs = match message.jobs() {
            Ok(jobs) => jobs,
            Err(reason) => {
                tracing::error!(message.id = %message.id, %reason, "a message is malformed");
                self.move_to_dead_letters(&Delivery::of(message), &reason.to_string()).await?;
                return Ok(None);
            }
        };
        if jobs.len() > 1 {
            // Each job gets a receipt and a count of its own, as messages of ours.
            let parts: Vec<Outgoing> = jobs.iter().map(|part| Outgoing::new(&part.job, None)).collect();
            self.replace(message, &parts).await?;
            return Ok(None);
        }
        let job = jobs.pop();
        if job.is_none() {
            self.delete(&self.queue, &message.receipt_handle).await?;
        }
        Ok(job)
    }

    /// Puts other messages in the place of one. A crash in between leaves both, which idempotent jobs bear.
    async fn replace(&self, message: &SqsMessage, with: &[Outgoing]) -> Result<(), StorageError> {
        sending::send(&self.client, &self.queue, with, self.clock.now()).await?;
        self.delete(&self.queue, &message.receipt_handle).await
    }

    async fn move_to_dead_letters(&self, delivery: &Delivery, reason: &str) -> Result<(), StorageError> {
        let Some(dead_letters) = &self.dead_letters else {
            tracing::warn!(message.id = %delivery.id, "without a queue for dead letters, a message is left to the redrive policy");
            return Ok(());
        };
        sending::send_dead(&self.client, dead_letters, delivery, reason).await?;
        self.delete(&self.queue, &delivery.handle).await
    }

    async fn delete(&self, queue: &Queue, handle: &str) -> Result<(), StorageError> {
        queue.delete(&self.client, handle).await
    }

    /// Hides the message for this time from now; false if the receipt is stale.
    async fn hide(&self, delivery: &Delivery, time: SignedDuration) -> Result<bool, StorageError> {
        self.queue.hide(&self.client, &delivery.handle, seconds(time, LONGEST_LEASE)).await
    }
}

#[async_trait]
impl JobQueue for SqsJobQueue {
    async fn enqueue(&self, jobs: &[Job], delay: SignedDuration) -> Result<(), StorageError> {
        let now = self.clock.now();
        let visible_at = now.checked_add(delay).unwrap_or(jiff::Timestamp::MAX);
        let visible_at = (delay > SignedDuration::ZERO).then_some(visible_at);
        let messages: Vec<Outgoing> = jobs.iter().map(|job| Outgoing::new(job, visible_at)).collect();
        sending::send(&self.client, &self.queue, &messages, now).await
    }

    async fn receive(&self, most: usize, lease: SignedDuration) -> Result<Vec<ReceivedJob>, StorageError> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let mut jobs = Vec::new();
        for message in self.receive_messages(most, lease).await? {
            match self.open(&message).await {
                Ok(job) => jobs.extend(job),
                // The other messages of this reply must not lose a delivery by it.
                Err(error) => tracing::error!(
                    message.id = %message.id,
                    error = &error as &dyn std::error::Error,
                    "a message could not be settled and comes again"
                ),
            }
        }
        Ok(jobs)
    }

    async fn extend(&self, receipt: &Receipt, lease: SignedDuration) -> Result<(), StorageError> {
        if let Some(delivery) = Delivery::of_receipt(receipt) {
            self.hide(&delivery, lease).await?;
        }
        Ok(())
    }

    async fn acknowledge(&self, receipt: &Receipt) -> Result<(), StorageError> {
        match Delivery::of_receipt(receipt) {
            Some(delivery) => self.delete(&self.queue, &delivery.handle).await,
            None => Ok(()),
        }
    }

    async fn release(&self, receipt: &Receipt, delay: SignedDuration) -> Result<(), StorageError> {
        self.extend(receipt, delay).await
    }

    async fn bury(&self, receipt: &Receipt, reason: &str) -> Result<(), StorageError> {
        let Some(delivery) = Delivery::of_receipt(receipt) else { return Ok(()) };
        // Asked first, because a copy among the dead letters cannot be taken back.
        if self.dead_letters.is_some() && !self.hide(&delivery, MOVING).await? {
            return Ok(());
        }
        self.move_to_dead_letters(&delivery, reason).await
    }

    async fn depth(&self) -> Result<QueueDepth, StorageError> {
        use QueueAttributeName as Name;
        let waiting = [Name::ApproximateNumberOfMessages, Name::ApproximateNumberOfMessagesDelayed];
        let leased = [Name::ApproximateNumberOfMessagesNotVisible];
        let [waiting, leased] = self.queue.count(&self.client, [&waiting, &leased]).await?;
        let [dead] = match &self.dead_letters {
            Some(queue) => {
                let all = [Name::ApproximateNumberOfMessages, Name::ApproximateNumberOfMessagesNotVisible];
                queue.count(&self.client, [&all]).await?
            }
            None => [0],
        };
        Ok(QueueDepth { waiting, leased, dead })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_become_whole_seconds_that_are_never_early() {
        let cases = [
            (SignedDuration::from_secs(-1), 0),
            (SignedDuration::ZERO, 0),
            (SignedDuration::from_millis(1), 1),
            (SignedDuration::from_secs(2), 2),
            (SignedDuration::from_millis(2_001), 3),
            (SignedDuration::from_hours(13), 43_200),
            (SignedDuration::MAX, 43_200),
        ];
        for (duration, expected) in cases {
            assert_eq!(seconds(duration, LONGEST_LEASE), expected, "{duration}");
        }
    }
}

//! The jobs that were given up, on a queue of their own.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName as SystemAttribute,
    QueueAttributeName,
};
use halftone_core::id::JobId;
use halftone_core::page::{Cursor, Page, PageRequest};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::queue::{DeadLetter, DeadLetterQueue};
use jiff::Timestamp;

use super::message::text_attribute;
use super::queue::Queue;
use super::sending::{self, JOB_ID, REASON, RECEIVE_COUNT};
use super::{BATCH, client};
use crate::error::failed;
use crate::messages;

/// The most letters that one look finds.
const MOST_LETTERS: usize = 1_000;

/// For how long a look hides the letters from other looks, in seconds: as long as it takes at most, so that it meets
/// none twice. It gives them back at its end.
const LOOK_SECONDS: i32 = 60;

/// Why a letter is dead that no worker has buried.
const REDRIVEN: &str = "it was delivered too often without coming to an end";

/// Reads and revives the messages on the queue for dead letters: those that [`SqsJobQueue`](super::SqsJobQueue) has
/// buried, and those that the redrive policy has moved.
///
/// SQS cannot list, so every call receives all letters and gives them back:
/// - A call takes a second or more, and sees at most a thousand letters. What is beyond shows up when those are gone.
/// - Two calls at the same time hide letters from each other. `list` may then miss some, and `retry` reports `Unavailable`
///   if it cannot find the letter while others look.
/// - Letters that hold no job, such as malformed messages, are counted by the queue's depth but not listed.
/// - A letter that the redrive policy has moved counts deliveries to such looks too, and dates from when it was sent.
///
/// A letter whose message is a notice of several originals is listed as the first of them; retrying it retries all.
#[derive(Debug, Clone)]
pub struct SqsDeadLetterQueue {
    client: Client,
    queue: Queue,
    dead_letters: Queue,
}

/// A message on the queue for dead letters.
struct Found {
    id: JobId,
    handle: String,
    message: Message,
}

impl Found {
    /// What there is to know; `None` for what is not ours, or cannot be settled.
    fn of(message: Message) -> Option<Self> {
        // Why `ok`: a message without a UUID was not sent by SQS, and is given back when its time is over.
        let id = JobId::parse(text_attribute(&message, JOB_ID).or(message.message_id())?).ok()?;
        Some(Self { id, handle: message.receipt_handle()?.to_owned(), message })
    }

    fn body(&self) -> &str {
        self.message.body().unwrap_or_default()
    }

    fn system_attribute(&self, name: &SystemAttribute) -> Option<i64> {
        // Why `ok`: SQS prints these as whole numbers.
        self.message.attributes()?.get(name)?.parse().ok()
    }

    fn letter(&self) -> Option<DeadLetter> {
        let job = match messages::parse(self.body()) {
            Ok(jobs) => jobs.into_iter().next()?,
            Err(reason) => {
                tracing::warn!(message.id = %self.id, %reason, "a dead letter cannot be read");
                return None;
            }
        };
        // Why `ok`: we printed the number ourselves.
        let buried_count = text_attribute(&self.message, RECEIVE_COUNT).and_then(|count| count.parse().ok());
        let was_buried = buried_count.is_some();
        let received = self.system_attribute(&SystemAttribute::ApproximateReceiveCount);
        let sent_at = self.system_attribute(&SystemAttribute::SentTimestamp).unwrap_or(0);
        let reason = text_attribute(&self.message, REASON).unwrap_or(if was_buried { "" } else { REDRIVEN });
        Some(DeadLetter {
            id: self.id,
            job,
            receive_count: buried_count.unwrap_or(u32::try_from(received.unwrap_or(0)).unwrap_or(u32::MAX)),
            reason: reason.to_owned(),
            at: Timestamp::from_millisecond(sent_at).unwrap_or(Timestamp::UNIX_EPOCH),
        })
    }
}

impl SqsDeadLetterQueue {
    /// Opens the letters of a queue. Nothing is sent before the first call.
    pub fn new(
        config: &SdkConfig,
        queue_url: impl Into<String>,
        dead_letter_queue_url: impl Into<String>,
    ) -> Self {
        let (queue, dead_letters) = (Queue(queue_url.into()), Queue(dead_letter_queue_url.into()));
        Self { client: client(config), queue, dead_letters }
    }

    /// Takes all letters off the queue for the time of a look.
    async fn look(&self) -> Result<Vec<Found>, StorageError> {
        let mut found = Vec::new();
        while found.len() < MOST_LETTERS {
            let messages = self.receive().await?;
            if messages.is_empty() {
                break;
            }
            found.extend(messages.into_iter().filter_map(Found::of));
        }
        Ok(found)
    }

    async fn receive(&self) -> Result<Vec<Message>, StorageError> {
        let received = self
            .client
            .receive_message()
            .queue_url(&self.dead_letters.0)
            .max_number_of_messages(i32::try_from(BATCH).expect("ten is small"))
            .visibility_timeout(LOOK_SECONDS)
            // Without a wait, SQS asks only some of its servers.
            .wait_time_seconds(1)
            .message_system_attribute_names(SystemAttribute::ApproximateReceiveCount)
            .message_system_attribute_names(SystemAttribute::SentTimestamp)
            .message_attribute_names("All")
            .send()
            .await
            .map_err(|error| failed("list dead letters", &self.dead_letters, error))?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Ends a look. A letter that cannot be given back comes back by itself a little later, so that a failure is
    /// only logged.
    async fn give_back<'a>(&self, letters: impl Iterator<Item = &'a Found> + Send) {
        let handles: Vec<&str> = letters.map(|found| found.handle.as_str()).collect();
        for batch in handles.chunks(BATCH) {
            let entries =
                batch.iter().enumerate().map(|(number, handle)| visible_now(number, handle)).collect();
            let request = self.client.change_message_visibility_batch().queue_url(&self.dead_letters.0);
            if let Err(error) = request.set_entries(Some(entries)).send().await {
                let error = failed("give back dead letters", &self.dead_letters, error);
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "dead letters are hidden for a while"
                );
            }
        }
    }

    /// Takes the letters of one job off the queue, for the time of a look, and gives back the others.
    async fn pick(&self, job: JobId) -> Result<Vec<Found>, StorageError> {
        let (picked, others): (Vec<_>, Vec<_>) =
            self.look().await?.into_iter().partition(|found| found.id == job);
        self.give_back(others.iter()).await;
        Ok(picked)
    }

    async fn delete(&self, letters: &[Found]) -> Result<(), StorageError> {
        for found in letters {
            self.dead_letters.delete(&self.client, &found.handle).await?;
        }
        Ok(())
    }

    /// Why a letter was not found: others may be looking at it.
    async fn missing(&self, job: JobId) -> Result<StorageError, StorageError> {
        let hidden = [QueueAttributeName::ApproximateNumberOfMessagesNotVisible];
        let [hidden] = self.dead_letters.count(&self.client, [&hidden]).await?;
        let kind = if hidden > 0 { StorageErrorKind::Unavailable } else { StorageErrorKind::NotFound };
        Ok(StorageError::new(kind, "retry dead letter", job))
    }
}

fn visible_now(number: usize, handle: &str) -> ChangeMessageVisibilityBatchRequestEntry {
    let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(number.to_string());
    entry.receipt_handle(handle).visibility_timeout(0).build().expect("an entry with id and handle is whole")
}

#[async_trait]
impl DeadLetterQueue for SqsDeadLetterQueue {
    async fn list(&self, page: &PageRequest) -> Result<Page<DeadLetter>, StorageError> {
        let found = self.look().await?;
        self.give_back(found.iter()).await;
        // By id, and once each: a worker that dies while it buries leaves a second copy.
        let letters: BTreeMap<JobId, DeadLetter> =
            found.iter().filter_map(Found::letter).map(|letter| (letter.id, letter)).collect();
        let after = page.after.as_ref().map(|cursor| JobId::from_uuid(cursor.id()));
        let rest = letters.into_values().filter(|letter| after.is_none_or(|after| letter.id > after));
        let one_more = rest.take(page.limit.get() + 1).collect();
        Ok(Page::cut(one_more, page.limit, |letter| Cursor::new("", letter.id.as_uuid())))
    }

    async fn retry(&self, job: JobId) -> Result<(), StorageError> {
        let picked = self.pick(job).await?;
        let Some(found) = picked.first() else { return Err(self.missing(job).await?) };
        // Sent before it is deleted, so that a crash in between leaves two rather than none.
        sending::send_body(&self.client, &self.queue, found.body()).await?;
        self.delete(&picked).await
    }

    async fn discard(&self, job: JobId) -> Result<(), StorageError> {
        let picked = self.pick(job).await?;
        self.delete(&picked).await
    }
}

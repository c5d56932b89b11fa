//! Sending: batches of ten, with another try for entries that were refused one by one.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{BatchResultErrorEntry, MessageAttributeValue, SendMessageBatchRequestEntry};
use halftone_core::job::Job;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use jiff::{SignedDuration, Timestamp};

use super::message::{Delivery, SqsMessage, VISIBLE_AT};
use super::queue::Queue;
use super::{BATCH, seconds};
use crate::error::{EntryRefused, failed, kind_of_code};

/// The longest that SQS delays a message: 15 minutes.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(15);

/// How often an entry is sent before its refusal is reported. The SDK retries requests, but not entries.
const MOST_ROUNDS: u32 = 4;

/// The wait after the first round; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest reason that is kept beside a dead letter, in characters. Attributes count towards a message's size.
const LONGEST_REASON: usize = 4_000;

/// The attributes of a dead letter.
pub(super) const REASON: &str = "reason";
pub(super) const RECEIVE_COUNT: &str = "receive_count";
pub(super) const JOB_ID: &str = "job_id";

/// A message to be sent.
pub(super) struct Outgoing {
    body: String,
    visible_at: Option<Timestamp>,
}

impl Outgoing {
    pub(super) fn new(job: &Job, visible_at: Option<Timestamp>) -> Self {
        Self { body: job.to_message(), visible_at }
    }

    /// The same message once more.
    pub(super) fn again(message: &SqsMessage) -> Self {
        Self { body: message.body.clone(), visible_at: message.visible_at }
    }

    fn entry(&self, number: usize, now: Timestamp) -> SendMessageBatchRequestEntry {
        let delay = self.visible_at.map_or(SignedDuration::ZERO, |at| at.duration_since(now));
        // Whoever gets the message before its time sends it on; most are not that late.
        let late = self.visible_at.filter(|_| delay > LONGEST_DELAY);
        let late =
            late.map(|at| HashMap::from([(VISIBLE_AT.to_owned(), number_attribute(at.as_millisecond()))]));
        SendMessageBatchRequestEntry::builder()
            .id(number.to_string())
            .message_body(&self.body)
            .delay_seconds(seconds(delay, LONGEST_DELAY))
            .set_message_attributes(late)
            .build()
            .expect("an entry with an id and a body is whole")
    }
}

fn number_attribute(value: impl Into<i64>) -> MessageAttributeValue {
    let builder = MessageAttributeValue::builder().data_type("Number").string_value(value.into().to_string());
    builder.build().expect("an attribute with a type is whole")
}

fn text_attribute(value: &str) -> MessageAttributeValue {
    let builder = MessageAttributeValue::builder().data_type("String").string_value(value);
    builder.build().expect("an attribute with a type is whole")
}

/// Sends all messages, or reports that some may not have been sent.
pub(super) async fn send(
    client: &Client,
    queue: &Queue,
    messages: &[Outgoing],
    now: Timestamp,
) -> Result<(), StorageError> {
    for batch in messages.chunks(BATCH) {
        let entries = batch.iter().enumerate().map(|(number, message)| message.entry(number, now)).collect();
        send_batch(client, queue, entries).await?;
    }
    Ok(())
}

async fn send_batch(
    client: &Client,
    queue: &Queue,
    mut entries: Vec<SendMessageBatchRequestEntry>,
) -> Result<(), StorageError> {
    let mut round = 1;
    loop {
        let request = client.send_message_batch().queue_url(&queue.0).set_entries(Some(entries.clone()));
        let reply = request.send().await.map_err(|error| failed("enqueue", queue, error))?;
        let Some(first) = reply.failed.first() else { return Ok(()) };
        let is_hopeless =
            reply.failed.iter().any(|refused| kind_of_refusal(refused) != StorageErrorKind::Unavailable);
        if is_hopeless || round == MOST_ROUNDS {
            let worst =
                reply.failed.iter().find(|refused| !kind_of_refusal(refused).is_transient()).unwrap_or(first);
            let refusal = EntryRefused { code: worst.code.clone() };
            return Err(StorageError::new(kind_of_refusal(worst), "enqueue", queue).with_source(refusal));
        }
        entries.retain(|entry| reply.failed.iter().any(|refused| refused.id == entry.id));
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(round - 1)).await;
        round += 1;
    }
}

/// The kind of an entry's refusal: by code, and then by whose fault SQS says it is.
fn kind_of_refusal(refused: &BatchResultErrorEntry) -> StorageErrorKind {
    let by_fault =
        if refused.sender_fault { StorageErrorKind::Unexpected } else { StorageErrorKind::Unavailable };
    kind_of_code(&refused.code).unwrap_or(by_fault)
}

/// Sends a copy of a message to the dead letters, with what is known of its life.
pub(super) async fn send_dead(
    client: &Client,
    queue: &Queue,
    delivery: &Delivery,
    reason: &str,
) -> Result<(), StorageError> {
    let mut request = client
        .send_message()
        .queue_url(&queue.0)
        .message_body(&delivery.body)
        .message_attributes(JOB_ID, text_attribute(&delivery.id))
        .message_attributes(RECEIVE_COUNT, number_attribute(delivery.count));
    let reason = sendable(reason);
    // SQS refuses empty attributes.
    if !reason.is_empty() {
        request = request.message_attributes(REASON, text_attribute(&reason));
    }
    request.send().await.map_err(|error| failed("bury", queue, error))?;
    Ok(())
}

/// Sends a body as a new message.
pub(super) async fn send_body(client: &Client, queue: &Queue, body: &str) -> Result<(), StorageError> {
    let request = client.send_message().queue_url(&queue.0).message_body(body);
    request.send().await.map_err(|error| failed("enqueue", queue, error))?;
    Ok(())
}

/// The text without the characters that SQS refuses, and not too long.
fn sendable(text: &str) -> String {
    let refused = |character: char| {
        (character < ' ' && !matches!(character, '\t' | '\n' | '\r'))
            || matches!(character, '\u{fffe}' | '\u{ffff}')
    };
    let kept = |character| if refused(character) { char::REPLACEMENT_CHARACTER } else { character };
    text.chars().take(LONGEST_REASON).map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_lose_what_sqs_refuses() {
        assert_eq!(sendable("two\nlines, \u{e9} and \u{1f}"), "two\nlines, \u{e9} and \u{fffd}");
        assert_eq!(sendable(&"x".repeat(5_000)).len(), LONGEST_REASON);
    }
}

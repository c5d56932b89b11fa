//! The event that Lambda's event source mapping makes of a batch of SQS messages.

use std::collections::BTreeMap;

use halftone_aws::messages::MalformedMessage;
use halftone_aws::sqs::{SqsMessage, VISIBLE_AT};
use halftone_core::ports::queue::ReceivedJob;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What invokes the worker. An event of another kind does not parse.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum WorkerEvent {
    /// A batch of messages.
    Batch(SqsEvent),
    /// A turn of a schedule.
    Turn(ScheduledEvent),
}

/// A turn of a schedule of EventBridge.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ScheduledEvent {
    #[serde(rename = "detail-type")]
    _detail_type: ScheduledDetailType,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum ScheduledDetailType {
    #[serde(rename = "Scheduled Event")]
    ScheduledEvent,
}

/// A batch of messages.
#[derive(Debug, Clone, Deserialize)]
pub struct SqsEvent {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    receipt_handle: String,
    body: String,
    attributes: Attributes,
    #[serde(default)]
    message_attributes: BTreeMap<String, MessageAttribute>,
}

#[derive(Debug, Clone, Deserialize)]
struct Attributes {
    /// A number, sent as text.
    #[serde(rename = "ApproximateReceiveCount")]
    receive_count: String,
}

/// An attribute that the sender gave the message.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageAttribute {
    string_value: Option<String>,
}

/// One message of a batch.
#[derive(Debug)]
pub struct Delivery {
    /// What the platform calls it; failures are reported by it.
    pub message_id: String,
    /// How often it was handed out, this time included.
    pub receive_count: u32,
    /// Before this instant the message is early: its delay is longer than SQS can keep it.
    pub visible_at: Option<Timestamp>,
    /// What is to be done, which is nothing if the message announces nothing of ours. Several jobs of one message share
    /// its receipt.
    pub jobs: Result<Vec<ReceivedJob>, MalformedMessage>,
}

impl SqsEvent {
    /// The messages in the order of the batch.
    pub fn into_deliveries(self) -> Vec<Delivery> {
        self.records.into_iter().map(Record::into_delivery).collect()
    }
}

impl Record {
    fn into_delivery(self) -> Delivery {
        let visible_at = self.message_attributes.get(VISIBLE_AT).and_then(|at| at.string_value.as_deref());
        let message = SqsMessage {
            // SQS always counts. Should it ever send something else, the message counts as new and is not lost.
            receive_count: self.attributes.receive_count.parse().unwrap_or(1),
            visible_at: visible_at.and_then(SqsMessage::read_visible_at),
            id: self.message_id,
            body: self.body,
            receipt_handle: self.receipt_handle,
        };
        Delivery {
            jobs: message.jobs(),
            receive_count: message.receive_count,
            visible_at: message.visible_at,
            message_id: message.id,
        }
    }
}

/// The answer to a batch: which messages the platform must keep. It deletes all others.
///
/// It works only where the event source mapping sets `ReportBatchItemFailures`; without that, the platform deletes the
/// whole batch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchReply {
    batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

impl BatchReply {
    /// An answer that keeps these messages.
    pub fn keeping(message_ids: impl IntoIterator<Item = String>) -> Self {
        let failure = |item_identifier| BatchItemFailure { item_identifier };
        Self { batch_item_failures: message_ids.into_iter().map(failure).collect() }
    }

    /// The messages that are kept.
    pub fn kept(&self) -> impl Iterator<Item = &str> {
        self.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str())
    }
}

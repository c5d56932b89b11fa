//! The event that Lambda's event source mapping makes of a batch of SQS messages.

use halftone_aws::messages::{self, MalformedMessage};
use halftone_core::job::Job;
use halftone_core::ports::queue::Receipt;
use serde::{Deserialize, Serialize};

/// A batch of messages. An event of another kind does not parse.
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
}

#[derive(Debug, Clone, Deserialize)]
struct Attributes {
    /// A number, sent as text.
    #[serde(rename = "ApproximateReceiveCount")]
    receive_count: String,
}

/// One message of a batch.
#[derive(Debug)]
pub struct Delivery {
    /// What the platform calls it; failures are reported by it.
    pub message_id: String,
    /// Proves this delivery to the queue.
    pub receipt: Receipt,
    /// How often it has been handed out, this time included.
    pub receive_count: u32,
    /// What is to be done, which is nothing if the message announces nothing of ours.
    pub jobs: Result<Vec<Job>, MalformedMessage>,
}

impl SqsEvent {
    /// The messages in the order of the batch.
    pub fn into_deliveries(self) -> Vec<Delivery> {
        self.records.into_iter().map(Record::into_delivery).collect()
    }
}

impl Record {
    fn into_delivery(self) -> Delivery {
        Delivery {
            jobs: messages::parse(&self.body),
            message_id: self.message_id,
            receipt: Receipt(self.receipt_handle),
            // SQS always counts. Should it ever send something else, the message counts as new and is not lost.
            receive_count: self.attributes.receive_count.parse().unwrap_or(1),
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

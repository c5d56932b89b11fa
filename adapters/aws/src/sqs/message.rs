//! A message of SQS, whoever received it, and the receipt that it becomes.

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use halftone_core::id::JobId;
use halftone_core::ports::queue::{Receipt, ReceivedJob};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::messages::{self, MalformedMessage};

/// The attribute of a message that waits for longer than SQS can delay it: until when, as milliseconds since 1970.
pub const VISIBLE_AT: &str = "visible_at";

/// A received message, as the API of SQS and the events of Lambda tell of it.
///
/// ```
/// use halftone_aws::sqs::SqsMessage;
/// let message = SqsMessage {
///     id: "059f36b4-87a3-44ab-83d2-661975830a7d".to_owned(),
///     body: r#"{"Service":"Amazon S3","Event":"s3:TestEvent"}"#.to_owned(),
///     receipt_handle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a".to_owned(),
///     receive_count: 1,
///     visible_at: None,
/// };
/// assert_eq!(message.jobs(), Ok(Vec::new()));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SqsMessage {
    /// The message's id, a UUID; it becomes the job's.
    pub id: String,
    /// The text.
    pub body: String,
    /// What SQS wants to see when the message is settled.
    pub receipt_handle: String,
    /// How often it has been received, this time included: the attribute `ApproximateReceiveCount`.
    pub receive_count: u32,
    /// Before this instant the message is early, and to be sent again instead of worked on; see [`VISIBLE_AT`].
    pub visible_at: Option<Timestamp>,
}

// A body holds the keys of objects and a handle settles a message: neither belongs in a log.
impl std::fmt::Debug for SqsMessage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SqsMessage")
            .field("id", &self.id)
            .field("receive_count", &self.receive_count)
            .finish_non_exhaustive()
    }
}

impl SqsMessage {
    /// Reads the value of the attribute [`VISIBLE_AT`]; whatever is no time is `None`.
    pub fn read_visible_at(value: &str) -> Option<Timestamp> {
        // Why `ok`: the worst that an attribute of strangers may do is nothing.
        value.parse().ok().and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
    }

    /// The jobs in the message, all with the same id, receipt and count.
    ///
    /// There is one in a message of ours, none in a notice of S3 about anything but an original, and as many in a
    /// notice of several originals. Who settles the receipt settles all of them.
    ///
    /// # Errors
    /// The body is nothing that belongs on the queue, or the id is not a UUID.
    pub fn jobs(&self) -> Result<Vec<ReceivedJob>, MalformedMessage> {
        let jobs = messages::parse(&self.body)?;
        let id = JobId::parse(&self.id).map_err(|_| MalformedMessage::UnknownId)?;
        let receipt = Delivery::of(self).into_receipt();
        let received =
            |job| ReceivedJob { id, job, receive_count: self.receive_count, receipt: receipt.clone() };
        Ok(jobs.into_iter().map(received).collect())
    }

    /// Takes over what SQS answered; `None` without a handle, which nobody could settle.
    pub(super) fn of(message: Message) -> Option<Self> {
        let attribute = |name| message.attributes.as_ref().and_then(|attributes| attributes.get(&name));
        // Why `ok`: the attribute was asked for and is a number; a first delivery is the harmless guess.
        let receive_count = attribute(MessageSystemAttributeName::ApproximateReceiveCount)
            .and_then(|count| count.parse().ok())
            .unwrap_or(1);
        let visible_at = text_attribute(&message, VISIBLE_AT).and_then(Self::read_visible_at);
        Some(Self {
            id: message.message_id.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
            receipt_handle: message.receipt_handle?,
            receive_count,
            visible_at,
        })
    }
}

/// The value of one of the attributes that the sender gave a message.
pub(super) fn text_attribute<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    message.message_attributes.as_ref()?.get(name)?.string_value()
}

/// What is inside a receipt: enough to settle a message, and to copy it to the dead letters.
#[derive(Serialize, Deserialize)]
pub(super) struct Delivery {
    pub(super) handle: String,
    pub(super) id: String,
    pub(super) body: String,
    pub(super) count: u32,
}

impl Delivery {
    pub(super) fn of(message: &SqsMessage) -> Self {
        Self {
            handle: message.receipt_handle.clone(),
            id: message.id.clone(),
            body: message.body.clone(),
            count: message.receive_count,
        }
    }

    fn into_receipt(self) -> Receipt {
        Receipt(serde_json::to_string(&self).expect("texts and numbers are JSON"))
    }

    /// Reads a receipt; `None` for one that is not ours, which proves no delivery and so is stale.
    pub(super) fn of_receipt(receipt: &Receipt) -> Option<Self> {
        // Why `ok`: see above.
        serde_json::from_str(&receipt.0).ok().filter(|delivery: &Self| !delivery.handle.is_empty())
    }
}

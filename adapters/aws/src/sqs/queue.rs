//! One queue: what is done to single messages by their handle, and how many there are.

use std::fmt;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use halftone_core::ports::error::StorageError;

use crate::error::{code_of, failed};

/// A queue's URL. It prints as the queue's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Queue(pub(super) String);

impl fmt::Display for Queue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.rsplit('/').next().unwrap_or_default();
        write!(formatter, "queue {name}")
    }
}

impl Queue {
    /// Deletes a message; a stale handle succeeds.
    pub(super) async fn delete(&self, client: &Client, handle: &str) -> Result<(), StorageError> {
        match client.delete_message().queue_url(&self.0).receipt_handle(handle).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_stale(&error) => Ok(()),
            Err(error) => Err(failed("delete message", self, error)),
        }
    }

    /// Hides a message for these seconds from now; false if the handle is stale.
    pub(super) async fn hide(
        &self,
        client: &Client,
        handle: &str,
        seconds: i32,
    ) -> Result<bool, StorageError> {
        let request = client.change_message_visibility().queue_url(&self.0).receipt_handle(handle);
        match request.visibility_timeout(seconds).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_stale(&error) => Ok(false),
            Err(error) => Err(failed("hide message", self, error)),
        }
    }

    /// Sums up each group of counters.
    pub(super) async fn count<const GROUPS: usize>(
        &self,
        client: &Client,
        groups: [&[QueueAttributeName]; GROUPS],
    ) -> Result<[u64; GROUPS], StorageError> {
        let names = groups.iter().flat_map(|names| names.iter().cloned()).collect();
        let request = client.get_queue_attributes().queue_url(&self.0).set_attribute_names(Some(names));
        let counters = request.send().await.map_err(|error| failed("count messages", self, error))?;
        let counter = |name: &QueueAttributeName| -> u64 {
            // Why `ok`: SQS prints its counters as whole numbers; a missing one counts nothing.
            let value = counters.attributes.as_ref().and_then(|counters| counters.get(name));
            value.and_then(|count| count.parse().ok()).unwrap_or(0)
        };
        Ok(groups.map(|names| names.iter().map(counter).sum()))
    }
}

/// Whether SQS refused the handle because the message is somebody else's by now, or gone.
fn is_stale<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match code_of(error) {
        Some("ReceiptHandleIsInvalid" | "MessageNotInflight" | "InvalidIdFormat") => true,
        // The same code is used for values out of range, which are no sign of a stale handle.
        Some("InvalidParameterValue") => error
            .as_service_error()
            .and_then(ProvideErrorMetadata::message)
            .is_some_and(|message| message.contains("ReceiptHandle")),
        _ => false,
    }
}

//! The event source mapping: batches of messages become invocations, and what an invocation does not report is deleted.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use aws_config::BehaviorVersion;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::Error;
use serde_json::{Value, json};

use crate::function::Function;
use crate::runtime_api::Outcome;

/// A client of SQS with the credentials and the region of the environment.
pub(crate) async fn client(endpoint_url: Option<String>) -> Client {
    let https =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(https);
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url);
    }
    Client::new(&loader.load().await)
}

/// Feeds the function until the queue cannot be read any more.
pub(crate) async fn poll(
    mut function: Function,
    client: &Client,
    queue_url: &str,
    batch_size: i32,
    turns: Option<Duration>,
) -> Result<(), Error> {
    let mut last_turn = Instant::now();
    let longest_wait = turns.map_or(20, |turns| turns.as_secs().clamp(1, 20));
    loop {
        if turns.is_some_and(|turns| last_turn.elapsed() >= turns) {
            last_turn = Instant::now();
            take_turn(&mut function).await;
        }
        let received = client
            .receive_message()
            .queue_url(queue_url)
            .max_number_of_messages(batch_size)
            .wait_time_seconds(i32::try_from(longest_wait)?)
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await?;
        let messages = received.messages.unwrap_or_default();
        if messages.is_empty() {
            continue;
        }
        match function.invoke(event(&messages).to_string()).await {
            Outcome::Answered { body, .. } => settle(client, queue_url, &messages, &body).await?,
            Outcome::Failed { reason } => {
                tracing::error!(reason, messages = messages.len(), "a batch failed and comes again");
            }
        }
    }
}

/// A turn of a schedule.
async fn take_turn(function: &mut Function) {
    let event = json!({ "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
    if let Outcome::Failed { reason } = function.invoke(event.to_string()).await {
        tracing::error!(reason, "a turn of the schedule failed");
    }
}

/// What the sender gave the message.
fn attributes_of(message: &Message) -> Value {
    let attributes = message.message_attributes.iter().flatten().map(|(name, value)| {
        (name.clone(), json!({ "dataType": value.data_type, "stringValue": value.string_value }))
    });
    Value::Object(attributes.collect())
}

fn event(messages: &[Message]) -> Value {
    let record = |message: &Message| {
        let attributes = message.attributes.iter().flatten();
        let attributes: serde_json::Map<String, Value> =
            attributes.map(|(name, value)| (name.as_str().to_owned(), value.as_str().into())).collect();
        json!({
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": attributes,
            "messageAttributes": attributes_of(message),
            "md5OfBody": message.md5_of_body,
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:local:000000000000:local",
            "awsRegion": "local",
        })
    };
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

/// Deletes all messages but those that the answer names. An answer that cannot be read keeps them all.
async fn settle(client: &Client, queue_url: &str, messages: &[Message], answer: &[u8]) -> Result<(), Error> {
    let Some(kept) = kept(answer) else {
        tracing::error!("the answer is no partial batch response; the batch comes again");
        return Ok(());
    };
    let is_done = |message: &&Message| !message.message_id.as_ref().is_some_and(|id| kept.contains(id));
    let entries = messages.iter().filter(is_done).enumerate().map(|(at, message)| {
        let receipt = message.receipt_handle.clone().unwrap_or_default();
        DeleteMessageBatchRequestEntry::builder().id(at.to_string()).receipt_handle(receipt).build()
    });
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    tracing::info!(done = entries.len(), kept = kept.len(), "a batch ended");
    if !entries.is_empty() {
        client.delete_message_batch().queue_url(queue_url).set_entries(Some(entries)).send().await?;
    }
    Ok(())
}

fn kept(answer: &[u8]) -> Option<HashSet<String>> {
    // Why `ok`: whatever is wrong with the answer, it means the same.
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let failures = answer["batchItemFailures"].as_array()?.iter();
    failures.map(|failure| failure["itemIdentifier"].as_str().map(str::to_owned)).collect()
}

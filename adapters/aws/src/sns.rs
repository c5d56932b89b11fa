//! Notices of processing on an Amazon SNS topic, and subscriptions to it by e-mail.
//!
//! One topic serves every studio: a notice carries its studio as an attribute, and a subscription has a filter for it, so
//! that nobody hears of another studio. The topic is made by the infrastructure, never here.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use halftone_core::event::EventKind;
use halftone_core::id::StudioId;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::notifier::{
    DeliveryError, Ending, Notice, NoticeSubscriptions, Notifier, Recipient, SubscriptionHandle, Verdict,
};
use halftone_core::studio::Channel;
use halftone_core::text::Email;

use crate::clients::timeouts;
use crate::error::{code_of, failed};
use subject::subject;

mod subject;

/// The attribute by which subscriptions tell their studio's notices from others.
const STUDIO: &str = "studio";

/// The attribute that names the kind of event.
const EVENT: &str = "event";

/// Publishes to one topic, and subscribes to it.
///
/// Only notices of processing are published: a photo is ready, or has failed. `deliver` succeeds without doing anything
/// for the others.
///
/// SNS keeps one subscription for an address and a topic, so that subscribing one address for two studios is
/// `AlreadyExists`. A subscription that waits for its consent cannot be ended: SNS forgets it by itself after two or three
/// days, and if the consent comes before that, it has to be ended again. Whether it waits is asked of SNS with
/// `sns:GetSubscriptionAttributes`.
#[derive(Debug, Clone)]
pub struct SnsTopic {
    client: Client,
    topic_arn: String,
    site: Option<String>,
}

impl SnsTopic {
    /// Opens the topic. Nothing is sent before the first call.
    pub fn new(config: &SdkConfig, topic_arn: impl Into<String>) -> Self {
        let config =
            aws_sdk_sns::config::Builder::from(config).timeout_config(timeouts(Duration::ZERO)).build();
        Self { client: Client::from_conf(config), topic_arn: topic_arn.into(), site: None }
    }

    /// Begins the links of notices with `site`, the URL under which browsers reach the installation. Without it notices
    /// have no links.
    #[must_use]
    pub fn with_site(mut self, site: &str) -> Self {
        self.site = Some(site.trim_end_matches('/').to_owned());
        self
    }

    /// The absolute form of a notice's link.
    fn link(&self, notice: &Notice) -> Option<String> {
        let target = &notice.link.as_ref()?.0;
        if target.starts_with('/') {
            Some(format!("{}{target}", self.site.as_ref()?))
        } else {
            Some(target.clone())
        }
    }
}

/// Whether the topic is for this kind of event.
const fn is_about_processing(kind: EventKind) -> bool {
    match kind {
        EventKind::PhotoReady | EventKind::PhotoFailed | EventKind::PhotoReshaped => true,
        EventKind::OrderPlaced
        | EventKind::OrderAmended
        | EventKind::OrderMoved
        | EventKind::SelectionSubmitted
        | EventKind::ShareOpened => false,
    }
}

/// The topic has no other recipients than its subscribers.
fn not_ours() -> DeliveryError {
    DeliveryError::new(Verdict::Refused, "the topic knows its own recipients alone")
}

fn attribute(value: impl Into<String>) -> MessageAttributeValue {
    let builder = MessageAttributeValue::builder().data_type("String").string_value(value);
    builder.build().expect("an attribute with a type is whole")
}

/// The text, and below it the link.
fn body(text: &str, link: Option<&str>) -> String {
    match link {
        Some(link) => format!("{text}\n\n{link}\n"),
        None => format!("{text}\n"),
    }
}

/// A subscription that passes only the notices of this studio.
fn filter_policy(studio: StudioId) -> String {
    serde_json::json!({ STUDIO: [studio.to_string()] }).to_string()
}

#[async_trait]
impl Notifier for SnsTopic {
    fn channel(&self) -> Channel {
        Channel::Topic
    }

    async fn admit(&self, recipient: &Recipient) -> Result<(), DeliveryError> {
        match recipient {
            Recipient::Topic => Ok(()),
            Recipient::Browser(_) | Recipient::App(_) | Recipient::Webhook(_) => Err(not_ours()),
        }
    }

    async fn deliver(&self, notice: &Notice, recipient: &Recipient) -> Result<(), DeliveryError> {
        self.admit(recipient).await?;
        if !notice.kind().is_some_and(is_about_processing) {
            return Ok(());
        }
        let request = self
            .client
            .publish()
            .topic_arn(&self.topic_arn)
            .subject(subject(&notice.title))
            .message(body(&notice.text, self.link(notice).as_deref()))
            .message_attributes(STUDIO, attribute(notice.studio))
            .message_attributes(EVENT, attribute(notice.word()));
        request.send().await.map_err(|error| failed("publish notice", notice.event, error))?;
        Ok(())
    }
}

#[async_trait]
impl NoticeSubscriptions for SnsTopic {
    async fn subscribe(&self, studio: StudioId, email: &Email) -> Result<SubscriptionHandle, StorageError> {
        let operation = "subscribe to notices of studio";
        let request = self
            .client
            .subscribe()
            .topic_arn(&self.topic_arn)
            .protocol("email")
            .endpoint(email.as_str())
            .set_attributes(Some(HashMap::from([("FilterPolicy".to_owned(), filter_policy(studio))])))
            // Without it, SNS tells the name of a subscription only once its consent is there.
            .return_subscription_arn(true);
        let reply = match request.send().await {
            Ok(reply) => reply,
            Err(error) if message_of(&error).contains("already exists with different attributes") => {
                let exists = StorageError::new(StorageErrorKind::AlreadyExists, operation, studio);
                return Err(exists.with_source(error));
            }
            Err(error) => return Err(failed(operation, studio, error)),
        };
        let nameless = || StorageError::new(StorageErrorKind::Unexpected, operation, studio);
        reply.subscription_arn.map(SubscriptionHandle).ok_or_else(nameless)
    }

    async fn unsubscribe(&self, subscription: &SubscriptionHandle) -> Result<Ending, StorageError> {
        match self.client.unsubscribe().subscription_arn(&subscription.0).send().await {
            Err(error) if message_of(&error).contains("pending confirmation") => {
                return Ok(Ending::StillPending);
            }
            Err(error) if !is_absent(&error) => return Err(failed("end", "subscription", error)),
            Ok(_) | Err(_) => {}
        }
        // What cannot be ended and what is not there may be refused alike.
        let is_pending = self.is_pending(subscription).await?;
        Ok(if is_pending { Ending::StillPending } else { Ending::Ended })
    }
}

impl SnsTopic {
    /// Whether SNS waits for the address's consent.
    async fn is_pending(&self, subscription: &SubscriptionHandle) -> Result<bool, StorageError> {
        let request = self.client.get_subscription_attributes().subscription_arn(&subscription.0);
        match request.send().await {
            Ok(reply) => {
                let attributes = reply.attributes.unwrap_or_default();
                Ok(attributes.get("PendingConfirmation").is_some_and(|pending| pending == "true"))
            }
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(failed("look up", "subscription", error)),
        }
    }
}

/// Whether there is nothing of this name. The handle is the call's only parameter, so that an invalid parameter is a handle
/// that names no subscription.
fn is_absent<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(
        code_of(error),
        Some("NotFound" | "NotFoundException" | "InvalidParameter" | "InvalidParameterException")
    )
}

fn message_of<E>(error: &SdkError<E, HttpResponse>) -> &str
where
    E: ProvideErrorMetadata,
{
    error.as_service_error().and_then(|error| error.meta().message()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_processing_is_published() {
        let published: Vec<_> =
            EventKind::ALL.into_iter().filter(|kind| is_about_processing(*kind)).collect();
        assert_eq!(published, [EventKind::PhotoReady, EventKind::PhotoFailed, EventKind::PhotoReshaped]);
    }
}

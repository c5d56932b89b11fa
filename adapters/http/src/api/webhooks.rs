//! `/webhooks`: other systems that are told of events.

use halftone_core::delivery::{Delivery, DeliveryState};
use halftone_core::event::EventKind;
use halftone_core::id::{DeliveryId, WebhookId};
use halftone_core::listener::{TargetUrl, Webhook};
use halftone_core::notification::Notification;
use halftone_core::page::Page;
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::listening::{ListeningService, NewWebhook};
use halftone_core::text::{InvalidValue, Line};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::json_body::JsonBody;
use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::reply::{Done, Made};
use crate::api::tag::Tag;
use crate::api::time::Time;
use crate::auth::StudioAuth;
use crate::problem::family::ListeningFailure;

/// Serves webhooks.
#[derive(Debug)]
pub(crate) struct WebhooksApi {
    pub(crate) listening: ListeningService,
}

/// A webhook, without its secret.
#[derive(Debug, Object)]
#[oai(rename = "Webhook")]
pub(crate) struct WebhookObject {
    /// Its id.
    id: String,
    /// What is called.
    url: String,
    /// What it is for.
    label: String,
    /// The kinds of events that it hears of; all if empty.
    events: Vec<String>,
    /// When it was made.
    created_at: Time,
}

/// A webhook that was just made.
#[derive(Object)]
pub(crate) struct NewWebhookObject {
    /// Its id.
    id: String,
    /// What is called.
    url: String,
    /// What it is for.
    label: String,
    /// The kinds of events that it hears of; all if empty.
    events: Vec<String>,
    /// The secret of its signatures: `whsec_` and base64, as the Standard Webhooks have it. It is shown this once.
    secret: String,
    /// When it was made.
    created_at: Time,
}

/// A webhook that is to be made.
#[derive(Debug, Object)]
pub(crate) struct WebhookRequest {
    /// What to call.
    url: String,
    /// What it is for.
    #[oai(default)]
    label: String,
    /// The kinds of events that it hears of; all if left out or empty.
    #[oai(default)]
    events: Vec<String>,
}

/// A delivery to a webhook.
#[derive(Debug, Object)]
#[oai(rename = "WebhookDelivery")]
pub(crate) struct DeliveryObject {
    /// Its id, which each of its calls bears as `webhook-id`.
    id: String,
    /// The event that it tells.
    event_id: String,
    /// What kind of event; `test` for a trial, null if the event is forgotten already.
    kind: Option<String>,
    /// The one line that it says, if it is not forgotten.
    title: Option<String>,
    /// `waiting`, `delivered`, `failed` or `dropped`.
    state: String,
    /// How often it was tried.
    attempts: u32,
    /// When it is tried next.
    next_attempt_at: Option<Time>,
    /// Why the last try failed.
    last_reason: Option<String>,
    /// When it was planned.
    created_at: Time,
    /// When it was last tried or changed.
    updated_at: Time,
}

fn words(events: &[EventKind]) -> Vec<String> {
    events.iter().map(|event| event.as_str().to_owned()).collect()
}

impl From<Webhook> for WebhookObject {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id.to_string(),
            url: webhook.url.as_str().to_owned(),
            label: webhook.label.to_string(),
            events: words(&webhook.events),
            created_at: webhook.created_at.into(),
        }
    }
}

impl TryFrom<WebhookRequest> for NewWebhook {
    type Error = InvalidField;

    fn try_from(request: WebhookRequest) -> Result<Self, InvalidField> {
        let events: Result<Vec<EventKind>, InvalidValue> =
            request.events.iter().map(|word| EventKind::parse(word)).collect();
        let mut events = events.field("events")?;
        events.sort_unstable();
        events.dedup();
        Ok(Self {
            url: TargetUrl::parse(&request.url).field("url")?,
            label: Line::parse(&request.label).field("label")?,
            events,
        })
    }
}

impl From<(Delivery, Option<Notification>)> for DeliveryObject {
    fn from((delivery, told): (Delivery, Option<Notification>)) -> Self {
        let next_attempt_at = match delivery.state {
            DeliveryState::Waiting { due } => Some(due.into()),
            DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Dropped { .. } => None,
        };
        Self {
            id: delivery.id.to_string(),
            event_id: delivery.notification.to_string(),
            kind: told.as_ref().map(|told| told.notice.word().to_owned()),
            title: told.map(|told| told.notice.title),
            state: delivery.state.as_str().to_owned(),
            attempts: delivery.attempts,
            next_attempt_at,
            last_reason: delivery.last_reason,
            created_at: delivery.created_at.into(),
            updated_at: delivery.updated_at.into(),
        }
    }
}

#[OpenApi(tag = "Tag::Notifications")]
impl WebhooksApi {
    /// Lists the webhooks, oldest first
    #[oai(path = "/webhooks", method = "get", operation_id = "listWebhooks")]
    async fn list(&self, auth: StudioAuth) -> Result<Json<PageObject<WebhookObject>>, ListeningFailure> {
        let items = self.listening.list_webhooks(&auth.0).await?;
        Ok(Json(PageObject::new(Page { items, next: None }, WebhookObject::from)))
    }

    /// Makes a webhook, whose secret is shown this once
    ///
    /// Each call is a `POST` of JSON, signed as the Standard Webhooks have it: `webhook-signature` is `v1,` and the HMAC-SHA-256
    /// in base64 of `webhook-id`, `webhook-timestamp` and the body, joined by dots. A studio has at most 10 webhooks. A URL that
    /// leads into a private network is refused. Installations without webhooks answer 409.
    #[oai(path = "/webhooks", method = "post", operation_id = "createWebhook")]
    async fn create(
        &self,
        auth: StudioAuth,
        body: JsonBody<WebhookRequest>,
    ) -> Result<Made<NewWebhookObject>, ListeningFailure> {
        let (webhook, secret) = self.listening.create_webhook(&auth.0, body.0.try_into()?).await?;
        let WebhookObject { id, url, label, events, created_at } = webhook.into();
        let secret = secret.reveal();
        Ok(Made::Made(Json(NewWebhookObject { id, url, label, events, secret, created_at })))
    }

    /// Ends a webhook
    #[oai(path = "/webhooks/:webhook_id", method = "delete", operation_id = "deleteWebhook")]
    async fn delete(
        &self,
        auth: StudioAuth,
        /// Which webhook.
        webhook_id: Path<String>,
    ) -> Result<Done, ListeningFailure> {
        let id: WebhookId = parse_id(&webhook_id)?;
        self.listening.delete_webhook(&auth.0, id).await?;
        Ok(Done::Done)
    }

    /// Calls a webhook with a trial
    ///
    /// The answer tells what came of it. A trial that fails is tried again like any other delivery.
    #[oai(path = "/webhooks/:webhook_id/test", method = "post", operation_id = "testWebhook")]
    async fn test(
        &self,
        auth: StudioAuth,
        /// Which webhook.
        webhook_id: Path<String>,
    ) -> Result<Json<DeliveryObject>, ListeningFailure> {
        let id: WebhookId = parse_id(&webhook_id)?;
        let delivery = self.listening.test_webhook(&auth.0, id).await?;
        Ok(Json((delivery, None).into()))
    }

    /// Lists the deliveries to a webhook, newest first
    ///
    /// Their records are kept for 30 days.
    #[oai(path = "/webhooks/:webhook_id/deliveries", method = "get", operation_id = "listWebhookDeliveries")]
    async fn list_deliveries(
        &self,
        auth: StudioAuth,
        /// Which webhook.
        webhook_id: Path<String>,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<DeliveryObject>>, ListeningFailure> {
        let id: WebhookId = parse_id(&webhook_id)?;
        let page = page_request(&limit, &cursor)?;
        let found = self.listening.list_deliveries(&auth.0, id, &page).await?;
        Ok(Json(PageObject::new(found, DeliveryObject::from)))
    }

    /// Makes a delivery once more
    ///
    /// The answer tells what came of it.
    #[oai(
        path = "/webhooks/:webhook_id/deliveries/:delivery_id/redeliver",
        method = "post",
        operation_id = "redeliverWebhook"
    )]
    async fn redeliver(
        &self,
        auth: StudioAuth,
        /// Which webhook.
        webhook_id: Path<String>,
        /// Which delivery.
        delivery_id: Path<String>,
    ) -> Result<Json<DeliveryObject>, ListeningFailure> {
        let webhook: WebhookId = parse_id(&webhook_id)?;
        let delivery: DeliveryId = parse_id(&delivery_id)?;
        let delivery = self.listening.redeliver(&auth.0, webhook, delivery).await?;
        Ok(Json((delivery, None).into()))
    }
}

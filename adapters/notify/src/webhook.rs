//! Webhooks: signed HTTP calls to other systems, as the Standard Webhooks 1.0 have them.
//!
//! A call bears three headers: `webhook-id`, the same for every try, by which receivers drop what they have seen;
//! `webhook-timestamp`, seconds since 1970 at this try, by which they drop what is replayed; and `webhook-signature`, `v1,` and
//! the base64 of HMAC-SHA-256 over the three parts `id.timestamp.body`. The key of the HMAC is the secret's 32 bytes, which
//! stand in base64 behind `whsec_`.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halftone_core::clock::Clock;
use halftone_core::event::EventSubject;
use halftone_core::ports::notifier::{DeliveryError, Notice, Notifier, Recipient, Verdict, WebhookCall};
use halftone_core::secret::WebhookSecret;
use halftone_core::studio::Channel;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::outbound::Outbound;
use crate::reply::{refused, try_again};

/// How the other side is named in reasons.
const RECEIVER: &str = "the server";

/// Calls webhooks.
#[derive(Debug)]
pub struct Webhooks {
    outbound: Outbound,
    site: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Webhooks {
    /// `site` is the URL under which browsers reach the installation, for links; without it calls have none.
    pub fn new(outbound: Outbound, site: Option<String>, clock: Arc<dyn Clock>) -> Self {
        let site = site.map(|site| site.trim_end_matches('/').to_owned());
        Self { outbound, site, clock }
    }

    fn body(&self, notice: &Notice) -> String {
        let link = notice.link.as_ref().zip(self.site.as_ref());
        let total = notice
            .total
            .map(|total| json!({ "amount": total.amount(), "currency": total.currency().as_str() }));
        let data = json!({
            "event_id": notice.event,
            "studio_id": notice.studio,
            "title": notice.title,
            "text": notice.text,
            "gallery": notice.gallery.as_ref().map(AsRef::<str>::as_ref),
            "total": total,
            "link": link.map(|(link, site)| format!("{site}{}", link.0)),
            "subject": notice.subject.map(subject),
        });
        json!({ "type": notice.word(), "timestamp": notice.at.to_string(), "data": data }).to_string()
    }

    async fn call(&self, notice: &Notice, call: &WebhookCall) -> Result<Response, DeliveryError> {
        self.outbound.check(&call.url)?;
        let (id, body) = (call.delivery.to_string(), self.body(notice));
        let timestamp = self.clock.now().as_second().to_string();
        let signature = sign(&call.secret, &id, &timestamp, &body);
        let request = self
            .outbound
            .client()
            .post(call.url.as_url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", format!("v1,{signature}"))
            .body(body);
        request.send().await.map_err(Outbound::unanswered)
    }
}

/// The ids of what an event is about.
fn subject(subject: EventSubject) -> Value {
    let mut ids = Map::new();
    let mut put = |name: &str, id: String| {
        ids.insert(name.to_owned(), Value::String(id));
    };
    match subject {
        EventSubject::OrderPlaced { order }
        | EventSubject::OrderAmended { order }
        | EventSubject::OrderMoved { order } => put("order_id", order.to_string()),
        EventSubject::SelectionSubmitted { selection, client } => {
            put("selection_id", selection.to_string());
            put("client_id", client.to_string());
        }
        EventSubject::ShareOpened { share } => put("share_id", share.to_string()),
        // One call may tell of many photos; what there is to see is their gallery.
        EventSubject::PhotoReady { gallery, .. }
        | EventSubject::PhotoFailed { gallery, .. }
        | EventSubject::PhotoReshaped { gallery, .. } => {
            put("gallery_id", gallery.to_string());
        }
    }
    Value::Object(ids)
}

fn sign(secret: &WebhookSecret, id: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    for part in [id, ".", timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

fn not_ours() -> DeliveryError {
    DeliveryError::new(Verdict::Refused, "this is no webhook")
}

#[async_trait]
impl Notifier for Webhooks {
    fn channel(&self) -> Channel {
        Channel::Webhook
    }

    async fn admit(&self, recipient: &Recipient) -> Result<(), DeliveryError> {
        let Recipient::Webhook(call) = recipient else { return Err(not_ours()) };
        self.outbound.admit(&call.url).await
    }

    async fn deliver(&self, notice: &Notice, recipient: &Recipient) -> Result<(), DeliveryError> {
        let Recipient::Webhook(call) = recipient else { return Err(not_ours()) };
        // The body of the answer is never read: nothing follows from it, and it may have no end.
        let response = self.call(notice, call).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            // Whoever says so wants no more of them; a redirect is an address that nobody chose.
            StatusCode::GONE => Err(refused(RECEIVER, StatusCode::GONE)),
            _ => Err(try_again(RECEIVER, &response, self.clock.now())),
        }
    }
}

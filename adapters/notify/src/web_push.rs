//! Web Push: notices to browsers, encrypted for each (RFC 8291), over the browser's own push service (RFC 8030), which knows
//! this installation by its VAPID key (RFC 8292).

mod message;
mod vapid;

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::listener::PushAddress;
use halftone_core::ports::notifier::{DeliveryError, Notice, Notifier, Recipient, Verdict};
use halftone_core::studio::Channel;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::{Response, StatusCode};
use web_push_native::p256::PublicKey;

use crate::outbound::Outbound;
use crate::reply::{answered, refused, try_again};
pub use vapid::{InvalidVapidKey, VapidKey};

/// How the push service is named in reasons.
const SERVICE: &str = "the push service";

/// Sends notices to browsers.
#[derive(Debug)]
pub struct WebPush {
    outbound: Outbound,
    key: VapidKey,
    contact: String,
    clock: Arc<dyn Clock>,
}

impl WebPush {
    /// `contact` is what push services may use to reach whoever runs the installation: a `mailto:` or `https:` URL.
    pub fn new(outbound: Outbound, key: VapidKey, contact: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self { outbound, key, contact: contact.into(), clock }
    }

    async fn push(&self, notice: &Notice, address: &PushAddress) -> Result<Response, DeliveryError> {
        self.outbound.check(&address.endpoint)?;
        let key = PublicKey::from_sec1_bytes(&address.p256dh).map_err(|error| {
            // A browser that made no point on the curve cannot read anything, ever.
            DeliveryError::new(Verdict::Gone, "the browser's key is none").with_source(error)
        })?;
        let message = message::of(notice);
        let sealed = web_push_native::encrypt(message, &key, &address.auth.into());
        let sealed = sealed.map_err(|error| {
            DeliveryError::new(Verdict::Refused, "the notice cannot be encrypted").with_source(error)
        })?;
        let url = address.endpoint.as_url();
        let token = self.key.token(url, &self.contact, self.clock.now());
        let request = self
            .outbound
            .client()
            .post(url.clone())
            .header("TTL", message::time_to_live(notice).as_secs())
            .header("Urgency", message::urgency(notice))
            .header("Topic", message::topic(notice))
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(AUTHORIZATION, format!("vapid t={token}, k={}", self.key.public_text()))
            .body(sealed);
        request.send().await.map_err(Outbound::unanswered)
    }

    /// What the answer means (RFC 8030, sections 5 and 7.3).
    fn judge(&self, response: &Response) -> Result<(), DeliveryError> {
        let status = response.status();
        match status {
            _ if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                Err(DeliveryError::new(Verdict::Gone, answered(SERVICE, status)))
            }
            // Keys and clocks can be mended; a service that is busy or broken mends itself.
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS => Err(try_again(SERVICE, response, self.clock.now())),
            _ if status.is_server_error() => Err(try_again(SERVICE, response, self.clock.now())),
            _ => Err(refused(SERVICE, status)),
        }
    }
}

fn not_ours() -> DeliveryError {
    DeliveryError::new(Verdict::Refused, "this is no browser")
}

#[async_trait]
impl Notifier for WebPush {
    fn channel(&self) -> Channel {
        Channel::WebPush
    }

    async fn admit(&self, recipient: &Recipient) -> Result<(), DeliveryError> {
        let Recipient::Browser(address) = recipient else { return Err(not_ours()) };
        self.outbound.admit(&address.endpoint).await
    }

    async fn deliver(&self, notice: &Notice, recipient: &Recipient) -> Result<(), DeliveryError> {
        let Recipient::Browser(address) = recipient else { return Err(not_ours()) };
        let response = self.push(notice, address).await?;
        self.judge(&response)
    }
}

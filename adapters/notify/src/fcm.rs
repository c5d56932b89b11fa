//! Firebase Cloud Messaging, HTTP v1: notices to apps.
//!
//! The installation shows itself to Google with a service account: it signs an assertion (RS256) with the account's key and gets
//! an access token for it (RFC 7523), which serves until shortly before it ends.

mod account;
mod error_body;
mod message;
mod token;

use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::listener::FcmToken;
use halftone_core::ports::notifier::{DeliveryError, Notice, Notifier, Recipient, Verdict};
use halftone_core::studio::Channel;
use reqwest::{Response, StatusCode};
use url::Url;

use crate::outbound::Outbound;
use crate::reply::{answered, refused, try_again};
pub use account::{InvalidServiceAccount, ServiceAccount};
use token::TokenSource;

/// How the service is named in reasons.
const SERVICE: &str = "Firebase Cloud Messaging";
/// An error of the service has some hundred bytes.
const MOST_ANSWER_BYTES: usize = 16 * 1024;

/// Sends notices to apps.
#[derive(Debug)]
pub struct Fcm {
    outbound: Outbound,
    endpoint: Url,
    tokens: TokenSource,
    clock: Arc<dyn Clock>,
}

impl Fcm {
    /// Google's own address of the service.
    pub const BASE_URL: &'static str = "https://fcm.googleapis.com";

    /// `base_url` is [`BASE_URL`](Self::BASE_URL), or another address that speaks the same protocol. Whoever runs the
    /// installation chose it, as well as the account's `token_uri`, so `outbound` may reach anywhere.
    ///
    /// # Errors
    /// The address is no URL.
    pub fn new(
        outbound: Outbound,
        account: ServiceAccount,
        base_url: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, url::ParseError> {
        let base_url = base_url.trim_end_matches('/');
        let endpoint = Url::parse(&format!("{base_url}/v1/projects/{}/messages:send", account.project_id))?;
        let tokens = TokenSource::new(outbound.clone(), account, Arc::clone(&clock));
        Ok(Self { outbound, endpoint, tokens, clock })
    }

    async fn send(
        &self,
        notice: &Notice,
        device: &FcmToken,
        access: &str,
    ) -> Result<Response, DeliveryError> {
        let message = message::of(notice, device);
        let request = self.outbound.client().post(self.endpoint.clone()).bearer_auth(access).json(&message);
        request.send().await.map_err(Outbound::unanswered)
    }

    /// What an answer means, by Google's list of error codes.
    async fn judge(&self, response: Response) -> Result<(), DeliveryError> {
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let again = try_again(SERVICE, &response, self.clock.now());
        let body = crate::reply::read(response, MOST_ANSWER_BYTES).await.map_err(Outbound::unanswered)?;
        let gone = || DeliveryError::new(Verdict::Gone, answered(SERVICE, status));
        Err(match error_body::code_of(&body).as_deref() {
            // The app was removed, or the token belongs to another sender.
            Some("UNREGISTERED" | "SENDER_ID_MISMATCH") => gone(),
            Some("QUOTA_EXCEEDED" | "UNAVAILABLE" | "INTERNAL" | "THIRD_PARTY_AUTH_ERROR") => again,
            Some("INVALID_ARGUMENT") => refused(SERVICE, status),
            _ => match status {
                StatusCode::NOT_FOUND => gone(),
                // Rights of the account can be given back.
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => again,
                _ if status.is_server_error() => again,
                _ => refused(SERVICE, status),
            },
        })
    }
}

fn not_ours() -> DeliveryError {
    DeliveryError::new(Verdict::Refused, "this is no app")
}

#[async_trait]
impl Notifier for Fcm {
    fn channel(&self) -> Channel {
        Channel::Fcm
    }

    async fn admit(&self, recipient: &Recipient) -> Result<(), DeliveryError> {
        match recipient {
            Recipient::App(_) => Ok(()),
            Recipient::Topic | Recipient::Browser(_) | Recipient::Webhook(_) => Err(not_ours()),
        }
    }

    async fn deliver(&self, notice: &Notice, recipient: &Recipient) -> Result<(), DeliveryError> {
        let Recipient::App(device) = recipient else { return Err(not_ours()) };
        let access = self.tokens.current().await?;
        let response = self.send(notice, device, &access).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return self.judge(response).await;
        }
        // The token ended before its time: once more with a new one, and no third time.
        self.tokens.forget(&access).await;
        let access = self.tokens.current().await?;
        let response = self.send(notice, device, &access).await?;
        self.judge(response).await
    }
}

//! Access tokens, fetched when there is none that holds and shared by all deliveries.

use std::fmt;
use std::sync::Arc;

use halftone_core::clock::Clock;
use halftone_core::ports::notifier::{DeliveryError, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::account::ServiceAccount;
use crate::outbound::Outbound;
use crate::reply::{read, try_again};

/// How the issuer is named in reasons.
const ISSUER: &str = "Google's token service";
/// A token has about a kilobyte.
const MOST_BYTES: usize = 64 * 1024;
/// How long before its end a token is no longer used: longer than a try takes.
const MARGIN: SignedDuration = SignedDuration::from_mins(2);

/// A token until its end.
struct Held {
    token: String,
    until: Timestamp,
}

/// Gets access tokens.
pub(super) struct TokenSource {
    outbound: Outbound,
    account: ServiceAccount,
    clock: Arc<dyn Clock>,
    /// The lock is held while a token is fetched, so that one fetch serves everybody who waits.
    held: Mutex<Option<Held>>,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenSource").field("account", &self.account).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    expires_in: i64,
}

impl TokenSource {
    pub(super) fn new(outbound: Outbound, account: ServiceAccount, clock: Arc<dyn Clock>) -> Self {
        Self { outbound, account, clock, held: Mutex::new(None) }
    }

    /// A token that holds for a while.
    pub(super) async fn current(&self) -> Result<String, DeliveryError> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        if let Some(known) = held.as_ref().filter(|known| known.until > now + MARGIN) {
            return Ok(known.token.clone());
        }
        let fetched = self.fetch(now).await?;
        let token = fetched.token.clone();
        *held = Some(fetched);
        Ok(token)
    }

    /// Drops a token that was refused, unless another one came meanwhile.
    pub(super) async fn forget(&self, token: &str) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|known| known.token == token) {
            *held = None;
        }
    }

    async fn fetch(&self, now: Timestamp) -> Result<Held, DeliveryError> {
        let again = |reason: &str| DeliveryError::new(Verdict::TryAgain { after: None }, reason);
        let assertion = self.account.assertion(now).ok_or_else(|| again("the assertion cannot be signed"))?;
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.as_str()),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .outbound
            .client()
            .post(self.account.token_uri.clone())
            .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let response = request.send().await.map_err(Outbound::unanswered)?;
        if !response.status().is_success() {
            // Also when the account is refused: whoever runs the installation can mend that.
            return Err(try_again(ISSUER, &response, now));
        }
        let body = read(response, MOST_BYTES).await.map_err(Outbound::unanswered)?;
        let reply: TokenReply = serde_json::from_slice(&body)
            .map_err(|_| again("Google's token service answered something that is no token"))?;
        let life = SignedDuration::from_secs(reply.expires_in.clamp(0, 24 * 3_600));
        Ok(Held { token: reply.access_token, until: now + life })
    }
}

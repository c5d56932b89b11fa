//! Keeping an issuer's keys.
//!
//! A key that is known and fresh is handed out without waiting. Everything else goes through one door: whoever holds
//! the lock of `last_attempt` may fetch, at most once per pause, whether the last attempt succeeded or not. So a flood of tokens
//! with invented key names costs one fetch per pause, and so does an issuer that is down. A fetch is a task of its own:
//! it comes to its end although the request that began it was given up, so that others find the keys.

use std::sync::{Arc, PoisonError, RwLock};

use halftone_core::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tracing::{info, warn};

use super::fetch::JwksFetcher;
use super::keys::{KeySet, RsaKey};
use super::{InvalidOidcSettings, JwksError, TokenRefusal, VerifyError};

/// How long an issuer's keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JwksCacheSpec {
    /// After this long the keys are fetched again, so that a key that was withdrawn stops working. One hour.
    pub fresh_for: SignedDuration,
    /// While the issuer cannot be reached, its last keys are used until they are this old. One day.
    pub usable_for: SignedDuration,
    /// The least time between two fetches. A token whose key was published a moment ago can be refused for this
    /// long. Ten seconds.
    pub pause: SignedDuration,
}

impl Default for JwksCacheSpec {
    fn default() -> Self {
        Self {
            fresh_for: SignedDuration::from_hours(1),
            usable_for: SignedDuration::from_hours(24),
            pause: SignedDuration::from_secs(10),
        }
    }
}

impl JwksCacheSpec {
    const fn check(self) -> Result<Self, InvalidOidcSettings> {
        if self.pause.is_negative() {
            return Err(InvalidOidcSettings::Duration("pause between two fetches of keys"));
        }
        if self.fresh_for.is_negative() {
            return Err(InvalidOidcSettings::Duration("time that keys are fresh"));
        }
        if self.usable_for.as_nanos() < self.fresh_for.as_nanos() {
            return Err(InvalidOidcSettings::Duration("time that keys are usable"));
        }
        Ok(self)
    }
}

/// The keys of one issuer.
#[derive(Debug)]
pub(super) struct JwksCache {
    fetcher: JwksFetcher,
    spec: JwksCacheSpec,
    clock: Arc<dyn Clock>,
    fetched: RwLock<Option<Arc<Fetched>>>,
    last_attempt: Arc<Mutex<Option<Attempt>>>,
}

#[derive(Debug)]
struct Fetched {
    keys: KeySet,
    at: Timestamp,
}

/// The last time that the issuer was asked.
#[derive(Debug)]
struct Attempt {
    at: Timestamp,
    failure: Option<Arc<JwksError>>,
}

impl JwksCache {
    pub(super) fn new(
        fetcher: JwksFetcher,
        spec: JwksCacheSpec,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidOidcSettings> {
        let spec = spec.check()?;
        Ok(Self { fetcher, spec, clock, fetched: RwLock::new(None), last_attempt: Arc::default() })
    }

    /// The key of this name.
    ///
    /// # Errors
    /// The issuer does not have it, or cannot be asked.
    pub(super) async fn find(self: &Arc<Self>, id: &str) -> Result<Arc<RsaKey>, VerifyError> {
        if let Some(key) = self.known(id, self.spec.fresh_for) {
            return Ok(key);
        }
        let usable = self.known(id, self.spec.usable_for);
        let door = Arc::clone(&self.last_attempt);
        let attempt = match (usable, Arc::clone(&door).try_lock_owned()) {
            (_, Ok(attempt)) => attempt,
            // Somebody is fetching already, and the old key will do meanwhile.
            (Some(key), Err(_)) => return Ok(key),
            (None, Err(_)) => door.lock_owned().await,
        };
        let cache = Arc::clone(self);
        let renewal = tokio::spawn(async move { cache.renew(attempt).await });
        let failure = renewal.await.unwrap_or_else(|_| Some(Arc::new(JwksError::Interrupted)));
        match (self.known(id, self.spec.usable_for), failure) {
            (Some(key), _) => Ok(key),
            (None, Some(failure)) => Err(VerifyError::Unavailable(failure)),
            (None, None) => Err(TokenRefusal::UnknownKey.into()),
        }
    }

    /// The key of this name, if the keys are younger than `limit`.
    fn known(&self, id: &str, limit: SignedDuration) -> Option<Arc<RsaKey>> {
        let fetched = self.fetched.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        if self.is_within(limit, fetched.at) { fetched.keys.find(id) } else { None }
    }

    /// Whether `then` is less than `limit` away. In either direction: a clock that was set back must not make keys
    /// last until it has caught up.
    fn is_within(&self, limit: SignedDuration, then: Timestamp) -> bool {
        self.clock.now().duration_since(then).abs() < limit
    }

    /// Asks the issuer, unless it was asked a moment ago, and tells what failed.
    async fn renew(&self, mut last: OwnedMutexGuard<Option<Attempt>>) -> Option<Arc<JwksError>> {
        if let Some(recent) = last.as_ref().filter(|attempt| self.is_within(self.spec.pause, attempt.at)) {
            return recent.failure.clone();
        }
        let at = self.clock.now();
        // Written down before the answer comes: a task that is ended with its runtime has asked all the same.
        *last = Some(Attempt { at, failure: Some(Arc::new(JwksError::Interrupted)) });
        let failure = match self.fetcher.fetch().await {
            Ok(keys) => {
                info!(jwks.url = %self.fetcher.url(), jwks.keys = keys.len(), "fetched the token issuer's keys");
                let fetched = Some(Arc::new(Fetched { keys, at }));
                *self.fetched.write().unwrap_or_else(PoisonError::into_inner) = fetched;
                None
            }
            Err(error) => {
                warn!(
                    jwks.url = %self.fetcher.url(),
                    error = &error as &dyn std::error::Error,
                    "the token issuer's keys cannot be fetched; the last ones are used while they may be"
                );
                Some(Arc::new(error))
            }
        };
        *last = Some(Attempt { at, failure: failure.clone() });
        failure
    }
}

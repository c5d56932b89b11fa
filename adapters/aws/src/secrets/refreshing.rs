//! A secret that is read again and again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use super::{SecretError, SecretVersion, SecretsManagerSource};

/// A secret in rotation: what is in force, and what was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The version in force.
    pub current: SecretVersion,
    /// The version before, if there was one.
    pub previous: Option<SecretVersion>,
}

/// Holds a secret and reads it again every few minutes, so that a rotation needs no restart. When reading fails, the
/// last good value stays.
///
/// Reading again is [`Self::keep_fresh`]; whoever opens the secret spawns it, and ends it when shutting down.
#[derive(Debug)]
pub struct RefreshingSecret {
    source: SecretsManagerSource,
    latest: watch::Sender<Arc<Rotation>>,
}

impl RefreshingSecret {
    /// Reads the secret for the first time.
    ///
    /// # Errors
    /// Any [`SecretError`]: without a first value there is nothing to fall back on.
    pub async fn open(source: SecretsManagerSource) -> Result<Self, SecretError> {
        let current = source.fetch().await?;
        let previous = source.find_previous().await?;
        let latest = watch::Sender::new(Arc::new(Rotation { current, previous }));
        Ok(Self { source, latest })
    }

    /// The last value that could be read.
    pub fn current(&self) -> Arc<Rotation> {
        Arc::clone(&self.latest.borrow())
    }

    /// Tells whenever the value has changed.
    pub fn changes(&self) -> watch::Receiver<Arc<Rotation>> {
        self.latest.subscribe()
    }

    /// Reads the secret once more, and tells whether it has changed.
    ///
    /// # Errors
    /// Any [`SecretError`]; the last good value stays.
    pub async fn refresh(&self) -> Result<bool, SecretError> {
        let current = self.source.fetch().await?;
        if current == self.current().current {
            return Ok(false);
        }
        // If the secret is rotated once more in between, both are the same version until the next turn.
        let previous = self.source.find_previous().await?;
        info!(secret.id = %self.source.secret(), secret.version = %current.id, "a secret has changed");
        self.latest.send_replace(Arc::new(Rotation { current, previous }));
        Ok(true)
    }

    /// Reads the secret again after every `period`, until it is dropped. A failure is logged, and tried again at the
    /// next turn.
    ///
    /// # Panics
    /// The period is zero.
    pub async fn keep_fresh(&self, period: Duration) {
        let mut turns = interval(period);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first turn is at once, and the secret was read a moment ago.
        turns.tick().await;
        loop {
            turns.tick().await;
            if let Err(error) = self.refresh().await {
                let error = &error as &dyn std::error::Error;
                warn!(secret.id = %self.source.secret(), error, "a secret cannot be read; its last value is used");
            }
        }
    }
}

//! What a schedule asks of the worker: looking for lost work, and telling people what happened.
//!
//! A server does both by itself from time to time. An installation without a server has a schedule of EventBridge that
//! invokes the worker every few minutes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use halftone_core::access::Principal;
use halftone_core::clock::Clock;
use halftone_core::services::notifying::{NotifyingError, NotifyingService};
use halftone_core::services::sweeping::{SweepDepth, SweepError, SweepingService};
use jiff::SignedDuration;
use serde::Serialize;

/// How often one process looks for deletions that were not finished. A purge in progress is found by it too and begun once
/// more, so every turn would be too often.
const PURGES_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Takes turns. Made once at cold start.
#[derive(Debug)]
pub struct TurnHandler {
    sweeping: SweepingService,
    notifying: NotifyingService,
    clock: Arc<dyn Clock>,
    /// In seconds since the epoch.
    purges_looked_for: AtomicI64,
}

/// Why a turn failed; the next one does what it left.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// Lost work cannot be looked for.
    #[error("the sweep failed")]
    Sweep(#[from] SweepError),
    /// The outbox cannot be read.
    #[error("the outbox cannot be read")]
    Notify(#[from] NotifyingError),
}

/// What a turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TurnReply {
    /// Photos, tickets and purges that were found.
    pub recovered: usize,
    /// Events that people were told of, or that concern nobody.
    pub settled: usize,
    /// Events that wait for the rest of their upload.
    pub waiting: usize,
    /// Notices that somebody took.
    pub delivered: usize,
    /// Notices that failed and are tried again.
    pub postponed: usize,
}

impl TurnHandler {
    /// A handler over these services.
    pub fn new(sweeping: SweepingService, notifying: NotifyingService, clock: Arc<dyn Clock>) -> Self {
        Self { sweeping, notifying, clock, purges_looked_for: AtomicI64::new(i64::MIN) }
    }

    /// How thoroughly to look this time.
    fn depth(&self) -> SweepDepth {
        let now = self.clock.now().as_second();
        let last = self.purges_looked_for.load(Ordering::Relaxed);
        if now.saturating_sub(last) < PURGES_EVERY.as_secs() {
            return SweepDepth::Usual;
        }
        self.purges_looked_for.store(now, Ordering::Relaxed);
        SweepDepth::WithPurges
    }

    /// Takes one turn.
    ///
    /// # Errors
    /// The store failed. People are told even if lost work cannot be looked for.
    pub async fn take(&self) -> Result<TurnReply, TurnError> {
        let swept = self.sweeping.sweep(&Principal::System, self.depth()).await;
        let delivered = self.notifying.deliver(&Principal::System).await?;
        self.notifying.forget(&Principal::System).await?;
        let swept = swept?;
        let recovered = swept.requeued + swept.expired_tickets + swept.purges;
        let reply = TurnReply {
            recovered,
            settled: delivered.settled,
            waiting: delivered.waiting,
            delivered: delivered.delivered,
            postponed: delivered.postponed,
        };
        tracing::info!(
            work.recovered = reply.recovered,
            events.settled = reply.settled,
            events.waiting = reply.waiting,
            deliveries.made = reply.delivered,
            deliveries.postponed = reply.postponed,
            "a turn ended"
        );
        Ok(reply)
    }
}

//! What a schedule asks of the worker: looking for lost work, and telling people what happened.
//!
//! A server does both by itself from time to time. An installation without a server has a schedule of EventBridge that
//! invokes the worker every few minutes.

use halftone_core::access::Principal;
use halftone_core::services::notifying::{NotifyingError, NotifyingService};
use halftone_core::services::sweeping::{SweepDepth, SweepError, SweepingService};
use serde::Serialize;

/// Takes turns. Made once at cold start.
#[derive(Debug, Clone)]
pub struct TurnHandler {
    /// Looks for lost work.
    pub sweeping: SweepingService,
    /// Tells people.
    pub notifying: NotifyingService,
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
    /// Events that wait.
    pub waiting: usize,
}

impl TurnHandler {
    /// Takes one turn.
    ///
    /// # Errors
    /// The store failed. People are told even if lost work cannot be looked for.
    pub async fn take(&self) -> Result<TurnReply, TurnError> {
        let swept = self.sweeping.sweep(&Principal::System, SweepDepth::WithPurges).await;
        let delivered = self.notifying.deliver(&Principal::System).await?;
        let swept = swept?;
        let recovered = swept.requeued + swept.expired_tickets + swept.purges;
        let reply = TurnReply { recovered, settled: delivered.settled, waiting: delivered.waiting };
        tracing::info!(
            work.recovered = reply.recovered,
            events.settled = reply.settled,
            events.waiting = reply.waiting,
            "a turn ended"
        );
        Ok(reply)
    }
}

//! Looking for lost work: once at start, and then from time to time.

use std::error::Error;
use std::time::Duration;

use halftone_core::access::Principal;
use halftone_core::services::sweeping::{SweepDepth, SweepingService};
use tokio::time::Instant;

use crate::shutdown::Shutdown;

/// How often to look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SweepTimes {
    /// For stalled photos and unused tickets.
    pub(crate) usual: Duration,
    /// For deletions that were not finished.
    pub(crate) with_purges: Duration,
}

/// Looks once with `at_start`, which takes every photo without a result for stalled: no other process has the data
/// directory open, so whoever worked on it is gone. Then looks with `usual` until the server stops.
pub(crate) async fn sweep_until(
    at_start: SweepingService,
    usual: SweepingService,
    times: SweepTimes,
    shutdown: Shutdown,
) {
    sweep(&at_start, SweepDepth::WithPurges).await;
    let mut next_purges = Instant::now() + times.with_purges;
    loop {
        tokio::select! {
            () = shutdown.stop.cancelled() => return,
            () = tokio::time::sleep(times.usual) => {}
        }
        let depth = if Instant::now() >= next_purges {
            next_purges = Instant::now() + times.with_purges;
            SweepDepth::WithPurges
        } else {
            SweepDepth::Usual
        };
        sweep(&usual, depth).await;
    }
}

async fn sweep(sweeping: &SweepingService, depth: SweepDepth) {
    match sweeping.sweep(&Principal::System, depth).await {
        Ok(found) if found.requeued + found.expired_tickets + found.purges == 0 => {
            tracing::debug!("the sweep found nothing");
        }
        Ok(found) => tracing::info!(
            photos.requeued = found.requeued,
            tickets.expired = found.expired_tickets,
            purges.requeued = found.purges,
            "the sweep found work that got lost"
        ),
        // The next one tries again.
        Err(error) => tracing::error!(error = &error as &dyn Error, "the sweep failed"),
    }
}

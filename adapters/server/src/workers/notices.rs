//! Telling people what happened, from time to time.

use std::error::Error;
use std::time::Duration;

use halftone_core::access::Principal;
use halftone_core::services::notifying::NotifyingService;

use tokio::time::Instant;

use crate::shutdown::Shutdown;

/// How often old records are forgotten.
const CLEARING: Duration = Duration::from_mins(10);

/// Looks at the outbox until the server stops.
pub(crate) async fn notify_until(notifying: NotifyingService, interval: Duration, shutdown: Shutdown) {
    let mut next_clearing = Instant::now();
    loop {
        tokio::select! {
            () = shutdown.stop.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
        match notifying.deliver(&Principal::System).await {
            Ok(delivered) => tracing::debug!(
                events.settled = delivered.settled,
                events.waiting = delivered.waiting,
                deliveries.made = delivered.delivered,
                deliveries.postponed = delivered.postponed,
                deliveries.ended = delivered.ended,
                "looked at the outbox"
            ),
            // The next look tries again.
            Err(error) => tracing::error!(error = &error as &dyn Error, "notices cannot be delivered"),
        }
        if Instant::now() >= next_clearing {
            next_clearing = Instant::now() + CLEARING;
            clear(&notifying).await;
        }
    }
}

/// Forgets what is too old to be shown.
async fn clear(notifying: &NotifyingService) {
    match notifying.forget(&Principal::System).await {
        Ok(forgotten) => tracing::debug!(records.forgotten = forgotten, "cleared old notices"),
        Err(error) => tracing::error!(error = &error as &dyn Error, "old notices cannot be forgotten"),
    }
}

//! Telling people what happened, from time to time.

use std::error::Error;
use std::time::Duration;

use halftone_core::access::Principal;
use halftone_core::services::notifying::NotifyingService;

use crate::shutdown::Shutdown;

/// Looks at the outbox until the server stops.
pub(crate) async fn notify_until(notifying: NotifyingService, interval: Duration, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.stop.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
        match notifying.deliver(&Principal::System).await {
            Ok(delivered) => tracing::debug!(
                events.settled = delivered.settled,
                events.waiting = delivered.waiting,
                "looked at the outbox"
            ),
            // The next look tries again.
            Err(error) => tracing::error!(error = &error as &dyn Error, "the outbox cannot be read"),
        }
    }
}

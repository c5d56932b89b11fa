//! Ending in good order: the signals, and the two moments that they lead to.

use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use crate::console;

/// The two moments of an orderly end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shutdown {
    /// From now on nothing new is begun: no connection, no job.
    pub(crate) stop: CancellationToken,
    /// From now on nothing is waited for: jobs go back to the queue.
    pub(crate) deadline: CancellationToken,
}

impl Shutdown {
    /// Lets SIGTERM and SIGINT begin the end; `drain` later comes the deadline. A second signal ends the program on
    /// the spot, which loses nothing either: jobs are leased and uploads are confirmed or not.
    ///
    /// # Errors
    /// The signals cannot be caught.
    pub(crate) fn on_signals(drain: Duration) -> anyhow::Result<Self> {
        let shutdown = Self::default();
        let mut signals = Signals::listen().context("cannot listen to signals")?;
        let moments = shutdown.clone();
        tokio::spawn(async move {
            signals.next().await;
            tracing::info!(drain_ms = drain.as_millis(), "stopping; a second signal stops at once");
            moments.stop.cancel();
            signals.next().await;
            console::warn("halftone: stopped at once");
            std::process::exit(1);
        });
        let moments = shutdown.clone();
        tokio::spawn(async move {
            // Whatever begins the end (a signal, or a task that died), the deadline follows it.
            moments.stop.cancelled().await;
            tokio::time::sleep(drain).await;
            moments.deadline.cancel();
        });
        Ok(shutdown)
    }
}

/// The signals that ask the program to end.
#[derive(Debug)]
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "listening can fail on the other platforms")]
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot listen to signals");
            std::future::pending::<()>().await;
        }
    }
}

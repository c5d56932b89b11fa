//! In-process workers: they take jobs from the queue and run them, and a sweeper looks for work that got lost.
//!
//! What a job does, and what follows from its failure, is the core's; here is only when and how many.

mod delivery;
mod notices;
mod sweeper;
mod waking;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use halftone_core::ports::queue::{JobQueue, ReceivedJob};
use halftone_core::services::working::Worker;
use jiff::SignedDuration;
use tokio::sync::Notify;

use crate::shutdown::Shutdown;
pub(crate) use notices::notify_until;
pub(crate) use sweeper::{SweepTimes, sweep_until};
pub(crate) use waking::WakingJobQueue;

/// The shortest and the longest wait of a worker that found nothing. New jobs wake a worker at once; only retries and
/// leases that ran out wait for this.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(1));

/// What workers share.
#[derive(Debug, Clone)]
pub(crate) struct Crew {
    /// Runs jobs.
    pub(crate) working: Worker,
    /// Takes deliveries back that nobody may finish.
    pub(crate) queue: Arc<dyn JobQueue>,
    /// Wakes workers when jobs arrive.
    pub(crate) wake: Arc<Notify>,
}

impl Crew {
    /// One worker: takes jobs one by one until it is told to stop.
    pub(crate) async fn work_until(self, shutdown: Shutdown) {
        let mut pause = PAUSES.0;
        while !shutdown.stop.is_cancelled() {
            match self.working.receive(1).await {
                Ok(received) if received.is_empty() => {
                    self.rest(pause, &shutdown).await;
                    pause = (pause * 2).min(PAUSES.1);
                }
                Ok(received) => {
                    pause = PAUSES.0;
                    // There may be more: one arrival wakes one worker, and each that finds work wakes the next.
                    self.wake.notify_one();
                    for delivery in received {
                        if shutdown.stop.is_cancelled() {
                            self.hand_back(&delivery).await;
                        } else {
                            delivery::deliver(&self, &delivery, &shutdown).await;
                        }
                    }
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn Error, "the queue cannot be read");
                    self.rest(PAUSES.1, &shutdown).await;
                }
            }
        }
    }

    /// Gives a job back that came while the server was asked to stop, for another one to take at once. A queue that waits for
    /// jobs, such as SQS, still hands them to whoever is about to leave.
    async fn hand_back(&self, received: &ReceivedJob) {
        if let Err(error) = self.queue.release(&received.receipt, SignedDuration::ZERO).await {
            let error = &error as &dyn Error;
            tracing::warn!(job.id = %received.id, error, "a job that was not begun waits for the end of its lease");
        }
    }

    async fn rest(&self, pause: Duration, shutdown: &Shutdown) {
        tokio::select! {
            () = shutdown.stop.cancelled() => {}
            () = self.wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    /// Runs jobs until none is left that can be run now; for commands that end.
    pub(crate) async fn work_off(&self, count: usize) {
        let shutdown = Shutdown::default();
        let one = || async {
            loop {
                match self.working.receive(1).await {
                    Ok(received) if received.is_empty() => break,
                    Ok(received) => {
                        for delivery in received {
                            delivery::deliver(self, &delivery, &shutdown).await;
                        }
                    }
                    Err(error) => {
                        tracing::error!(error = &error as &dyn Error, "the queue cannot be read");
                        break;
                    }
                }
            }
        };
        futures_util::future::join_all((0..count.max(1)).map(|_| one())).await;
    }
}

#[cfg(test)]
mod tests;

//! Each delivery of a batch becomes `Done`, `Retry` or `Reject`.
//!
//! The invocation as a whole never fails: a batch of which nothing could be done is answered with all its messages.
//! An error would say the same, but it would also hide which of them were done.

mod pace;

use std::collections::HashSet;
use std::error::Error;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use halftone_core::clock::Clock;
use halftone_core::job::Job;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::{JobQueue, ReceivedJob};
use halftone_core::services::working::{Disposition, Worker};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, timeout_at};

use crate::event::{BatchReply, Delivery, SqsEvent};
use pace::Pace;

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything in it is done, or given up and recorded: the platform deletes the message.
    Done,
    /// It comes again.
    Retry,
    /// Nobody can read it. It comes again until the queue's redrive policy takes it to the dead letters, where its body
    /// is kept for people.
    Reject,
}

/// How often a message may have been handed out and still be above suspicion. One that comes again and again may be what
/// kills the function each time, with all that runs beside it.
const UNSUSPECTED_DELIVERIES: u32 = 2;

/// Runs batches. Made once at cold start; every invocation uses it.
#[derive(Debug, Clone)]
pub struct BatchHandler {
    /// Runs jobs. Its services must have a [`PlatformQueue`](crate::queue::PlatformQueue) as their job queue.
    pub working: Worker,
    /// Takes back what could not be run.
    pub queue: Arc<dyn JobQueue>,
    /// Tells how far the deadline is.
    pub clock: Arc<dyn Clock>,
    /// How many messages are worked on at once. Jobs compute, so more than there are processors gains nothing and costs
    /// the memory of their originals.
    pub concurrency: NonZeroUsize,
}

impl BatchHandler {
    /// Runs the jobs of a batch until shortly before `deadline`, at which the platform stops the function.
    pub async fn handle(&self, event: SqsEvent, deadline: Timestamp) -> BatchReply {
        let deliveries = event.into_deliveries();
        let pace = &Pace::until(deadline, self.clock.now());
        let one = |delivery| async move { (delivery, self.deliver(delivery, pace).await) };
        let (suspects, others): (Vec<&Delivery>, Vec<&Delivery>) =
            deliveries.iter().partition(|delivery| delivery.receive_count > UNSUSPECTED_DELIVERIES);
        let mut outcomes: Vec<(&Delivery, Outcome)> = stream::iter(others.into_iter().map(one))
            .buffer_unordered(self.concurrency.get())
            .collect()
            .await;
        for suspect in in_another_order(suspects) {
            outcomes.push(one(suspect).await);
        }
        let is_kept = |(delivery, outcome): &(&Delivery, Outcome)| match outcome {
            Outcome::Done => None,
            Outcome::Retry | Outcome::Reject => Some(delivery.message_id.clone()),
        };
        let kept: HashSet<String> = outcomes.iter().filter_map(is_kept).collect();
        tracing::info!(batch.messages = deliveries.len(), batch.kept = kept.len(), "a batch ended");
        let in_order = deliveries.into_iter().map(|delivery| delivery.message_id);
        BatchReply::keeping(in_order.filter(|id| kept.contains(id)))
    }

    /// The job of a message. Several jobs become a message each: they would share one receipt, and what becomes of one
    /// would happen to all.
    async fn deliver(&self, delivery: &Delivery, pace: &Pace) -> Outcome {
        let jobs = match &delivery.jobs {
            Ok(jobs) => jobs,
            Err(error) => {
                let (message, error) = (&delivery.message_id, error as &dyn Error);
                tracing::error!(message.id = message, error, "a message cannot be read");
                return Outcome::Reject;
            }
        };
        if let Some(early) = delivery.visible_at.filter(|at| *at > self.clock.now()) {
            return self.send_anew(jobs, early.duration_since(self.clock.now())).await;
        }
        match jobs.as_slice() {
            [] => Outcome::Done,
            [received] => self.attempt(received, pace).await,
            several => self.send_anew(several, SignedDuration::ZERO).await,
        }
    }

    /// Sends the jobs of a message anew; the new messages take its place.
    async fn send_anew(&self, received: &[ReceivedJob], delay: SignedDuration) -> Outcome {
        let jobs: Vec<Job> = received.iter().map(|received| received.job.clone()).collect();
        match self.queue.enqueue(&jobs, delay).await {
            Ok(()) => Outcome::Done,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn Error,
                    "a message could not be sent anew and comes again"
                );
                Outcome::Retry
            }
        }
    }

    /// Runs one job, if there is time for it.
    async fn attempt(&self, received: &ReceivedJob, pace: &Pace) -> Outcome {
        if !pace.may_begin() {
            tracing::info!(job.id = %received.id, "a job goes back to the queue because the time is nearly up");
            return timeout_at(pace.end(), self.postpone(received)).await.unwrap_or(Outcome::Retry);
        }
        let begun = Instant::now();
        // Jobs hold no state that a panic could leave half changed: documents change in one write.
        let run = AssertUnwindSafe(self.working.run(received)).catch_unwind();
        let result = timeout_at(pace.latest_end(), run).await;
        pace.note(begun.elapsed());
        match result {
            Ok(Ok(Ok(disposition))) => tell(received, disposition, begun),
            Ok(Ok(Err(error))) => {
                log("a job could not be settled and comes again", received, &error);
                Outcome::Retry
            }
            Ok(Err(_)) => self.settle(received, "it made the program panic", pace).await,
            Err(_) => self.settle(received, "it took longer than the function may run", pace).await,
        }
    }

    /// Gives back a job that was not begun. SQS counts what it hands out and not what is tried, so a job that came for the
    /// first time is sent anew and keeps all its tries. From the second time on the count is evidence: of a suspect, or that
    /// an earlier delivery confirmed an upload and broke off before it was rendered.
    async fn postpone(&self, received: &ReceivedJob) -> Outcome {
        if received.receive_count == 1 {
            return self.send_anew(std::slice::from_ref(received), SignedDuration::ZERO).await;
        }
        note(self.queue.release(&received.receipt, SignedDuration::ZERO).await, received);
        Outcome::Retry
    }

    /// Treats a job whose failure the core could not see like one that failed, as far as the time allows.
    async fn settle(&self, received: &ReceivedJob, reason: &'static str, pace: &Pace) -> Outcome {
        let begun = Instant::now();
        match timeout_at(pace.end(), self.working.break_off(received, reason)).await {
            Ok(Ok(disposition)) => tell(received, disposition, begun),
            Ok(Err(error)) => {
                log("a job that broke off could not be settled and comes again", received, &error);
                Outcome::Retry
            }
            // It comes again when its visibility timeout is over.
            Err(_) => Outcome::Retry,
        }
    }
}

/// Suspects run alone, one after the other, in an order that changes with every delivery: so each of them comes before
/// the guilty one sooner or later, and ends before the function is killed.
fn in_another_order(mut suspects: Vec<&Delivery>) -> Vec<&Delivery> {
    suspects.sort_by_cached_key(|delivery| {
        let mut hasher = DefaultHasher::new();
        (delivery.receive_count, &delivery.message_id).hash(&mut hasher);
        hasher.finish()
    });
    suspects
}

/// A line about a job that was run and settled.
fn tell(received: &ReceivedJob, disposition: Disposition, begun: Instant) -> Outcome {
    let (outcome, name) = match disposition {
        Disposition::Done => (Outcome::Done, "done"),
        Disposition::Retry => (Outcome::Retry, "retry"),
        Disposition::Buried => (Outcome::Done, "buried"),
    };
    let duration_ms = begun.elapsed().as_secs_f64() * 1_000.0;
    let (id, count, kind) = (&received.id, received.receive_count, kind(&received.job));
    tracing::info!(
        job.id = %id, job.kind = kind, job.outcome = name, job.receive_count = count, duration_ms, "a job ended"
    );
    outcome
}

const fn kind(job: &Job) -> &'static str {
    match job {
        Job::ConfirmUpload { .. } => "confirm_upload",
        Job::ProcessPhoto { .. } => "process_photo",
        Job::ReprocessGallery { .. } => "reprocess_gallery",
        Job::BuildPack { .. } => "build_pack",
        Job::ExpandArchive { .. } => "expand_archive",
        Job::Purge { .. } => "purge",
    }
}

fn note(result: Result<(), StorageError>, received: &ReceivedJob) {
    if let Err(error) = result {
        log("a job could not be released and comes again later", received, &error);
    }
}

fn log(message: &str, received: &ReceivedJob, error: &StorageError) {
    tracing::error!(job.id = %received.id, error = error as &dyn Error, "{message}");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_suspect_comes_first_at_some_delivery() {
        let suspect = |receive_count, name: &str| Delivery {
            message_id: name.to_owned(),
            receive_count,
            visible_at: None,
            jobs: Ok(Vec::new()),
        };
        let first = |receive_count| {
            let suspects = ["a", "b", "c"].map(|name| suspect(receive_count, name));
            in_another_order(suspects.iter().collect())[0].message_id.clone()
        };
        let firsts: BTreeSet<String> = (3..=12).map(first).collect();
        assert_eq!(firsts.len(), 3);
    }
}

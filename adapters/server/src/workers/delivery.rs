//! One delivery of one job, from its receipt to its end.

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use halftone_core::job::Job;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::queue::ReceivedJob;
use halftone_core::services::working::Disposition;
use jiff::SignedDuration;

use crate::shutdown::Shutdown;
use crate::workers::Crew;

/// Runs a job and keeps its lease alive. At the deadline of a shutdown the job goes back to the queue.
pub(super) async fn deliver(crew: &Crew, received: &ReceivedJob, shutdown: &Shutdown) {
    let half_lease = Duration::try_from(crew.working.lease() / 2).unwrap_or(Duration::from_secs(1));
    // Jobs hold no state that a panic could leave half changed: documents change in one write.
    let mut run = pin!(AssertUnwindSafe(crew.working.run(received)).catch_unwind());
    let begun = Instant::now();
    loop {
        tokio::select! {
            biased;
            outcome = &mut run => {
                match outcome {
                    Ok(Ok(disposition)) => tell(received, disposition, begun.elapsed()),
                    Ok(Err(error)) => log("a job could not be settled and comes again", received, &error),
                    Err(_) => match crew.working.break_off(received, "it made the program panic").await {
                        Ok(disposition) => tell(received, disposition, begun.elapsed()),
                        Err(error) => log("a job that broke off could not be settled and comes again", received, &error),
                    },
                }
                return;
            }
            () = shutdown.deadline.cancelled() => {
                tracing::warn!(job.id = %received.id, "a job goes back to the queue because the server stops");
                let released = crew.queue.release(&received.receipt, SignedDuration::ZERO).await;
                return note(released, received);
            }
            () = tokio::time::sleep(half_lease) => note(crew.working.extend(received).await, received),
        }
    }
}

/// A line about a job that was run and settled.
fn tell(received: &ReceivedJob, disposition: Disposition, took: Duration) {
    let outcome = match disposition {
        Disposition::Done => "done",
        Disposition::Retry => "retry",
        Disposition::Buried => "buried",
    };
    let duration_ms = took.as_secs_f64() * 1_000.0;
    let (id, count) = (&received.id, received.receive_count);
    match &received.job {
        Job::ConfirmUpload { photo, .. } => tracing::info!(
            job.id = %id, job.kind = "confirm_upload", job.outcome = outcome, job.receive_count = count,
            photo.id = %photo, duration_ms, "a job ended"
        ),
        Job::ProcessPhoto { photo, .. } => tracing::info!(
            job.id = %id, job.kind = "process_photo", job.outcome = outcome, job.receive_count = count,
            photo.id = %photo, duration_ms, "a job ended"
        ),
        Job::ReprocessGallery { gallery, .. } => tracing::info!(
            job.id = %id, job.kind = "reprocess_gallery", job.outcome = outcome, job.receive_count = count,
            gallery.id = %gallery, duration_ms, "a job ended"
        ),
        Job::BuildPack { pack, .. } => tracing::info!(
            job.id = %id, job.kind = "build_pack", job.outcome = outcome, job.receive_count = count,
            pack.id = %pack, duration_ms, "a job ended"
        ),
        Job::ExpandArchive { archive, .. } => tracing::info!(
            job.id = %id, job.kind = "expand_archive", job.outcome = outcome, job.receive_count = count,
            archive.id = %archive, duration_ms, "a job ended"
        ),
        Job::Purge { .. } => tracing::info!(
            job.id = %id, job.kind = "purge", job.outcome = outcome, job.receive_count = count,
            duration_ms, "a job ended"
        ),
    }
}

fn note(result: Result<(), StorageError>, received: &ReceivedJob) {
    if let Err(error) = result {
        log("the lease of a job could not be changed", received, &error);
    }
}

fn log(message: &str, received: &ReceivedJob, error: &StorageError) {
    tracing::error!(job.id = %received.id, error = error as &dyn Error, "{message}");
}

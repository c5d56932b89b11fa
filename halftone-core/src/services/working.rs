//! Running jobs: what to do with each, and what to do when it fails.
//!
//! Every deployment uses this: the in-process workers of the server, and the Lambda worker, which maps the
//! [`Disposition`] to partial-batch failures.

use std::error::Error;

use jiff::{SignedDuration, Timestamp};

use crate::id::{GalleryId, StudioId};
use crate::job::{CursorText, FailureCause, Job};
use crate::page::{PageLimit, PageRequest, Versioned};
use crate::photo::{Photo, PhotoSort, PhotoState};
use crate::ports::documents::DocumentError;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::identity::IdentityError;
use crate::ports::photos::PhotoFilter;
use crate::ports::queue::ReceivedJob;
use crate::ports::renderer::RenderError;
use crate::services::arrivals::confirm_upload;
use crate::services::catalogue::is_lost_race;
use crate::services::expanding::{self, Expanded, expand};
use crate::services::packing;
use crate::services::packing::building::{Built, build};
use crate::services::processing::{give_up, process_photo, was_begun};
use crate::services::purging::{Purged, enqueue as enqueue_purge, purge};
use crate::services::{Dependencies, Shared};

/// Runs jobs.
#[derive(Debug, Clone)]
pub struct Worker {
    world: Shared,
}

/// Why a job failed; another try may mend it.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The renderer failed through a fault of its own.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A document could not be written, through a fault of its writer.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The identity provider failed.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl JobError {
    /// What this failure is put down to.
    pub fn cause(&self) -> FailureCause {
        match self {
            Self::Storage(error) | Self::Identity(IdentityError::Storage(error)) => {
                storage_cause(error.kind())
            }
            Self::Render(_) | Self::Document(_) | Self::Identity(_) => FailureCause::Job,
        }
    }
}

/// Credentials that ended, or a permission that somebody took away by mistake, hit every job alike.
const fn storage_cause(kind: StorageErrorKind) -> FailureCause {
    match kind {
        StorageErrorKind::Unavailable | StorageErrorKind::PermissionDenied => FailureCause::Outage,
        StorageErrorKind::NotFound
        | StorageErrorKind::AlreadyExists
        | StorageErrorKind::Conflict
        | StorageErrorKind::Mismatch
        | StorageErrorKind::Corrupt
        | StorageErrorKind::Unexpected => FailureCause::Job,
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Done; it was acknowledged.
    Done,
    /// It failed and comes again.
    Retry,
    /// It failed for the last time and is a dead letter.
    Buried,
}

impl Worker {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Takes up to `most` jobs from the queue.
    pub async fn receive(&self, most: usize) -> Result<Vec<ReceivedJob>, StorageError> {
        self.world().jobs().receive(most, self.world().settings.job_lease).await
    }

    /// How long a delivery belongs to its worker; half of it is a good time to call [`extend`](Self::extend).
    pub fn lease(&self) -> SignedDuration {
        self.world().settings.job_lease
    }

    /// Keeps a delivery for another lease.
    pub async fn extend(&self, received: &ReceivedJob) -> Result<(), StorageError> {
        self.world().jobs().extend(&received.receipt, self.world().settings.job_lease).await
    }

    /// Does a job and settles its delivery.
    ///
    /// # Errors
    /// The queue itself failed; the delivery comes again when its lease runs out.
    #[tracing::instrument(skip_all, fields(job.id = %received.id, job.receive_count = received.receive_count))]
    pub async fn run(&self, received: &ReceivedJob) -> Result<Disposition, StorageError> {
        let retry = self.world().settings.retry;
        if received.receive_count > retry.most_ever() && self.was_begun(&received.job).await? {
            // It never came to an end, not even to a failure: it takes its worker down with it.
            return self.end(received, "it never came to an end").await;
        }
        let Err(error) = self.attempt(&received.job, received.receive_count).await else {
            self.world().jobs().acknowledge(&received.receipt).await?;
            return Ok(Disposition::Done);
        };
        tracing::warn!(error = &error as &dyn Error, "a job failed");
        self.put_back(received, error.cause(), &error.to_string()).await
    }

    /// Settles a delivery whose failure [`run`](Self::run) could not see, such as a panic or a run out of time, like one
    /// that failed by itself. `reason` completes the sentence "the job was given up because ...".
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    #[tracing::instrument(skip_all, fields(job.id = %received.id, job.receive_count = received.receive_count))]
    pub async fn break_off(&self, received: &ReceivedJob, reason: &str) -> Result<Disposition, StorageError> {
        tracing::error!(reason, "a job broke off");
        self.put_back(received, FailureCause::Job, reason).await
    }

    /// Gives a failed delivery back to the queue, or ends it if that was its last try.
    async fn put_back(
        &self,
        received: &ReceivedJob,
        cause: FailureCause,
        reason: &str,
    ) -> Result<Disposition, StorageError> {
        match self.world().settings.retry.delay_after(received.receive_count, cause) {
            Some(delay) => {
                self.world().jobs().release(&received.receipt, delay).await?;
                Ok(Disposition::Retry)
            }
            None => self.end(received, reason).await,
        }
    }

    async fn end(&self, received: &ReceivedJob, reason: &str) -> Result<Disposition, StorageError> {
        tracing::error!(reason, "a job is given up");
        self.give_up(&received.job).await?;
        self.world().jobs().bury(&received.receipt, reason).await?;
        Ok(Disposition::Buried)
    }

    /// Whether an earlier delivery may have been at this job. The queue counts how often it handed a job out, also to a
    /// worker that had no time for it or died of another one.
    async fn was_begun(&self, job: &Job) -> Result<bool, StorageError> {
        match job {
            Job::ConfirmUpload { studio, photo } | Job::ProcessPhoto { studio, photo } => {
                was_begun(self.world(), *studio, *photo).await
            }
            Job::ReprocessGallery { .. }
            | Job::BuildPack { .. }
            | Job::ExpandArchive { .. }
            | Job::Purge { .. } => Ok(true),
        }
    }

    /// Does a job, without a queue and whatever others may be doing.
    ///
    /// # Errors
    /// Another try may mend it.
    pub async fn perform(&self, job: &Job) -> Result<(), JobError> {
        self.attempt(job, u32::MAX).await
    }

    async fn attempt(&self, job: &Job, receive_count: u32) -> Result<(), JobError> {
        match job {
            Job::ConfirmUpload { studio, photo } => {
                let arrived = confirm_upload(self.world(), *studio, *photo).await?;
                if !arrived && receive_count == 1 {
                    // Whoever confirmed it has enqueued its processing. From the second delivery on, that may have been
                    // this very job, which then broke off.
                    return Ok(());
                }
                process_photo(self.world(), *studio, *photo).await
            }
            Job::ProcessPhoto { studio, photo } => process_photo(self.world(), *studio, *photo).await,
            Job::ReprocessGallery { studio, gallery, after, asked_at } => {
                self.reprocess(*studio, *gallery, after.as_ref(), *asked_at).await
            }
            Job::BuildPack { studio, pack } => match build(self.world(), *studio, *pack).await? {
                Built::Everything => Ok(()),
                // As a new job, as below.
                Built::Part => {
                    let rest = Job::BuildPack { studio: *studio, pack: *pack };
                    Ok(self.world().jobs().enqueue(&[rest], SignedDuration::ZERO).await?)
                }
            },
            Job::ExpandArchive { studio, archive } => match expand(self.world(), *studio, *archive).await? {
                Expanded::Everything => Ok(()),
                // As a new job, as below.
                Expanded::Part => {
                    let rest = Job::ExpandArchive { studio: *studio, archive: *archive };
                    Ok(self.world().jobs().enqueue(&[rest], SignedDuration::ZERO).await?)
                }
            },
            Job::Purge { target } => match purge(self.world(), *target).await? {
                Purged::Everything => Ok(()),
                // As a new job: the count of this one is not for what it got done.
                Purged::Part => Ok(enqueue_purge(self.world(), *target).await?),
            },
        }
    }

    /// Records that a job is given up, where somebody must see it.
    ///
    /// # Errors
    /// The store failed.
    pub async fn give_up(&self, job: &Job) -> Result<(), StorageError> {
        match job {
            Job::ConfirmUpload { studio, photo } | Job::ProcessPhoto { studio, photo } => {
                give_up(self.world(), *studio, *photo).await
            }
            Job::BuildPack { studio, pack } => packing::building::give_up(self.world(), *studio, *pack).await,
            Job::ExpandArchive { studio, archive } => {
                expanding::give_up(self.world(), *studio, *archive).await
            }
            Job::ReprocessGallery { .. } | Job::Purge { .. } => Ok(()),
        }
    }

    /// Gives a failed photo back to processing, unless it has moved on by itself.
    async fn retry(&self, photo: Versioned<Photo>) -> Result<(), StorageError> {
        let Versioned { mut value, version } = photo;
        let now = self.world().clock.now();
        let Ok(state) = value.state.clone().retry(now) else { return Ok(()) };
        value.state = state;
        value.updated_at = now;
        match self.world().metadata().photos.update(&value, version, &[]).await {
            Ok(_) => Ok(()),
            // Whoever changed it in between has enqueued it or deleted it.
            Err(error) if is_lost_race(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Enqueues a page of a gallery's photos, and then the next page.
    async fn reprocess(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        after: Option<&CursorText>,
        asked_at: Timestamp,
    ) -> Result<(), JobError> {
        if self.world().metadata().galleries.find(studio, gallery).await?.is_none() {
            return Ok(());
        }
        let page = PageRequest::after(PageLimit::MOST, after.map(|cursor| cursor.0.clone()));
        let photos = &self.world().metadata().photos;
        // In an order that processing does not change, so that the walk misses nothing.
        let filter = PhotoFilter { sort: PhotoSort::UploadedAt, ..PhotoFilter::default() };
        let found = photos.list(studio, gallery, &filter, &page).await?;
        let mut jobs = Vec::with_capacity(found.items.len() + 1);
        for photo in found.items {
            let id = photo.value.id;
            if let PhotoState::Failed { at, .. } = photo.value.state {
                if at > asked_at {
                    continue;
                }
                self.retry(photo).await?;
            }
            jobs.push(Job::ProcessPhoto { studio, photo: id });
        }
        if !jobs.is_empty() {
            self.world().jobs().enqueue(&jobs, SignedDuration::ZERO).await?;
        }
        if let Some(next) = found.next {
            let next = Job::ReprocessGallery { studio, gallery, after: Some(CursorText(next)), asked_at };
            self.world().jobs().enqueue(&[next], SignedDuration::ZERO).await?;
        }
        Ok(())
    }
}

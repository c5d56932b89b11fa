//! Jobs that were given up: what they are, and trying them again.

use anyhow::{Context as _, bail};
use halftone_core::access::{Principal, StudioMember};
use halftone_core::id::{JobId, PhotoId, StudioId};
use halftone_core::job::Job;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::Backend;
use halftone_core::ports::queue::DeadLetter;
use halftone_core::services::catalogue::CatalogueError;

use crate::console;
use crate::wiring::Studio;

/// Prints them, a line each.
///
/// # Errors
/// The store failed.
pub(super) async fn list(backend: &Backend) -> anyhow::Result<()> {
    let letters = all(backend).await?;
    if letters.is_empty() {
        console::say("No job was given up.");
    }
    for letter in letters {
        console::say(format!(
            "{}  {}  given up at {} after {} tries: {}",
            letter.id,
            describe(&letter.job),
            letter.at,
            letter.receive_count,
            letter.reason
        ));
    }
    Ok(())
}

fn describe(job: &Job) -> String {
    match job {
        Job::ConfirmUpload { photo, .. } => format!("confirm the upload of photo {photo}"),
        Job::ProcessPhoto { photo, .. } => format!("process photo {photo}"),
        Job::ReprocessGallery { gallery, .. } => format!("reprocess gallery {gallery}"),
        Job::BuildPack { pack, .. } => format!("build pack {pack}"),
        Job::ExpandArchive { archive, .. } => format!("expand archive {archive}"),
        Job::Purge { target } => format!("purge {target:?}"),
    }
}

async fn all(backend: &Backend) -> anyhow::Result<Vec<DeadLetter>> {
    let mut letters = Vec::new();
    let mut after = None;
    loop {
        let page = PageRequest::after(PageLimit::MOST, after);
        let found = backend.queue.dead_letters.list(&page).await?;
        letters.extend(found.items);
        after = found.next;
        if after.is_none() {
            return Ok(letters);
        }
    }
}

/// Puts one back on the queue.
///
/// # Errors
/// There is no such job among those that were given up, or the store failed.
pub(super) async fn retry_one(studio: &Studio, job: JobId) -> anyhow::Result<()> {
    let letters = all(&studio.backend).await?;
    let Some(letter) = letters.iter().find(|letter| letter.id == job) else {
        bail!("no job {job} was given up; `halftone admin failed-jobs` lists those that were");
    };
    retry(studio, letter).await?;
    console::say("1 job is back on the queue; it runs when the server starts.");
    Ok(())
}

/// Puts all of them back on the queue.
///
/// # Errors
/// The store failed.
pub(super) async fn retry_all(studio: &Studio) -> anyhow::Result<()> {
    let letters = all(&studio.backend).await?;
    for letter in &letters {
        retry(studio, letter).await.with_context(|| format!("cannot retry job {}", letter.id))?;
    }
    console::say(format!("{} job(s) are back on the queue; they run when the server starts.", letters.len()));
    Ok(())
}

/// A photo whose job was given up usually shows `failed`, and its jobs have no effect until it is `uploaded` again. So a
/// photo is retried like its studio would do it, which enqueues a fresh job; the dead letter has served its purpose.
async fn retry(studio: &Studio, letter: &DeadLetter) -> anyhow::Result<()> {
    let dead_letters = &studio.backend.queue.dead_letters;
    let outcome = match &letter.job {
        Job::ConfirmUpload { studio: owner, photo } | Job::ProcessPhoto { studio: owner, photo } => {
            retry_photo(studio, *owner, *photo).await?
        }
        Job::ReprocessGallery { .. }
        | Job::BuildPack { .. }
        | Job::ExpandArchive { .. }
        | Job::Purge { .. } => PhotoOutcome::NotFailed,
    };
    match outcome {
        PhotoOutcome::Enqueued | PhotoOutcome::Gone => dead_letters.discard(letter.id).await?,
        PhotoOutcome::NotFailed => dead_letters.retry(letter.id).await?,
    }
    Ok(())
}

/// What retrying a photo came to.
enum PhotoOutcome {
    /// It waits for a fresh job.
    Enqueued,
    /// It was deleted in between.
    Gone,
    /// It still shows what was made of it before, and the job itself must run again.
    NotFailed,
}

async fn retry_photo(studio: &Studio, owner: StudioId, photo: PhotoId) -> anyhow::Result<PhotoOutcome> {
    let Some(found) = studio.backend.metadata.studios.find(owner).await? else {
        return Ok(PhotoOutcome::Gone);
    };
    // Whoever can open the data directory owns every studio in it.
    let member = Principal::Studio(StudioMember { user: found.value.owner, studio: owner });
    match studio.services.photos.retry(&member, photo).await {
        Ok(_) => Ok(PhotoOutcome::Enqueued),
        Err(CatalogueError::Absent(_)) => Ok(PhotoOutcome::Gone),
        Err(CatalogueError::WrongState { .. }) => Ok(PhotoOutcome::NotFailed),
        Err(error) => Err(error.into()),
    }
}

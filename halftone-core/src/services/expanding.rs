//! Expanding archives into photos: the report of one, and the job that makes it.
//!
//! The job reads the directory of the ZIP file by a range of its own, and then each entry by another, which it inflates,
//! checks and sends into the object store piece by piece. So memory does not grow with the archive, nor with any entry. After
//! some entries it notes in the archive's document how far it came; what it did since then it does again after a crash, with
//! the same ids of photos, so that no photo comes twice.

use jiff::SignedDuration;

use crate::access::{AccessDenied, Principal};
use crate::archive::{Archive, ArchiveEntry, ArchiveState, EntryOutcome};
use crate::fault::{Fault, FaultKind};
use crate::id::{ArchiveId, StudioId};
use crate::job::Job;
use crate::page::{PageLimit, Versioned};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::processing::remove;
use crate::services::working::JobError;
use crate::services::{Dependencies, Shared};
use crate::zip::reading::{DirectoryEntry, UnreadableArchive};

mod directory;
mod entries;

use self::directory::Listing;

/// How many entries are expanded between two notes in the document: what a crash may lose of the work.
const ENTRIES_A_WRITE: usize = 25;

/// How much one run expands; the rest is another job, so that an archive of any size fits into the time that a function has.
const ENTRIES_A_RUN: usize = 200;
const BYTES_A_RUN: u64 = 2 << 30;

/// Tells what became of archives.
#[derive(Debug, Clone)]
pub struct ExpandingService {
    world: Shared,
}

/// Why a call on archives failed.
#[derive(Debug, thiserror::Error)]
pub enum ExpandingError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ExpandingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    /// An archive with the report of what was looked at so far.
    pub async fn get(&self, principal: &Principal, archive: ArchiveId) -> Result<Archive, ExpandingError> {
        let studio = principal.manage()?;
        let found = self.world.metadata().archives.find(studio, archive).await?;
        Ok(found.ok_or(Absent::new(Resource::Archive))?.value)
    }
}

/// Notes that the bytes of an archive are safe; `None` if somebody else was faster. The job is the caller's; if it gets lost,
/// the sweep enqueues it again.
pub(crate) async fn begin(
    world: &Dependencies,
    archive: Versioned<Archive>,
) -> Result<Option<Archive>, StorageError> {
    let Versioned { mut value, version } = archive;
    let now = world.clock.now();
    value.state = ArchiveState::Expanding { since: now };
    value.due_at = now + world.settings.stalled_after;
    value.updated_at = now;
    match world.metadata().archives.update(&value, version).await {
        Ok(_) => Ok(Some(value)),
        Err(error) if is_lost_race(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Enqueues the job of an archive.
pub(crate) async fn enqueue(world: &Dependencies, archive: &Archive) -> Result<(), StorageError> {
    let job = Job::ExpandArchive { studio: archive.studio, archive: archive.id };
    world.jobs().enqueue(&[job], SignedDuration::ZERO).await
}

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Expanded {
    /// There is nothing more to do.
    Everything,
    /// There is more, for another run.
    Part,
}

/// Expands entries of an archive, up to a bound.
///
/// # Errors
/// Another run may mend it.
pub(crate) async fn expand(
    world: &Dependencies,
    studio: StudioId,
    id: ArchiveId,
) -> Result<Expanded, JobError> {
    let Some(archive) = find_arrived(world, studio, id).await? else { return Ok(Expanded::Everything) };
    if world.metadata().galleries.find(studio, archive.value.gallery).await?.is_none() {
        let reason = Fault::new(FaultKind::GalleryDeleted, "The gallery was deleted.");
        end(world, archive, Some(reason)).await?;
        return Ok(Expanded::Everything);
    }
    let listing = match directory::read(world, &archive.value).await {
        Ok(listing) => listing,
        Err(directory::Failure::Unreadable(error)) => {
            end(world, archive, Some(fault_of(error))).await?;
            return Ok(Expanded::Everything);
        }
        Err(directory::Failure::Missing) => {
            end(world, archive, Some(Fault::missing())).await?;
            return Ok(Expanded::Everything);
        }
        Err(directory::Failure::Storage(error)) => return Err(error.into()),
    };
    expand_entries(world, archive, &listing).await
}

/// The archive, if its bytes are there and it has not ended. One whose upload nobody completed is taken all the same: an
/// object store's own notice becomes this job too.
async fn find_arrived(
    world: &Dependencies,
    studio: StudioId,
    id: ArchiveId,
) -> Result<Option<Versioned<Archive>>, StorageError> {
    for _ in 0..ATTEMPTS {
        let Some(archive) = world.metadata().archives.find(studio, id).await? else { return Ok(None) };
        match archive.value.state {
            ArchiveState::Expanding { .. } => return Ok(Some(archive)),
            ArchiveState::Expanded { .. } | ArchiveState::Failed { .. } => return Ok(None),
            ArchiveState::Pending { .. } => {
                if !has_arrived(world, &archive.value).await? {
                    return Ok(None);
                }
                // Whoever wins, the next look finds it expanding.
                begin(world, archive).await?;
            }
        }
    }
    Err(exhausted("find archive", id))
}

async fn has_arrived(world: &Dependencies, archive: &Archive) -> Result<bool, StorageError> {
    let info = world.backend.objects.store.head(archive.key().into()).await?;
    Ok(info.is_some_and(|info| info.size_bytes == archive.size_bytes.get()))
}

async fn expand_entries(
    world: &Dependencies,
    archive: Versioned<Archive>,
    listing: &Listing,
) -> Result<Expanded, JobError> {
    let (mut archive, mut entries_left, mut bytes_left) = (archive, ENTRIES_A_RUN, BYTES_A_RUN);
    loop {
        let from = archive.value.looked_at as usize;
        let batch = next_batch(listing, from, entries_left.min(ENTRIES_A_WRITE), bytes_left);
        if batch.is_empty() {
            if from >= listing.entries.len() {
                end(world, archive, None).await?;
                return Ok(Expanded::Everything);
            }
            return Ok(Expanded::Part);
        }
        for (position, entry) in batch.iter().zip(from..).map(|(entry, position)| (position, entry)) {
            if !entry.is_no_file() {
                let outcome = entries::expand(world, &archive.value, position, entry).await?;
                archive.value.entries.push(ArchiveEntry::new(&entry.name, outcome));
            }
            bytes_left = bytes_left.saturating_sub(entry.size_bytes);
        }
        entries_left -= batch.len();
        let now = world.clock.now();
        archive.value.looked_at += u32::try_from(batch.len()).unwrap_or(u32::MAX);
        archive.value.due_at = now + world.settings.stalled_after;
        archive.value.updated_at = now;
        match world.metadata().archives.update(&archive.value, archive.version).await {
            Ok(version) => archive.version = version,
            // Another worker is at it, or it was purged.
            Err(error) if is_lost_race(&error) => return Ok(Expanded::Everything),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The next entries that the bounds cover; at least one, if there is any budget.
fn next_batch(listing: &Listing, from: usize, most: usize, bytes_left: u64) -> &[DirectoryEntry] {
    let rest = listing.entries.get(from..).unwrap_or_default();
    if bytes_left == 0 {
        return &[];
    }
    rest.get(..most.min(rest.len())).unwrap_or_default()
}

/// Notes that nothing is to be done any more, for a reason if it failed, and removes the file. If this dies in between, the
/// sweep removes it.
async fn end(
    world: &Dependencies,
    archive: Versioned<Archive>,
    failure: Option<Fault>,
) -> Result<(), StorageError> {
    let Versioned { mut value, version } = archive;
    let now = world.clock.now();
    value.state = match failure {
        Some(reason) => ArchiveState::Failed { reason, at: now },
        None => ArchiveState::Expanded { at: now },
    };
    value.due_at = now + world.settings.stalled_after;
    value.updated_at = now;
    match world.metadata().archives.update(&value, version).await {
        Ok(_) => {
            remove(world, &[value.key().into()]).await;
            Ok(())
        }
        Err(error) if is_lost_race(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What the photographer reads.
fn fault_of(error: UnreadableArchive) -> Fault {
    let kind = match error {
        UnreadableArchive::NoEnd => FaultKind::NoArchive,
        UnreadableArchive::Damaged | UnreadableArchive::Overlapping => FaultKind::Damaged,
        UnreadableArchive::Parts => FaultKind::SplitArchive,
        UnreadableArchive::TooManyEntries { .. } => FaultKind::TooMany,
        UnreadableArchive::DirectoryTooLarge | UnreadableArchive::TooLarge => FaultKind::TooLarge,
    };
    Fault::new(kind, &format!("The archive cannot be read: {error}."))
}

/// A refusal of an entry.
fn refused(kind: FaultKind, sentence: &str) -> EntryOutcome {
    EntryOutcome::Refused(Fault::new(kind, sentence))
}

/// Says on an archive that its job was given up.
///
/// # Errors
/// The store failed.
pub(crate) async fn give_up(
    world: &Dependencies,
    studio: StudioId,
    id: ArchiveId,
) -> Result<(), StorageError> {
    let Some(archive) = world.metadata().archives.find(studio, id).await? else { return Ok(()) };
    if archive.value.has_ended() {
        return Ok(());
    }
    let sentence =
        "Expanding failed several times through a fault of the server. Please upload the rest again.";
    end(world, archive, Some(Fault::new(FaultKind::Server, sentence))).await
}

/// Takes care of archives that are due: enqueues those whose job got lost, takes those whose upload nobody completed, removes
/// files that are done with, unused tickets and old reports. Tells how many were enqueued.
///
/// # Errors
/// The store failed.
pub(crate) async fn sweep(world: &Dependencies) -> Result<usize, StorageError> {
    let now = world.clock.now();
    let mut requeued = 0;
    for archive in world.metadata().archives.list_due(now, PageLimit::MOST).await? {
        let (studio, id) = (archive.value.studio, archive.value.id);
        let is_unused = matches!(archive.value.state, ArchiveState::Pending { .. })
            && !has_arrived(world, &archive.value).await?;
        let is_old = now >= archive.value.updated_at.checked_add(Archive::REPORT_LIFETIME).unwrap_or(now);
        if is_unused || archive.value.has_ended() {
            remove_file(world, &archive.value).await?;
            if is_unused || is_old {
                world.metadata().archives.delete(studio, id).await?;
                continue;
            }
        }
        let Versioned { mut value, version } = archive;
        let (has_ended, ends_at) =
            (value.has_ended(), value.updated_at.checked_add(Archive::REPORT_LIFETIME));
        value.due_at = if has_ended { ends_at.unwrap_or(now) } else { now + world.settings.stalled_after };
        match world.metadata().archives.update(&value, version).await {
            Ok(_) if has_ended => {}
            Ok(_) => {
                enqueue(world, &value).await?;
                requeued += 1;
            }
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(requeued)
}

async fn remove_file(world: &Dependencies, archive: &Archive) -> Result<(), StorageError> {
    let key = archive.key().into();
    match world.backend.objects.multipart.abort(key).await {
        Err(error) if error.kind() != StorageErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for outcome in world.backend.objects.store.delete_many(&[key]).await {
        outcome.result?;
    }
    Ok(())
}

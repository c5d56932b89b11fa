//! The job behind a pack: seeing to it that its files are there, and noting what the archive needs to know of them.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::lab::{PaperError, stage, write_paper};
use super::storing::{abandon, store_some};
use crate::fault::{Fault, FaultKind};
use crate::id::{PackId, PhotoId, StudioId};
use crate::job::Job;
use crate::object_key::{
    DeliveryKey, ObjectKey, ObjectPrefix, OriginalKey, PackArchiveKey, PackDocumentKey, PrintKey,
    RenditionKey,
};
use crate::pack::{Pack, PackDelivery, PackEntry, PackFile, PackOwner, PackState, Seal};
use crate::page::{PageLimit, Versioned};
use crate::photo::Sha256Hash;
use crate::ports::documents::DocumentError;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, stream_of};
use crate::rendition::ClientRendition;
use crate::services::Dependencies;
use crate::services::catalogue::is_lost_race;
use crate::services::delivering::{DeliveryError, ensure_copy, ensure_print};
use crate::services::packing::Originals;
use crate::services::processing::remove;
use crate::services::purging::delete_objects;
use crate::services::working::JobError;
use crate::zip::Crc32;

/// How much one run does; the rest is another job, so that a pack of any size fits into the time that a function has. A
/// file that is there already counts as one.
const WORK_A_RUN: u32 = 400;

/// What making a file counts as.
const WORK_OF_RENDERING: u32 = 20;

/// What writing a part of the archive counts as: some 16 MiB, read and written.
const WORK_OF_PART: u32 = 10;

/// How many parts are written by one write of the pack.
const PARTS_A_WRITE: u32 = 4;

/// How many files are sealed by one write of the pack: what a crash may lose of the work.
const FILES_A_WRITE: usize = 50;

/// How many files are read at once. None of them is held in memory.
const READ_AT_ONCE: usize = 4;

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Built {
    /// There is nothing more to do.
    Everything,
    /// There is more, for another run.
    Part,
}

/// Why a step failed.
pub(super) enum Failure {
    /// It can never be.
    Hopeless(Fault),
    /// Another try may mend it.
    Job(JobError),
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Job(error.into())
    }
}

/// What one step of a run did.
enum Step {
    /// A part of what was left; the pack says which.
    More,
    /// What was left.
    Last,
    /// Nothing: the run has done as much as it may.
    Spent,
}

/// Makes a pack, up to a bound: seals its files, then puts it into the object store if it leaves from there. What is done
/// stays so, whatever happens to the run.
///
/// # Errors
/// Another run may mend it.
pub(crate) async fn build(world: &Dependencies, studio: StudioId, id: PackId) -> Result<Built, JobError> {
    let mut budget = WORK_A_RUN;
    loop {
        let Some(Versioned { mut value, version }) = world.metadata().packs.find(studio, id).await? else {
            let key = PackArchiveKey { studio, pack: id }.into();
            world.backend.objects.multipart.abort(key).await?;
            return Ok(Built::Everything);
        };
        if value.state != PackState::Building {
            return Ok(Built::Everything);
        }
        let is_sealed = value.sealed() == value.entries.as_slice().len();
        let step = if is_sealed {
            store_next(world, &mut value, &mut budget).await
        } else {
            seal_next(world, &mut value, &mut budget).await
        };
        let now = world.clock.now();
        match step {
            Ok(Step::More) => {
                value.due_at = now + world.settings.stalled_after;
                value.updated_at = now;
            }
            Ok(Step::Last) => value.finish(now),
            Ok(Step::Spent) => return Ok(Built::Part),
            Err(Failure::Hopeless(reason)) => value.fail(reason, now),
            Err(Failure::Job(error)) => return Err(error),
        }
        match world.metadata().packs.update(&value, version).await {
            Ok(_) => {}
            // Another worker sealed the same files, or the pack ended.
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Seals the next files.
async fn seal_next(world: &Dependencies, pack: &mut Pack, budget: &mut u32) -> Result<Step, Failure> {
    let batch = next_batch(pack, *budget);
    if batch.is_empty() {
        return Ok(Step::Spent);
    }
    *budget = budget.saturating_sub(batch.iter().map(|position| work_of(pack, *position)).sum());
    for (position, seal) in seal_all(world, pack, &batch).await? {
        pack.entries.seal(position, seal);
    }
    Ok(Step::More)
}

/// Writes the next parts of the archive, if it is to be stored.
async fn store_next(world: &Dependencies, pack: &mut Pack, budget: &mut u32) -> Result<Step, Failure> {
    if pack.delivery == PackDelivery::Streamed {
        return Ok(Step::Last);
    }
    let parts = PARTS_A_WRITE.min(*budget / WORK_OF_PART);
    if parts == 0 {
        return Ok(Step::Spent);
    }
    *budget -= parts * WORK_OF_PART;
    let is_whole = store_some(world, pack, parts as usize).await?;
    Ok(if is_whole { Step::Last } else { Step::More })
}

fn work_of(pack: &Pack, position: usize) -> u32 {
    match pack.entries.as_slice().get(position).map(|entry| entry.file) {
        Some(PackFile::Sized { .. } | PackFile::Print { .. }) => WORK_OF_RENDERING,
        _ => 1,
    }
}

/// The next files that the budget covers, all of one stage.
fn next_batch(pack: &Pack, mut budget: u32) -> Vec<usize> {
    let entries = pack.entries.as_slice().iter().enumerate();
    let unsealed = entries.filter(|(_, entry)| entry.seal.is_none());
    let Some(next) = unsealed.clone().map(|(_, entry)| stage(entry.file)).min() else { return Vec::new() };
    let waiting = unsealed.filter(|(_, entry)| stage(entry.file) == next).map(|(position, _)| position);
    let within = waiting.take_while(|position| match budget.checked_sub(work_of(pack, *position)) {
        Some(rest) => {
            budget = rest;
            true
        }
        None => false,
    });
    within.take(FILES_A_WRITE).collect()
}

async fn seal_all(
    world: &Dependencies,
    pack: &Pack,
    positions: &[usize],
) -> Result<Vec<(usize, Seal)>, Failure> {
    let entries = pack.entries.as_slice();
    let originals = &originals_of(world, pack, positions).await?;
    let is_rendered = positions.iter().any(|position| work_of(pack, *position) > 1);
    // Each rendering holds an original in memory.
    let at_once = if is_rendered { 1 } else { READ_AT_ONCE };
    let seals: Vec<_> = positions
        .iter()
        .filter_map(|&position| Some((position, entries.get(position)?)))
        .map(|(position, entry)| async move { Ok((position, seal(world, pack, originals, entry).await?)) })
        .collect();
    stream::iter(seals).buffered(at_once).try_collect().await
}

/// What is the original of each photo of these files now. One whose photo is gone is missing from it, and its file will be
/// missing too.
pub(super) async fn originals_of(
    world: &Dependencies,
    pack: &Pack,
    positions: &[usize],
) -> Result<Originals, StorageError> {
    let entries = pack.entries.as_slice();
    let files = positions.iter().filter_map(|&position| entries.get(position).map(|entry| entry.file));
    let mut photos: Vec<PhotoId> = files.filter_map(PackFile::photo).collect();
    photos.sort_unstable();
    photos.dedup();
    let mut originals = Originals::default();
    for part in photos.chunks(PageLimit::MOST.get()) {
        let found = world.metadata().photos.find_many(pack.studio, part).await?;
        originals.note(found.into_iter().map(|photo| photo.value));
    }
    Ok(originals)
}

async fn seal(
    world: &Dependencies,
    pack: &Pack,
    originals: &Originals,
    entry: &PackEntry,
) -> Result<Seal, Failure> {
    let key = object_key(pack, originals, entry.file);
    let gone = || {
        let sentence = format!("{} is no longer there. Please ask again.", entry.name);
        Failure::Hopeless(Fault::new(FaultKind::Gone, &sentence))
    };
    let made = match (entry.file, key) {
        (PackFile::Print { photo, layout, .. }, ObjectKey::Print(key)) => {
            let replacement = originals.of(photo);
            let original = OriginalKey { studio: pack.studio, photo, replacement };
            ensure_print(world, key, original, layout).await
        }
        (_, ObjectKey::Delivery(copy)) => ensure_copy(world, copy).await,
        (PackFile::Document { number }, _) => return seal_paper(world, pack, key, entry, number).await,
        _ => Ok(()),
    };
    match made {
        Ok(()) => {}
        Err(DeliveryError::Storage(error)) if error.kind() == StorageErrorKind::NotFound => {
            return Err(gone());
        }
        Err(DeliveryError::Storage(error)) => return Err(error.into()),
        Err(DeliveryError::Render(error)) if error.is_transient() => return Err(Failure::Job(error.into())),
        Err(DeliveryError::Render(error)) => {
            let Fault { kind, sentence } = error.fault();
            let sentence = format!("{}: {sentence}", entry.name);
            return Err(Failure::Hopeless(Fault::new(kind, &sentence)));
        }
        Err(_) => return Err(gone()),
    }
    // A lab's manifest tells the hashes of its files.
    let is_told = matches!(pack.owner, PackOwner::Order(_));
    match measure(world, key, is_told).await {
        Err(error) if error.kind() == StorageErrorKind::NotFound => Err(gone()),
        measured => Ok(measured?),
    }
}

/// Writes one of a pack's papers, whatever an earlier run may have written.
async fn seal_paper(
    world: &Dependencies,
    pack: &Pack,
    key: ObjectKey,
    entry: &PackEntry,
    number: u16,
) -> Result<Seal, Failure> {
    let paper = match write_paper(world, pack, number).await {
        Ok(paper) => paper,
        Err(PaperError::Changed) => {
            let sentence = "The order was changed while its pack was being made. Please ask again.";
            return Err(Failure::Hopeless(Fault::new(FaultKind::OrderChanged, sentence)));
        }
        Err(PaperError::Storage(error)) => return Err(error.into()),
        Err(PaperError::Document(error)) if error.is_transient() => return Err(Failure::Job(error.into())),
        Err(PaperError::Document(error)) => {
            let kind = match error {
                DocumentError::TooMany { .. } => FaultKind::TooMany,
                DocumentError::Internal { .. } => FaultKind::Server,
            };
            return Err(Failure::Hopeless(Fault::new(kind, &format!("{}: {error}", entry.name))));
        }
    };
    let seal = Seal {
        size_bytes: paper.len() as u64,
        crc32: Crc32(crc32fast::hash(&paper)),
        sha256: Some(Sha256Hash::from_bytes(Sha256::digest(&paper).into())),
    };
    let expected = Expected { size_bytes: Some(seal.size_bytes), sha256: seal.sha256 };
    world.backend.objects.store.put(key, stream_of(paper), expected).await?;
    Ok(seal)
}

/// Reads an object through, without holding it.
async fn measure(world: &Dependencies, key: ObjectKey, is_hashed: bool) -> Result<Seal, StorageError> {
    let mut body = world.backend.objects.store.get(key, None).await?;
    let mut checksum = crc32fast::Hasher::new();
    let mut hasher = is_hashed.then(Sha256::new);
    let mut size_bytes = 0;
    while let Some(piece) = body.stream.try_next().await? {
        checksum.update(&piece);
        if let Some(hasher) = &mut hasher {
            hasher.update(&piece);
        }
        size_bytes += piece.len() as u64;
    }
    if size_bytes != body.info.size_bytes {
        return Err(StorageError::new(StorageErrorKind::Unavailable, "read to its end", key));
    }
    let sha256 = hasher.map(|hasher| Sha256Hash::from_bytes(hasher.finalize().into()));
    Ok(Seal { size_bytes, crc32: Crc32(checksum.finalize()), sha256 })
}

pub(super) fn object_key(pack: &Pack, originals: &Originals, file: PackFile) -> ObjectKey {
    let studio = pack.studio;
    match file {
        PackFile::Original { photo } => {
            ObjectKey::Original(OriginalKey { studio, photo, replacement: originals.of(photo) })
        }
        PackFile::Sized { photo, long_edge_px } => {
            ObjectKey::Delivery(DeliveryKey { studio, photo, replacement: originals.of(photo), long_edge_px })
        }
        PackFile::Proof { photo, fingerprint, format } => {
            let rendition = ClientRendition::Proof;
            ObjectKey::Rendition(RenditionKey { studio, photo, rendition, fingerprint, format })
        }
        PackFile::Print { photo, fingerprint, .. } => {
            ObjectKey::Print(PrintKey { studio, photo, fingerprint })
        }
        PackFile::Document { number } => {
            ObjectKey::PackDocument(PackDocumentKey { studio, pack: pack.id, number })
        }
    }
}

/// The files that were made for this pack alone.
fn prints_of(pack: &Pack) -> Vec<ObjectKey> {
    let print = |entry: &PackEntry| match entry.file {
        PackFile::Print { photo, fingerprint, .. } => {
            Some(ObjectKey::Print(PrintKey { studio: pack.studio, photo, fingerprint }))
        }
        _ => None,
    };
    pack.entries.as_slice().iter().filter_map(print).collect()
}

/// Says on a pack that its job was given up.
pub(crate) async fn give_up(world: &Dependencies, studio: StudioId, id: PackId) -> Result<(), StorageError> {
    let packs = &world.metadata().packs;
    let Some(Versioned { mut value, version }) = packs.find(studio, id).await? else { return Ok(()) };
    if value.state != PackState::Building {
        return Ok(());
    }
    let reason = Fault::new(FaultKind::Server, "It could not be put together. Please try again later.");
    value.fail(reason, world.clock.now());
    match packs.update(&value, version).await {
        Err(error) if !is_lost_race(&error) => Err(error),
        _ => abandon(world, &value).await,
    }
}

/// Removes packs that have ended, and puts those on the queue again whose job got lost. Tells how many of the latter.
pub(crate) async fn sweep(world: &Dependencies) -> Result<usize, StorageError> {
    let packs = &world.metadata().packs;
    let now = world.clock.now();
    let mut requeued = 0;
    for Versioned { mut value, version } in packs.list_due(now, PageLimit::MOST).await? {
        if now >= value.expires_at {
            abandon(world, &value).await?;
            delete_objects(world, ObjectPrefix::Pack(value.studio, value.id)).await?;
            remove(world, &prints_of(&value)).await;
            packs.delete(value.studio, value.id).await?;
            continue;
        }
        value.due_at = (now + world.settings.stalled_after).min(value.expires_at);
        match packs.update(&value, version).await {
            Ok(_) => {
                let job = Job::BuildPack { studio: value.studio, pack: value.id };
                world.jobs().enqueue(&[job], jiff::SignedDuration::ZERO).await?;
                requeued += 1;
            }
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(requeued)
}

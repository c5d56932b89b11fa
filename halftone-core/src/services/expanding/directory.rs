//! Reading the directory of an archive out of the object store, range by range.

use std::ops::Range;

use bytes::Bytes;

use crate::archive::Archive;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::services::Dependencies;
use crate::zip::reading::{Directory, DirectoryEntry, EndOfArchive, FoundEnd, UnreadableArchive};

/// Why there is no directory.
pub(super) enum Failure {
    /// The file is at fault.
    Unreadable(UnreadableArchive),
    /// The file is gone.
    Missing,
    /// The store failed.
    Storage(StorageError),
}

impl From<UnreadableArchive> for Failure {
    fn from(error: UnreadableArchive) -> Self {
        Self::Unreadable(error)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        match error.kind() {
            StorageErrorKind::NotFound => Self::Missing,
            _ => Self::Storage(error),
        }
    }
}

/// What an archive holds.
pub(super) struct Listing {
    /// Its entries, in the order of its directory.
    pub(super) entries: Vec<DirectoryEntry>,
}

/// Reads the directory, of which no more than [`Directory::MOST_BYTES`] are held.
pub(super) async fn read(world: &Dependencies, archive: &Archive) -> Result<Listing, Failure> {
    let size_bytes = archive.size_bytes.get();
    let tail = size_bytes.saturating_sub(EndOfArchive::LONGEST)..size_bytes;
    let tail = read_range(world, archive, tail).await?;
    let end = match EndOfArchive::find(&tail, size_bytes)? {
        FoundEnd::Whole(end) => end,
        FoundEnd::Wide(record) => {
            EndOfArchive::read_wide(&read_range(world, archive, record.clone()).await?, &record)?
        }
    };
    Directory::check(&end, Archive::MOST_ENTRIES)?;
    let directory = if end.directory.is_empty() {
        Bytes::new()
    } else {
        read_range(world, archive, end.directory.clone()).await?
    };
    let entries = Directory::parse(&directory, &end)?;
    let total = entries.iter().fold(0_u64, |total, entry| total.saturating_add(entry.size_bytes));
    if total > Archive::MOST_EXPANDED_BYTES {
        return Err(UnreadableArchive::TooLarge.into());
    }
    Ok(Listing { entries })
}

/// Reads a range, which the caller has bounded, into memory.
pub(super) async fn read_range(
    world: &Dependencies,
    archive: &Archive,
    range: Range<u64>,
) -> Result<Bytes, StorageError> {
    let length = range.end - range.start;
    let body = world.backend.objects.store.get(archive.key().into(), Some(range)).await?;
    body.read(length).await
}

//! One entry of an archive on its way to becoming a photo.

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use uuid::Builder;

use super::refused;
use crate::archive::{Archive, EntryOutcome};
use crate::fault::{Fault, FaultKind};
use crate::id::PhotoId;
use crate::job::Job;
use crate::page::{Version, Versioned};
use crate::photo::{FileSize, Photo, PhotoState, Replacements, SourceType};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, ObjectStream};
use crate::services::Dependencies;
use crate::services::catalogue::is_lost_race;
use crate::text::{Filename, Line, Prose, Tags};
use crate::zip::reading::{DirectoryEntry, Inflater, Inflation, Method};

/// How much of an entry is looked at to tell what it is.
const SNIFFED_BYTES: usize = 16;

/// Expands an entry, or says why not.
///
/// # Errors
/// The store failed; the entry is expanded again by the next run.
pub(super) async fn expand(
    world: &Dependencies,
    archive: &Archive,
    position: usize,
    entry: &DirectoryEntry,
) -> Result<EntryOutcome, StorageError> {
    if let Some(reason) = refusal(world, entry) {
        return Ok(EntryOutcome::Refused(reason));
    }
    let Ok(filename) = Filename::parse(entry.label()) else {
        return Ok(refused(FaultKind::UnusableName, "Its name cannot be the name of a photo."));
    };
    let Some(content) = open(world, archive, entry).await? else { return Ok(damaged()) };
    let (beginning, content) = match beginning(content).await {
        Ok(read) => read,
        Err(error) if error.kind() == StorageErrorKind::Mismatch => return Ok(damaged()),
        Err(error) => return Err(error),
    };
    let content_type = match sniff(&beginning) {
        Sniffed::Picture(content_type) => content_type,
        Sniffed::Archive => {
            return Ok(refused(FaultKind::NestedArchive, "An archive inside an archive is not expanded."));
        }
        Sniffed::Other => return Ok(refused(FaultKind::NoPicture, "It is not a JPEG, PNG, WebP or TIFF.")),
    };
    let Ok(size_bytes) = FileSize::parse(entry.size_bytes) else {
        return Ok(refused(FaultKind::Empty, "It is empty."));
    };
    let photo = planned(world, archive, position, filename, size_bytes, content_type);
    store(world, photo, content).await
}

fn damaged() -> EntryOutcome {
    refused(FaultKind::Damaged, "It is damaged: its content is not what the archive says.")
}

/// Why an entry is refused before any of it is read.
fn refusal(world: &Dependencies, entry: &DirectoryEntry) -> Option<Fault> {
    let most_bytes = world.settings.most_upload_bytes;
    let fault = |kind, sentence: &str| Some(Fault::new(kind, sentence));
    match entry.method {
        Method::Encrypted => return fault(FaultKind::Encrypted, "It is encrypted with a password."),
        Method::Other(number) => {
            let sentence = format!("It is compressed in a way that is not supported (method {number}).");
            return fault(FaultKind::UnknownCompression, &sentence);
        }
        Method::Stored | Method::Deflated => {}
    }
    if entry.size_bytes == 0 {
        return fault(FaultKind::Empty, "It is empty.");
    }
    if entry.size_bytes > most_bytes {
        return fault(FaultKind::TooLarge, &format!("It has more than {most_bytes} bytes."));
    }
    if entry.size_bytes / Archive::MOST_RATIO > entry.compressed_bytes {
        return fault(FaultKind::Overcompressed, "It is compressed more than any photo can be.");
    }
    None
}

/// The photo that an entry becomes. Its id follows from the archive and the entry's place, so that a second run makes the
/// same one.
fn planned(
    world: &Dependencies,
    archive: &Archive,
    position: usize,
    filename: Filename,
    size_bytes: FileSize,
    content_type: SourceType,
) -> Photo {
    let now = world.clock.now();
    Photo {
        id: photo_id(archive, position),
        studio: archive.studio,
        gallery: archive.gallery,
        filename,
        size_bytes,
        content_type,
        sha256: None,
        state: PhotoState::Pending { expires_at: now + world.settings.ticket_lifetime },
        replacements: Replacements::default(),
        facts: None,
        title: Line::empty(),
        description: Prose::empty(),
        tags: Tags::default(),
        section: None,
        created_at: now,
        updated_at: now,
    }
}

/// A UUID of version 7 with the time of the archive, and a hash where randomness would be.
fn photo_id(archive: &Archive, position: usize) -> PhotoId {
    let digest = Sha256::new()
        .chain_update(archive.id.as_uuid())
        .chain_update((position as u64).to_be_bytes())
        .finalize();
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&digest[..10]);
    let milliseconds = u64::try_from(archive.created_at.as_millisecond()).unwrap_or(0);
    PhotoId::from_uuid(Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid())
}

/// Stores photo and bytes, in this order: whoever hears of the bytes from the object store must find the photo.
async fn store(
    world: &Dependencies,
    photo: Photo,
    content: ObjectStream,
) -> Result<EntryOutcome, StorageError> {
    let photos = &world.metadata().photos;
    let became = EntryOutcome::Photo(photo.id);
    let mut version = Version::FIRST;
    match photos.create_many(std::slice::from_ref(&photo)).await {
        Ok(()) => {}
        Err(error) if error.kind() == StorageErrorKind::AlreadyExists => {
            match photos.find(photo.studio, photo.id).await? {
                // An earlier run died in the middle of it.
                Some(found) if matches!(found.value.state, PhotoState::Pending { .. }) => {
                    version = found.version;
                }
                // An earlier run did it; whoever deleted the photo since then knows why.
                Some(_) | None => return Ok(became),
            }
        }
        Err(error) => return Err(error),
    }
    let expected = Expected { size_bytes: Some(photo.size_bytes.get()), sha256: None };
    match world.backend.objects.store.put(photo.original_key().into(), content, expected).await {
        Ok(stored) => {
            finish(world, Versioned::new(Photo { sha256: stored.sha256, ..photo }, version)).await?;
            Ok(became)
        }
        Err(error) if error.kind() == StorageErrorKind::Mismatch => {
            // Nothing of it was stored, and nobody has seen it.
            photos.mark_deleted(photo.studio, photo.id, world.clock.now()).await?;
            photos.purge(photo.studio, photo.id).await?;
            Ok(damaged())
        }
        Err(error) => Err(error),
    }
}

/// Moves the photo on and enqueues its job. The job also removes it if its gallery was deleted meanwhile.
async fn finish(world: &Dependencies, photo: Versioned<Photo>) -> Result<(), StorageError> {
    let Versioned { mut value, version } = photo;
    let now = world.clock.now();
    value.state = PhotoState::Uploaded { at: now };
    value.updated_at = now;
    match world.metadata().photos.update(&value, version, &[]).await {
        Ok(_) => {}
        // The object store's notice has moved it on.
        Err(error) if is_lost_race(&error) => {}
        Err(error) => return Err(error),
    }
    let job = Job::ProcessPhoto { studio: value.studio, photo: value.id };
    world.jobs().enqueue(&[job], SignedDuration::ZERO).await
}

/// The content of an entry; `None` if there is none where the directory says. The stream ends with a mismatch if the content
/// is not what the directory says.
async fn open(
    world: &Dependencies,
    archive: &Archive,
    entry: &DirectoryEntry,
) -> Result<Option<ObjectStream>, StorageError> {
    let header = super::directory::read_range(world, archive, entry.local_header()).await?;
    let size_bytes = archive.size_bytes.get();
    let Some(range) = entry.content(&header).filter(|range| range.end <= size_bytes) else { return Ok(None) };
    if range.is_empty() {
        return Ok(None);
    }
    let body = world.backend.objects.store.get(archive.key().into(), Some(range)).await?;
    let state = (body.stream, Inflater::new(entry));
    Ok(Some(Box::pin(stream::try_unfold(state, |(mut input, mut inflater)| async move {
        loop {
            let inflation = inflater.next().map_err(|error| {
                StorageError::new(StorageErrorKind::Mismatch, "inflate", "an entry").with_source(error)
            })?;
            match inflation {
                Inflation::Some(content) => return Ok(Some((content, (input, inflater)))),
                Inflation::End => return Ok(None),
                Inflation::Hungry => inflater.feed(input.try_next().await?),
            }
        }
    }))))
}

/// Reads as much of a stream as tells what it is, and gives back the whole stream.
async fn beginning(mut content: ObjectStream) -> Result<(Bytes, ObjectStream), StorageError> {
    let mut read = BytesMut::new();
    while read.len() < SNIFFED_BYTES {
        match content.try_next().await? {
            Some(piece) => read.extend_from_slice(&piece),
            None => break,
        }
    }
    let read = read.freeze();
    let first = read.clone();
    Ok((read, Box::pin(stream::once(async move { Ok(first) }).chain(content))))
}

enum Sniffed {
    Picture(SourceType),
    Archive,
    Other,
}

/// What the first bytes say; the name of an entry says nothing.
fn sniff(beginning: &[u8]) -> Sniffed {
    match beginning {
        [0xff, 0xd8, 0xff, ..] => Sniffed::Picture(SourceType::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Sniffed::Picture(SourceType::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            Sniffed::Picture(SourceType::WebP)
        }
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Sniffed::Picture(SourceType::Tiff),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Sniffed::Archive,
        _ => Sniffed::Other,
    }
}

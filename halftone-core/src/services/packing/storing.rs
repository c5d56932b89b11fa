//! Putting a pack into the object store.
//!
//! The archive is laid out before any of it is written, so its parts can be made one by one, by whichever run comes to them.
//! What a crash loses is the parts since the pack was last written.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::building::{Failure, object_key, originals_of};
use super::content::bytes_of;
use crate::object_key::{ObjectKey, PackArchiveKey};
use crate::pack::{Pack, PackDelivery};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, MultipartId, PartNumber, UploadedPart};
use crate::services::Dependencies;
use crate::zip::{ZipLayout, ZipPiece};

/// How long a part is at least. S3 takes parts from 5 MiB, and holds each in memory while it is sent.
const LEAST_PART_BYTES: u64 = 16 << 20;

/// The most parts of an upload: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>.
const MOST_PARTS: u64 = 10_000;

/// Where a pack lies once it is whole.
fn key_of(pack: &Pack) -> ObjectKey {
    PackArchiveKey { studio: pack.studio, pack: pack.id }.into()
}

/// Forgets the parts of a pack that will not be joined any more.
pub(super) async fn abandon(world: &Dependencies, pack: &Pack) -> Result<(), StorageError> {
    match pack.delivery {
        PackDelivery::Stored { .. } => world.backend.objects.multipart.abort(key_of(pack)).await,
        PackDelivery::Streamed => Ok(()),
    }
}

/// Writes the next parts of a pack whose files are all sealed, at most so many, and joins them after the last one. Tells
/// whether the archive is there now; a pack that is streamed needs none.
///
/// # Errors
/// Another run may mend it; it begins again if the parts of earlier ones are lost.
pub(super) async fn store_some(
    world: &Dependencies,
    pack: &mut Pack,
    most_parts: usize,
) -> Result<bool, Failure> {
    let (PackDelivery::Stored { marks }, Some(layout)) = (&pack.delivery, pack.layout()) else {
        return Ok(true);
    };
    let (upload, mut marks) = upload_of(world, pack, marks).await?;
    let ranges = ranges_of_parts(layout.size_bytes());
    for range in ranges.iter().skip(marks.len()).take(most_parts) {
        let mark = put_part(world, pack, &layout, &upload, marks.len(), range.clone()).await?;
        marks.push(mark);
    }
    let is_whole = marks.len() == ranges.len();
    if is_whole {
        join(world, pack, &upload, &marks, layout.size_bytes()).await?;
        marks.clear();
    }
    pack.delivery = PackDelivery::Stored { marks };
    Ok(is_whole)
}

/// The upload under way, with the marks of its parts; another one if it is gone, or was joined by a run that did not come to
/// saying so.
async fn upload_of(
    world: &Dependencies,
    pack: &Pack,
    marks: &[String],
) -> Result<(MultipartId, Vec<String>), StorageError> {
    let multipart = &world.backend.objects.multipart;
    if !marks.is_empty()
        && let Some(upload) = multipart.find(key_of(pack)).await?
    {
        return Ok((upload, marks.to_vec()));
    }
    Ok((multipart.begin(key_of(pack)).await?, Vec::new()))
}

/// The parts of an archive of this size: equally long, but for the last one.
fn ranges_of_parts(size_bytes: u64) -> Vec<Range<u64>> {
    let length = size_bytes.div_ceil(MOST_PARTS).max(LEAST_PART_BYTES);
    let count = size_bytes.div_ceil(length);
    (0..count).map(|part| part * length..size_bytes.min((part + 1) * length)).collect()
}

/// The number of the part at this place.
fn number(place: usize) -> Result<PartNumber, StorageError> {
    let number = i64::try_from(place + 1).map_err(|_| unnumbered(place))?;
    PartNumber::parse(number).map_err(|_| unnumbered(place))
}

fn unnumbered(place: usize) -> StorageError {
    StorageError::new(StorageErrorKind::Unexpected, "number part of pack", place)
}

async fn put_part(
    world: &Dependencies,
    pack: &Pack,
    layout: &ZipLayout,
    upload: &MultipartId,
    place: usize,
    range: Range<u64>,
) -> Result<String, Failure> {
    let most_bytes = range.end - range.start;
    let pieces = layout.pieces(range);
    let entries = pack.entries.as_slice();
    let read = pieces.iter().filter_map(|piece| match piece {
        ZipPiece::Content { entry, .. } => Some(*entry),
        ZipPiece::Bytes(_) => None,
    });
    let read: Vec<usize> = read.collect();
    // A photo that was replaced since is read as it is now, if it has the same length: such a pack is not served.
    let originals = originals_of(world, pack, &read).await?;
    let place_of = |number: usize| Some((number, object_key(pack, &originals, entries.get(number)?.file)));
    let keys: HashMap<usize, ObjectKey> = read.into_iter().filter_map(place_of).collect();
    let objects = &world.backend.objects;
    let content = bytes_of(Arc::clone(&objects.store), move |entry| keys.get(&entry).copied(), pieces);
    let part = objects.multipart.put_part(key_of(pack), upload, number(place)?, content, most_bytes).await?;
    Ok(part.etag)
}

async fn join(
    world: &Dependencies,
    pack: &Pack,
    upload: &MultipartId,
    marks: &[String],
    size_bytes: u64,
) -> Result<(), StorageError> {
    let part =
        |(place, mark): (usize, &String)| Ok(UploadedPart { number: number(place)?, etag: mark.clone() });
    let parts = marks.iter().enumerate().map(part).collect::<Result<Vec<_>, StorageError>>()?;
    let multipart = &world.backend.objects.multipart;
    let expected = Expected { size_bytes: Some(size_bytes), sha256: None };
    match multipart.complete(key_of(pack), upload, &parts, expected).await {
        Ok(_) => Ok(()),
        Err(error) => {
            if matches!(error.kind(), StorageErrorKind::NotFound | StorageErrorKind::Mismatch) {
                // Two runs at once wrote the same part. Without the upload the next run begins again.
                multipart.abort(key_of(pack)).await?;
            }
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_an_archive_and_are_as_s3_takes_them() {
        const FIVE_TIB: u64 = 5 << 40;
        for size_bytes in [22, LEAST_PART_BYTES, LEAST_PART_BYTES + 1, 100 << 30, FIVE_TIB] {
            let ranges = ranges_of_parts(size_bytes);
            assert!(ranges.len() as u64 <= MOST_PARTS, "{size_bytes}");
            assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, size_bytes));
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start), "{size_bytes}");
            let lengths = ranges.iter().map(|range| range.end - range.start);
            let shortest = lengths.clone().take(ranges.len() - 1).min();
            assert!(shortest.is_none_or(|length| length >= LEAST_PART_BYTES), "{size_bytes}");
        }
    }
}

//! Reading one object, wholly or in part.

use std::ops::Range;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use futures_util::stream;
use halftone_core::object_key::ObjectKey;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{ObjectBody, ObjectInfo, ObjectStream};

use super::bucket::{Bucket, incomplete, mark_of, size_of, time_of};
use super::error::failed;

const GET: &str = "get object";

/// Opens an object.
pub(super) async fn get(
    bucket: &Bucket,
    key: ObjectKey,
    range: Option<Range<u64>>,
) -> Result<ObjectBody, StorageError> {
    if let Some(range) = range.as_ref().filter(|range| range.is_empty()) {
        return get_nothing(bucket, key, range.start).await;
    }
    let request = bucket
        .client
        .get_object()
        .bucket(&bucket.name)
        .key(key.to_string())
        .set_range(range.as_ref().map(range_header));
    let output = request.send().await.map_err(|error| failed(GET, key, error))?;
    let (info, held) = describe(&output, range.is_some()).ok_or_else(|| incomplete(GET, key))?;
    let stream = counted(key, output.body, held.end - held.start);
    Ok(ObjectBody { info, range: held, stream })
}

/// The header counts inclusively, and S3 reads signed numbers.
fn range_header(range: &Range<u64>) -> String {
    let most = i64::MAX.unsigned_abs();
    format!("bytes={}-{}", range.start.min(most), (range.end - 1).min(most))
}

/// HTTP has no way to ask for no bytes.
async fn get_nothing(bucket: &Bucket, key: ObjectKey, start: u64) -> Result<ObjectBody, StorageError> {
    let failed = |kind| StorageError::new(kind, GET, key);
    let info = bucket.head(key).await?.ok_or_else(|| failed(StorageErrorKind::NotFound))?;
    if start >= info.size_bytes {
        return Err(failed(StorageErrorKind::Mismatch));
    }
    Ok(ObjectBody { info, range: start..start, stream: Box::pin(stream::empty()) })
}

/// The whole object's description, and which bytes of it the answer holds.
fn describe(output: &GetObjectOutput, is_part: bool) -> Option<(ObjectInfo, Range<u64>)> {
    let length = size_of(output.content_length())?;
    let (held, size_bytes) = match output.content_range() {
        Some(header) => parse_content_range(header)?,
        None if is_part => return None,
        None => (0..length, length),
    };
    let (etag, modified_at) = (mark_of(output.e_tag())?, time_of(output.last_modified())?);
    (held.end - held.start == length).then_some((ObjectInfo { size_bytes, etag, modified_at }, held))
}

/// `bytes 7-9/10` is the range from 7 to 10 of 10.
fn parse_content_range(header: &str) -> Option<(Range<u64>, u64)> {
    let (held, size) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = held.split_once('-')?;
    // Why `ok`: a header that does not parse is no answer.
    let number = |text: &str| text.parse::<u64>().ok();
    let (first, last, size) = (number(first)?, number(last)?, number(size)?);
    (first <= last && last < size).then_some((first..last + 1, size))
}

/// The bytes of an answer. One that ends early fails, so that nobody takes it for the whole.
fn counted(key: ObjectKey, body: ByteStream, length: u64) -> ObjectStream {
    let cut_off = move || StorageError::new(StorageErrorKind::Unavailable, "read object", key);
    Box::pin(stream::try_unfold((body, length), move |(mut body, remaining)| async move {
        match body.next().await {
            Some(Ok(piece)) => {
                let remaining = remaining.checked_sub(piece.len() as u64).ok_or_else(cut_off)?;
                Ok(Some((piece, (body, remaining))))
            }
            Some(Err(error)) => Err(cut_off().with_source(error)),
            None if remaining > 0 => Err(cut_off().with_source("the answer ended early")),
            None => Ok(None),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_asked_for_inclusively_and_within_signed_numbers() {
        assert_eq!(range_header(&(7..10)), "bytes=7-9");
        assert_eq!(range_header(&(7..u64::MAX)), "bytes=7-9223372036854775807");
    }

    #[test]
    fn a_content_range_is_read() {
        assert_eq!(parse_content_range("bytes 7-9/10"), Some((7..10, 10)));
        for wrong in ["bytes */10", "bytes 9-7/10", "bytes 7-10/10", "7-9/10", "bytes 7-9/*"] {
            assert_eq!(parse_content_range(wrong), None, "{wrong}");
        }
    }
}

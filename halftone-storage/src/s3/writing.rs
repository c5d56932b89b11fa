//! Writing one object: in one request if it is small, in parts otherwise.
//!
//! At most one piece of the content is in memory. Size and hash are compared before S3 makes anything visible, and
//! S3 checks the SHA-256 of every request against what arrives.

use aws_sdk_s3::operation::upload_part::UploadPartOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use halftone_core::object_key::ObjectKey;
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::objects::{Expected, ObjectInfo, ObjectStream, StoredObject};
use sha2::{Digest as _, Sha256};

use super::bucket::{Bucket, cache_control, incomplete, mark_of, media_type};
use super::error::failed;
use super::incoming::{Incoming, mismatch};
use super::open_uploads::{self, UnfinishedUpload};

/// Up to this size an object is sent in one request.
const SINGLE_REQUEST_BYTES: usize = 16 << 20;

/// The size of a part; S3 takes no less than 5 MiB but for the last one.
const PART_BYTES: usize = 8 << 20;

/// S3's limit; with parts of this size it is reached at 78 GiB.
const MOST_PARTS: i32 = 10_000;

const PUT: &str = "put object";

/// Stores content, replacing what there is.
pub(super) async fn put(
    bucket: &Bucket,
    key: ObjectKey,
    content: ObjectStream,
    expected: Expected,
) -> Result<StoredObject, StorageError> {
    let mut incoming = Incoming::new(key, content, expected);
    let beginning = incoming.next(SINGLE_REQUEST_BYTES).await?;
    if incoming.is_over() {
        let (size_bytes, sha256) = incoming.finish()?;
        let etag = put_whole(bucket, key, beginning, sha256).await?;
        return Ok(stored(bucket, key, size_bytes, etag, sha256).await);
    }
    // Dropping this, as an abandoned call does, drops the parts.
    let upload = open_uploads::create(bucket, key, Some(ChecksumAlgorithm::Sha256)).await?;
    let upload = UnfinishedUpload::new(bucket.clone(), key, upload);
    match put_in_parts(bucket, key, upload.id(), beginning, incoming).await {
        Ok((size_bytes, etag, sha256)) => {
            upload.finish();
            Ok(stored(bucket, key, size_bytes, etag, sha256).await)
        }
        Err(error) => {
            upload.abort().await;
            Err(error)
        }
    }
}

async fn stored(
    bucket: &Bucket,
    key: ObjectKey,
    size_bytes: u64,
    etag: String,
    sha256: Sha256Hash,
) -> StoredObject {
    let modified_at = bucket.time_of_write(key).await;
    StoredObject { info: ObjectInfo { size_bytes, etag, modified_at }, sha256: Some(sha256) }
}

/// Sends everything at once and tells the object's mark.
async fn put_whole(
    bucket: &Bucket,
    key: ObjectKey,
    content: Bytes,
    sha256: Sha256Hash,
) -> Result<String, StorageError> {
    let request = bucket
        .client
        .put_object()
        .bucket(&bucket.name)
        .key(key.to_string())
        .content_type(media_type(key))
        .set_cache_control(cache_control(key))
        .set_server_side_encryption(bucket.encryption.method())
        .set_ssekms_key_id(bucket.encryption.key())
        .checksum_sha256(STANDARD.encode(sha256.as_bytes()))
        .body(ByteStream::from(content));
    // The signed checksum protects the body; hashing it again for the signature would only cost time.
    let sent = request.customize().disable_payload_signing().send().await;
    let output = sent.map_err(|error| failed(PUT, key, error))?;
    mark_of(output.e_tag()).ok_or_else(|| incomplete(PUT, key))
}

/// Sends part after part and joins them if the whole is what is expected. Tells its size, mark and hash.
async fn put_in_parts(
    bucket: &Bucket,
    key: ObjectKey,
    upload: &str,
    beginning: Bytes,
    mut incoming: Incoming,
) -> Result<(u64, String, Sha256Hash), StorageError> {
    let (mut parts, mut waiting) = (Vec::new(), beginning);
    loop {
        if waiting.is_empty() {
            waiting = incoming.next(PART_BYTES).await?;
        }
        if waiting.is_empty() {
            break;
        }
        let part = waiting.split_to(waiting.len().min(PART_BYTES));
        let number = next_number(&parts).ok_or_else(|| mismatch(key))?;
        parts.push(send_part(bucket, key, upload, number, part).await?);
    }
    let (size_bytes, sha256) = incoming.finish()?;
    let etag = join(bucket, key, upload, parts).await?;
    Ok((size_bytes, etag, sha256))
}

fn next_number(parts: &[CompletedPart]) -> Option<i32> {
    let number = parts.last().and_then(CompletedPart::part_number).unwrap_or(0) + 1;
    (number <= MOST_PARTS).then_some(number)
}

async fn send_part(
    bucket: &Bucket,
    key: ObjectKey,
    upload: &str,
    number: i32,
    content: Bytes,
) -> Result<CompletedPart, StorageError> {
    let sha256 = STANDARD.encode(hash(&content).await);
    let request = bucket
        .client
        .upload_part()
        .bucket(&bucket.name)
        .key(key.to_string())
        .upload_id(upload)
        .part_number(number)
        .checksum_sha256(&sha256)
        .body(ByteStream::from(content));
    let sent = request.customize().disable_payload_signing().send().await;
    let output: UploadPartOutput = sent.map_err(|error| failed(PUT, key, error))?;
    let part = CompletedPart::builder()
        .part_number(number)
        .checksum_sha256(sha256)
        .set_e_tag(output.e_tag().map(str::to_owned));
    Ok(part.build())
}

/// The checksum of one part, which is not that of the whole.
async fn hash(content: &Bytes) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for step in content.chunks(256 << 10) {
        hasher.update(step);
        tokio::task::yield_now().await;
    }
    hasher.finalize().into()
}

/// Joins parts into the object and tells its mark.
pub(super) async fn join(
    bucket: &Bucket,
    key: ObjectKey,
    upload: &str,
    parts: Vec<CompletedPart>,
) -> Result<String, StorageError> {
    const JOIN: &str = "complete upload of";
    let request = bucket
        .client
        .complete_multipart_upload()
        .bucket(&bucket.name)
        .key(key.to_string())
        .upload_id(upload)
        .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build());
    let output = request.send().await.map_err(|error| failed(JOIN, key, error))?;
    mark_of(output.e_tag()).ok_or_else(|| incomplete(JOIN, key))
}

//! Uploads in parts, by browsers or by the server.
//!
//! S3 names uploads itself, so the open one of a key is looked for. Two that begin at the same moment both look
//! again and keep the older one. S3 tells their age in seconds, and within a second lists the older one first (as the documentation of
//! `ListMultipartUploads` has it). A server that lists them in another order may let the second look prefer the younger: parts that were sent
//! to the other are then missing, and have to be sent again. Parts carry no checksum of their own: browsers send none, and S3 takes either all or
//! none.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedPart, Part};
use halftone_core::object_key::ObjectKey;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    Expected, MultipartId, MultipartStore, ObjectInfo, ObjectStream, PartNumber, StoredObject, UploadedPart,
};

use super::bucket::{Bucket, incomplete, mark_of, size_of};
use super::error::failed;
use super::incoming::Incoming;
use super::open_uploads::{self, OpenUpload};
use super::writing;

const COMPLETE: &str = "complete upload of";
const PUT_PART: &str = "put part of";

/// Keeps parts in a bucket. A part that comes through the server is in memory as a whole, up to the caller's
/// bound, because S3 must know its length first.
#[derive(Debug)]
pub struct S3MultipartStore {
    bucket: Bucket,
}

impl S3MultipartStore {
    pub(super) const fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }

    /// The oldest open upload that is not a large `put` under way.
    async fn find_open(&self, key: ObjectKey) -> Result<Option<OpenUpload>, StorageError> {
        let open = open_uploads::list(&self.bucket, key).await?;
        // Of several that began in one second that is the first.
        Ok(open.into_iter().filter(|upload| !upload.is_put).min_by_key(|upload| upload.began_at))
    }

    /// What has arrived, by part number.
    async fn arrived(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
    ) -> Result<BTreeMap<i32, Part>, StorageError> {
        let mut parts = self
            .bucket
            .client
            .list_parts()
            .bucket(&self.bucket.name)
            .key(key.to_string())
            .upload_id(&upload.0)
            .into_paginator()
            .items()
            .send();
        let mut arrived = BTreeMap::new();
        while let Some(part) = parts.try_next().await.map_err(|error| failed(COMPLETE, key, error))? {
            arrived.insert(part.part_number().unwrap_or_default(), part);
        }
        Ok(arrived)
    }
}

/// S3 takes an empty id for no id, and answers something else altogether.
fn check_id(operation: &'static str, key: ObjectKey, upload: &MultipartId) -> Result<(), StorageError> {
    if upload.0.is_empty() {
        return Err(StorageError::new(StorageErrorKind::NotFound, operation, key));
    }
    Ok(())
}

/// The parts to be joined in order of their numbers, and the size of the whole.
fn choose(
    named: &[UploadedPart],
    arrived: &BTreeMap<i32, Part>,
    expected: Expected,
) -> Result<(Vec<CompletedPart>, u64), StorageErrorKind> {
    let mut named: Vec<&UploadedPart> = named.iter().collect();
    named.sort_by_key(|part| part.number);
    if named.is_empty() || named.windows(2).any(|pair| pair[0].number == pair[1].number) {
        return Err(StorageErrorKind::Mismatch);
    }
    let (mut chosen, mut size_bytes) = (Vec::with_capacity(named.len()), 0);
    for part in named {
        let number = i32::from(part.number.get());
        let found = arrived.get(&number).ok_or(StorageErrorKind::NotFound)?;
        if mark_of(found.e_tag()).as_deref() != Some(&part.etag) {
            return Err(StorageErrorKind::Mismatch);
        }
        size_bytes += size_of(found.size()).ok_or(StorageErrorKind::Unexpected)?;
        let etag = found.e_tag().map(str::to_owned);
        chosen.push(CompletedPart::builder().part_number(number).set_e_tag(etag).build());
    }
    if expected.size_bytes.is_some_and(|expected| expected != size_bytes) {
        return Err(StorageErrorKind::Mismatch);
    }
    Ok((chosen, size_bytes))
}

#[async_trait]
impl MultipartStore for S3MultipartStore {
    async fn begin(&self, key: ObjectKey) -> Result<MultipartId, StorageError> {
        if let Some(open) = self.find_open(key).await? {
            return Ok(MultipartId(open.id));
        }
        let created = open_uploads::create(&self.bucket, key, None).await?;
        match self.find_open(key).await? {
            Some(older) if older.id != created => {
                open_uploads::abort(&self.bucket, key, &created).await?;
                Ok(MultipartId(older.id))
            }
            _ => Ok(MultipartId(created)),
        }
    }

    async fn find(&self, key: ObjectKey) -> Result<Option<MultipartId>, StorageError> {
        Ok(self.find_open(key).await?.map(|open| MultipartId(open.id)))
    }

    async fn put_part(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        number: PartNumber,
        content: ObjectStream,
        most_bytes: u64,
    ) -> Result<UploadedPart, StorageError> {
        check_id(PUT_PART, key, upload)?;
        let mut incoming = Incoming::new(key, content, Expected::default());
        let most = usize::try_from(most_bytes).unwrap_or(usize::MAX).saturating_add(1);
        let content = incoming.next(most).await?;
        if content.len() as u64 > most_bytes {
            return Err(StorageError::new(StorageErrorKind::Mismatch, PUT_PART, key));
        }
        let request = self
            .bucket
            .client
            .upload_part()
            .bucket(&self.bucket.name)
            .key(key.to_string())
            .upload_id(&upload.0)
            .part_number(i32::from(number.get()))
            .body(ByteStream::from(content));
        let output = request.send().await.map_err(|error| failed(PUT_PART, key, error))?;
        let etag = mark_of(output.e_tag()).ok_or_else(|| incomplete(PUT_PART, key))?;
        Ok(UploadedPart { number, etag })
    }

    async fn complete(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        parts: &[UploadedPart],
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        check_id(COMPLETE, key, upload)?;
        let arrived = self.arrived(key, upload).await?;
        let (parts, size_bytes) =
            choose(parts, &arrived, expected).map_err(|kind| StorageError::new(kind, COMPLETE, key))?;
        let etag = writing::join(&self.bucket, key, &upload.0, parts).await?;
        let modified_at = self.bucket.time_of_write(key).await;
        Ok(StoredObject { info: ObjectInfo { size_bytes, etag, modified_at }, sha256: None })
    }

    async fn abort(&self, key: ObjectKey) -> Result<(), StorageError> {
        for upload in open_uploads::list(&self.bucket, key).await? {
            open_uploads::abort(&self.bucket, key, &upload.id).await?;
        }
        Ok(())
    }
}

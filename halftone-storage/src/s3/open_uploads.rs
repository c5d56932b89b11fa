//! Uploads in parts that are under way: making, finding and dropping them.

use aws_sdk_s3::types::{ChecksumAlgorithm, MultipartUpload};
use halftone_core::object_key::ObjectKey;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use jiff::Timestamp;
use tokio::runtime::Handle;

use super::bucket::{Bucket, cache_control, media_type, time_of};
use super::error::failed;

const FIND: &str = "find uploads of";

/// An upload under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenUpload {
    /// In whole seconds.
    pub(super) began_at: Option<Timestamp>,
    /// How S3 names it.
    pub(super) id: String,
    /// Whether it belongs to a large `put` and will never be anybody else's. Those alone announce SHA-256.
    pub(super) is_put: bool,
}

impl OpenUpload {
    fn read(upload: &MultipartUpload) -> Option<Self> {
        Some(Self {
            began_at: time_of(upload.initiated()),
            id: upload.upload_id()?.to_owned(),
            is_put: upload.checksum_algorithm() == Some(&ChecksumAlgorithm::Sha256),
        })
    }
}

/// Begins an upload; every part must carry the checksum, if one is named.
pub(super) async fn create(
    bucket: &Bucket,
    key: ObjectKey,
    checksum: Option<ChecksumAlgorithm>,
) -> Result<String, StorageError> {
    const BEGIN: &str = "begin upload of";
    let request = bucket
        .client
        .create_multipart_upload()
        .bucket(&bucket.name)
        .key(key.to_string())
        .content_type(media_type(key))
        .set_cache_control(cache_control(key))
        .set_server_side_encryption(bucket.encryption.method())
        .set_ssekms_key_id(bucket.encryption.key())
        .set_checksum_algorithm(checksum);
    let output = request.send().await.map_err(|error| failed(BEGIN, key, error))?;
    let unnamed =
        || StorageError::new(StorageErrorKind::Unexpected, BEGIN, key).with_source("it was given no id");
    output.upload_id().map(str::to_owned).ok_or_else(unnamed)
}

/// Every open upload of a key, the oldest first: S3 lists them so, and knows more of their age than the seconds that it tells.
pub(super) async fn list(bucket: &Bucket, key: ObjectKey) -> Result<Vec<OpenUpload>, StorageError> {
    let text = key.to_string();
    let request = || bucket.client.list_multipart_uploads().bucket(&bucket.name).prefix(&text);
    let mut found = Vec::new();
    let (mut next_key, mut next_id) = (None, None);
    loop {
        let page = request().set_key_marker(next_key).set_upload_id_marker(next_id);
        let page = page.send().await.map_err(|error| failed(FIND, key, error))?;
        // The prefix is also that of longer keys.
        let of_key = page.uploads().iter().filter(|upload| upload.key() == Some(&text));
        found.extend(of_key.filter_map(OpenUpload::read));
        if page.is_truncated() != Some(true) || page.next_key_marker().is_none() {
            return Ok(found);
        }
        (next_key, next_id) = (page.next_key_marker, page.next_upload_id_marker);
    }
}

/// Drops an upload and its parts; dropping the absent succeeds.
pub(super) async fn abort(bucket: &Bucket, key: ObjectKey, upload: &str) -> Result<(), StorageError> {
    let request =
        bucket.client.abort_multipart_upload().bucket(&bucket.name).key(key.to_string()).upload_id(upload);
    match request.send().await.map_err(|error| failed("abort upload of", key, error)) {
        Err(error) if error.kind() != StorageErrorKind::NotFound => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// An upload that is dropped with this value, unless it is finished.
#[derive(Debug)]
pub(super) struct UnfinishedUpload {
    bucket: Bucket,
    key: ObjectKey,
    id: String,
    is_over: bool,
}

impl UnfinishedUpload {
    pub(super) fn new(bucket: Bucket, key: ObjectKey, id: String) -> Self {
        Self { bucket, key, id, is_over: false }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Its parts have become an object.
    pub(super) fn finish(mut self) {
        self.is_over = true;
    }

    /// Drops the parts and waits for it.
    pub(super) async fn abort(mut self) {
        abort_or_log(&self.bucket, self.key, &self.id).await;
        self.is_over = true;
    }
}

impl Drop for UnfinishedUpload {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let (bucket, key, id) = (self.bucket.clone(), self.key, self.id.clone());
            drop(runtime.spawn(async move { abort_or_log(&bucket, key, &id).await }));
        } else {
            tracing::warn!(object.key = %self.key, "the parts of an abandoned upload stay");
        }
    }
}

/// Nobody waits for the result. What stays is invisible, and the bucket's lifecycle rule drops it.
async fn abort_or_log(bucket: &Bucket, key: ObjectKey, upload: &str) {
    if let Err(error) = abort(bucket, key, upload).await {
        tracing::warn!(
            object.key = %key,
            error = &error as &dyn std::error::Error,
            "the parts of a failed upload stay"
        );
    }
}

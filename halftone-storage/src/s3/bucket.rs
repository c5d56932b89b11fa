//! One bucket, and what every write to it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types;
use halftone_core::clock::Clock;
use halftone_core::object_key::ObjectKey;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::ObjectInfo;
use jiff::Timestamp;

use super::error::head_failed;
use super::spec::ServerSideEncryption;

/// Browsers keep a rendition for good: its key holds the fingerprint of its options, so its bytes never change.
/// Shared caches must not keep it.
const FOR_GOOD: &str = "private, max-age=31536000, immutable";

/// A bucket with the client that reaches it; clones share the connections.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) encryption: ServerSideEncryption,
    pub(super) clock: Arc<dyn Clock>,
    /// Whether the bucket was there once. Clones share the answer.
    is_seen: Arc<AtomicBool>,
}

impl Bucket {
    pub(super) fn new(
        client: &Client,
        name: String,
        encryption: ServerSideEncryption,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { client: with_our_checksums(client), name, encryption, clock, is_seen: Arc::default() }
    }

    pub(super) fn with_client(&self, client: &Client) -> Self {
        Self { client: with_our_checksums(client), ..self.clone() }
    }

    /// Asks S3 whether the bucket is there, and ours.
    pub(super) async fn check(&self) -> Result<(), StorageError> {
        let request = self.client.head_bucket().bucket(&self.name);
        let named = format!("bucket {}", self.name);
        match request.send().await.map_err(|error| head_failed("look at", &named, error)) {
            Err(error) if error.kind() == StorageErrorKind::NotFound => {
                Err(StorageError::new(StorageErrorKind::Unexpected, "look at", named)
                    .with_source("there is no such bucket"))
            }
            Err(error) => Err(error),
            Ok(_) => {
                self.is_seen.store(true, Ordering::Relaxed);
                Ok(())
            }
        }
    }

    /// What S3 knows of an object, or `None`. Where it says that there is none, it may mean the bucket, which its answer
    /// to HEAD does not tell apart; so it is asked for that too, until the bucket was seen once.
    pub(super) async fn head(&self, key: ObjectKey) -> Result<Option<ObjectInfo>, StorageError> {
        let request = self.client.head_object().bucket(&self.name).key(key.to_string());
        let head = match request.send().await.map_err(|error| head_failed("head object", key, error)) {
            Err(error) if error.kind() == StorageErrorKind::NotFound => {
                if !self.is_seen.load(Ordering::Relaxed) {
                    self.check().await?;
                }
                return Ok(None);
            }
            head => head?,
        };
        let info = (size_of(head.content_length()), mark_of(head.e_tag()), time_of(head.last_modified()));
        match info {
            (Some(size_bytes), Some(etag), Some(modified_at)) => {
                Ok(Some(ObjectInfo { size_bytes, etag, modified_at }))
            }
            _ => Err(incomplete("head object", key)),
        }
    }

    /// When an object that has just been written was written. The answer to a write does not say so.
    ///
    /// The object is safe by now. If S3 does not answer a second time, our own clock must do: a caller that was told
    /// of a failure would believe that there is nothing.
    pub(super) async fn time_of_write(&self, key: ObjectKey) -> Timestamp {
        match self.head(key).await {
            Ok(Some(info)) => info.modified_at,
            Ok(None) => self.clock.now(),
            Err(error) => {
                tracing::debug!(
                    object.key = %key,
                    error = &error as &dyn std::error::Error,
                    "a new object's time is taken from the local clock"
                );
                self.clock.now()
            }
        }
    }
}

/// Which checksums are sent is decided here, request by request, and not by the caller's configuration: an upload
/// in parts by a browser has none, and S3 refuses parts whose checksums the upload did not announce. Such requests
/// are protected by the SHA-256 of the body, which is part of their signature. What S3 knows is checked on reading.
fn with_our_checksums(client: &Client) -> Client {
    let config = client
        .config()
        .to_builder()
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenSupported);
    Client::from_conf(config.build())
}

impl ServerSideEncryption {
    pub(super) fn method(&self) -> Option<types::ServerSideEncryption> {
        match self {
            Self::None => None,
            Self::Aes256 => Some(types::ServerSideEncryption::Aes256),
            Self::Kms { .. } => Some(types::ServerSideEncryption::AwsKms),
        }
    }

    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::None | Self::Aes256 => None,
            Self::Kms { key } => Some(key.clone()),
        }
    }
}

/// The media type under which an object is stored. Originals and logos are of many types, and are never shown
/// under the stored one.
pub(super) fn media_type(key: ObjectKey) -> &'static str {
    match key {
        ObjectKey::Rendition(key) => key.format.media_type(),
        ObjectKey::Delivery(_) | ObjectKey::Print(_) => "image/jpeg",
        ObjectKey::PackArchive(_) => "application/zip",
        ObjectKey::Original(_)
        | ObjectKey::Base(_)
        | ObjectKey::PackDocument(_)
        | ObjectKey::Image(_)
        | ObjectKey::Archive(_) => "application/octet-stream",
    }
}

/// How long browsers may keep an object.
pub(super) fn cache_control(key: ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Rendition(_) => Some(FOR_GOOD.to_owned()),
        ObjectKey::Original(_)
        | ObjectKey::Base(_)
        | ObjectKey::Delivery(_)
        | ObjectKey::Print(_)
        | ObjectKey::PackDocument(_)
        | ObjectKey::PackArchive(_)
        | ObjectKey::Image(_)
        | ObjectKey::Archive(_) => None,
    }
}

/// A size as S3 tells it.
pub(super) fn size_of(length: Option<i64>) -> Option<u64> {
    length.and_then(|length| u64::try_from(length).ok()) // Why `ok`: a negative size is no answer.
}

/// A mark without its quotes.
pub(super) fn mark_of(etag: Option<&str>) -> Option<String> {
    etag.map(|etag| etag.trim_matches('"').to_owned())
}

/// A time as S3 tells it.
pub(super) fn time_of(time: Option<&DateTime>) -> Option<Timestamp> {
    let nanoseconds = |time: &DateTime| i32::try_from(time.subsec_nanos()).ok();
    // Why `ok`, twice: a time beyond the year 9999 is no answer.
    time.and_then(|time| Timestamp::new(time.secs(), nanoseconds(time)?).ok())
}

/// S3 left out what it always says.
pub(super) fn incomplete(operation: &'static str, key: ObjectKey) -> StorageError {
    let reason = "the answer lacks the size, the mark or the time";
    StorageError::new(StorageErrorKind::Unexpected, operation, key).with_source(reason)
}

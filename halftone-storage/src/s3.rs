//! Files in Amazon S3, or in a service that speaks its protocol.
//!
//! The caller builds the client, because connections, credentials and retries belong to the deployment. Requests are
//! retried by the SDK and nowhere else: give the client a retry configuration
//! (`RetryConfig::standard().with_max_attempts(4)` or adaptive) and timeouts. What remains after that is reported.
//!
//! # What it needs
//! A general purpose bucket: keys are listed in byte order, which directory buckets do not do. Its name must not
//! contain the word `original`, because it is part of the URLs that clients see. For the role:
//!
//! | permission | on | for |
//! | --- | --- | --- |
//! | `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject` | objects | reading, writing, deleting, and signing URLs for it |
//! | `s3:ListBucket` | bucket | lists, and seeing whether the bucket is there; without it S3 answers 403 where it should say that an object is missing |
//! | `s3:AbortMultipartUpload`, `s3:ListMultipartUploadParts` | objects | uploads in parts |
//! | `s3:ListBucketMultipartUploads` | bucket | finding the open upload of a key |
//! | `kms:GenerateDataKey`, `kms:Decrypt` | the key | [`ServerSideEncryption::Kms`] only |
//! | `s3:PutBucketCORS` | bucket | [`S3Backend::allow_browsers`] only |
//!
//! A lifecycle rule (`AbortIncompleteMultipartUpload`) clears away the parts of uploads that nobody finished. In a
//! bucket with versions another one must expire old versions, or what was deleted stays.
//!
//! # How it differs from the other backends
//! - The time of an object is S3's own, in whole seconds. Every write asks for it in a second request.
//! - A request that ends without an answer may have been carried out: after `Unavailable` the new content may be
//!   visible, whole. Sending it again is harmless.
//! - A `put` of 16 MiB and more is an upload in parts. Dropping the uploads of its key meanwhile, as a purge does, makes
//!   it fail with `NotFound`.
//! - Content that was uploaded in parts is not hashed as a whole; see
//!   [`MultipartStore::complete`](halftone_core::ports::objects::MultipartStore::complete).
//! - Lists may hold fewer keys than were asked for only at their end; objects whose keys are not Halftone's are
//!   skipped.
//!
//! # Where to start
//! [`S3Backend::new`], then [`S3Backend::objects`] and [`S3Backend::urls`].

use std::sync::Arc;

use aws_sdk_s3::Client;
use halftone_core::clock::Clock;
use halftone_core::ports::Objects;
use halftone_core::ports::error::StorageError;

mod bucket;
mod cors;
mod error;
mod incoming;
mod multipart;
mod objects;
mod open_uploads;
mod presign;
mod reading;
mod spec;
mod writing;

pub use cors::{EXPOSED_HEADERS, UPLOAD_HEADERS};
pub use multipart::S3MultipartStore;
pub use objects::S3ObjectStore;
pub use presign::S3Urls;
pub use spec::{S3Spec, ServerSideEncryption, UrlWindow};

use bucket::Bucket;

/// A bucket in which files are kept.
///
/// ```no_run
/// # fn open(client: &aws_sdk_s3::Client) {
/// use std::sync::Arc;
/// use halftone_core::clock::SystemClock;
/// use halftone_storage::s3::{S3Backend, S3Spec};
///
/// let backend = S3Backend::new(client, S3Spec::new("pictures-of-a-studio"), Arc::new(SystemClock));
/// let (objects, urls) = (backend.objects(), backend.urls());
/// # drop((objects, urls));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct S3Backend {
    bucket: Bucket,
    /// Signs URLs; its endpoint is the one that browsers reach.
    signing: Bucket,
    window: UrlWindow,
}

impl S3Backend {
    /// Uses this bucket, which must exist. Nothing is sent. URLs are made by the time of `clock`.
    pub fn new(client: &Client, spec: S3Spec, clock: Arc<dyn Clock>) -> Self {
        let bucket = Bucket::new(client, spec.bucket, spec.server_side_encryption, clock);
        Self { signing: bucket.clone(), bucket, window: spec.studio_window }
    }

    /// Signs URLs for the endpoint of this client instead: where browsers reach S3 by another name than the
    /// server does, as in a local cloud.
    #[must_use]
    pub fn with_public_client(mut self, client: &Client) -> Self {
        self.signing = self.bucket.with_client(client);
        self
    }

    /// Asks S3 whether the bucket is there and may be used.
    ///
    /// # Errors
    /// `Unexpected` if there is no such bucket; `PermissionDenied`; `Unavailable`.
    pub async fn check(&self) -> Result<(), StorageError> {
        self.bucket.check().await
    }

    /// The stores of files.
    pub fn objects(&self) -> Objects {
        Objects {
            store: Arc::new(S3ObjectStore::new(self.bucket.clone())),
            multipart: Arc::new(S3MultipartStore::new(self.bucket.clone())),
        }
    }

    /// The maker of URLs.
    pub fn urls(&self) -> Arc<S3Urls> {
        Arc::new(S3Urls::new(self.signing.clone(), self.window))
    }

    /// Lets pages of these origins (`https://studio.example`) upload to the bucket and read from it. In production
    /// the infrastructure's own description of the bucket says so; this replaces whatever rules there are.
    ///
    /// # Errors
    /// `PermissionDenied` or `Unavailable`; `Unexpected` if S3 refuses an origin.
    pub async fn allow_browsers(&self, origins: &[&str]) -> Result<(), StorageError> {
        cors::allow(&self.bucket, origins).await
    }
}

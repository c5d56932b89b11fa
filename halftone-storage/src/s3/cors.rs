//! What pages of other origins may do with a bucket.

use aws_sdk_s3::types::{CorsConfiguration, CorsRule};
use halftone_core::ports::error::{StorageError, StorageErrorKind};

use super::bucket::Bucket;
use super::error::failed;

/// The headers that a browser sends with an upload. Those of encryption are sent where the bucket's use asks for
/// them.
pub const UPLOAD_HEADERS: [&str; 5] = [
    "content-type",
    "if-none-match",
    "x-amz-checksum-sha256",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
];

/// The headers that a page must be able to read: the mark of every part is needed to join them.
pub const EXPOSED_HEADERS: [&str; 1] = ["ETag"];

/// How long a browser remembers the answer.
const REMEMBERED_SECS: i32 = 3600;

/// Replaces the bucket's rules.
pub(super) async fn allow(bucket: &Bucket, origins: &[&str]) -> Result<(), StorageError> {
    const ALLOW: &str = "allow browsers of bucket";
    let words = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect());
    let refused =
        |error| StorageError::new(StorageErrorKind::Unexpected, ALLOW, &bucket.name).with_source(error);
    let rule = CorsRule::builder()
        .set_allowed_origins(words(origins))
        .set_allowed_methods(words(&["GET", "HEAD", "PUT"]))
        .set_allowed_headers(words(&UPLOAD_HEADERS))
        .set_expose_headers(words(&EXPOSED_HEADERS))
        .max_age_seconds(REMEMBERED_SECS)
        .build()
        .map_err(refused)?;
    let rules = CorsConfiguration::builder().cors_rules(rule).build().map_err(refused)?;
    let request = bucket.client.put_bucket_cors().bucket(&bucket.name).cors_configuration(rules);
    request.send().await.map_err(|error| failed(ALLOW, &bucket.name, error))?;
    Ok(())
}

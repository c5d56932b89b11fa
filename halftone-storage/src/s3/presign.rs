//! URLs that S3 answers itself, signed with the client's credentials (AWS Signature Version 4).
//!
//! Signing sends nothing, but the credentials may have to be fetched first. A URL that was signed with temporary
//! credentials, as those of a role, ends with them even if it promises more.
//!
//! | URL | ends | stays the same |
//! | --- | --- | --- |
//! | picture, studio | one to two windows after it was made | within a window |
//! | picture, client | 40 to 60 seconds after it was made | within 20 seconds |
//! | download | 60 seconds after it was made | within a second |
//! | upload | with its ticket, after a week at most | within a second |
//!
//! An upload URL takes exactly the announced length, type and, if it was announced, content, and only while there
//! is no object under the key: what was confirmed cannot be replaced. A part's URL takes any bytes; what they make
//! is checked when they are joined.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halftone_core::access::DownloadGrant;
use halftone_core::object_key::{ObjectKey, RenditionKey};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{MultipartId, PartNumber};
use halftone_core::ports::urls::{LinkTarget, UploadLink, UploadTerms, UrlSigner, Viewer};
use halftone_core::text::Filename;
use jiff::{SignedDuration, Timestamp};

use super::bucket::Bucket;
use super::error::failed;
use super::spec::UrlWindow;

/// A client's URL must be over within this time.
const CLIENT_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// Within this time a client gets the same URLs again; it is taken from their life.
const CLIENT_WINDOW: SignedDuration = SignedDuration::from_secs(20);

/// S3's limit.
const LONGEST_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

const SIGN: &str = "sign URL of";

/// Makes presigned URLs.
#[derive(Debug)]
pub struct S3Urls {
    bucket: Bucket,
    window: UrlWindow,
}

/// From when on a URL works, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Validity {
    begins_at: Timestamp,
    lifetime: SignedDuration,
}

impl Validity {
    /// A picture's. It begins with the window, so that every URL of the window is the same.
    fn of_picture(viewer: Viewer, window: UrlWindow, now: Timestamp) -> Self {
        match viewer {
            Viewer::Studio(_) => {
                let window = window.get();
                Self { begins_at: begin_of_window(now, window), lifetime: window + window }
            }
            Viewer::Share(_) => {
                Self { begins_at: begin_of_window(now, CLIENT_WINDOW), lifetime: CLIENT_LIFETIME }
            }
        }
    }

    /// A download's.
    const fn of_download(now: Timestamp) -> Self {
        Self { begins_at: now, lifetime: CLIENT_LIFETIME }
    }

    /// An upload's. S3 knows no URL that has ended already, so an old ticket's has a second left.
    fn until(end: Timestamp, now: Timestamp) -> Self {
        let remaining = end.duration_since(now);
        Self { begins_at: now, lifetime: remaining.clamp(SignedDuration::from_secs(1), LONGEST_LIFETIME) }
    }

    fn config(self, key: ObjectKey) -> Result<PresigningConfig, StorageError> {
        let invalid = || StorageError::new(StorageErrorKind::Unexpected, SIGN, key);
        let seconds = u64::try_from(self.lifetime.as_secs()).map_err(|error| invalid().with_source(error))?;
        PresigningConfig::builder()
            .start_time(SystemTime::from(self.begins_at))
            .expires_in(Duration::from_secs(seconds))
            .build()
            .map_err(|error| invalid().with_source(error))
    }
}

fn begin_of_window(now: Timestamp, window: SignedDuration) -> Timestamp {
    let since = SignedDuration::from_secs(now.as_second().rem_euclid(window.as_secs()));
    // Only within a window of the year -9999, where nobody signs anything, is there no earlier time.
    now.checked_sub(since).unwrap_or(now)
}

impl S3Urls {
    pub(super) const fn new(bucket: Bucket, window: UrlWindow) -> Self {
        Self { bucket, window }
    }

    fn now(&self) -> Timestamp {
        self.bucket.clock.now()
    }

    /// The request of a whole file, with everything that the sender is bound to.
    fn put_request(&self, terms: &UploadTerms) -> Result<PutObjectFluentBuilder, StorageError> {
        let length = i64::try_from(terms.size.get());
        let unsendable =
            |error| StorageError::new(StorageErrorKind::Unexpected, SIGN, terms.key).with_source(error);
        Ok(self
            .bucket
            .client
            .put_object()
            .bucket(&self.bucket.name)
            .key(terms.key.to_string())
            .content_type(terms.content_type)
            .content_length(length.map_err(unsendable)?)
            .if_none_match("*")
            .set_server_side_encryption(self.bucket.encryption.method())
            .set_ssekms_key_id(self.bucket.encryption.key())
            .set_checksum_sha256(terms.sha256.map(|hash| STANDARD.encode(hash.as_bytes()))))
    }

    /// The URL of a file that is saved under this name.
    async fn saved_as(
        &self,
        key: ObjectKey,
        filename: &Filename,
        media_type: &str,
    ) -> Result<LinkTarget, StorageError> {
        let request = self
            .bucket
            .client
            .get_object()
            .bucket(&self.bucket.name)
            .key(key.to_string())
            .response_content_disposition(filename.attachment())
            .response_content_type(media_type);
        let config = Validity::of_download(self.now()).config(key)?;
        let signed = request.presigned(config).await.map_err(|error| failed(SIGN, key, error))?;
        Ok(LinkTarget(signed.uri().to_owned()))
    }
}

/// What a browser sends. It sets the length by itself, and pages must not.
fn upload_link(signed: &PresignedRequest) -> UploadLink {
    let is_for_the_page = |(name, _): &(&str, &str)| {
        !["content-length", "host"].iter().any(|own| name.eq_ignore_ascii_case(own))
    };
    let headers = signed.headers().filter(is_for_the_page);
    UploadLink {
        url: LinkTarget(signed.uri().to_owned()),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

#[async_trait]
impl UrlSigner for S3Urls {
    async fn picture(&self, viewer: Viewer, key: &RenditionKey) -> Result<LinkTarget, StorageError> {
        let key = ObjectKey::from(*key);
        let config = Validity::of_picture(viewer, self.window, self.now()).config(key)?;
        let request = self.bucket.client.get_object().bucket(&self.bucket.name).key(key.to_string());
        let signed = request.presigned(config).await.map_err(|error| failed(SIGN, key, error))?;
        Ok(LinkTarget(signed.uri().to_owned()))
    }

    async fn upload(&self, terms: &UploadTerms) -> Result<UploadLink, StorageError> {
        let config = Validity::until(terms.expires_at, self.now()).config(terms.key)?;
        let signed = self.put_request(terms)?.presigned(config).await;
        Ok(upload_link(&signed.map_err(|error| failed(SIGN, terms.key, error))?))
    }

    async fn upload_part(
        &self,
        terms: &UploadTerms,
        multipart: &MultipartId,
        number: PartNumber,
    ) -> Result<UploadLink, StorageError> {
        let config = Validity::until(terms.expires_at, self.now()).config(terms.key)?;
        let request = self
            .bucket
            .client
            .upload_part()
            .bucket(&self.bucket.name)
            .key(terms.key.to_string())
            .upload_id(&multipart.0)
            .part_number(i32::from(number.get()));
        let signed = request.presigned(config).await.map_err(|error| failed(SIGN, terms.key, error))?;
        Ok(upload_link(&signed))
    }

    async fn download(&self, grant: &DownloadGrant) -> Result<Option<LinkTarget>, StorageError> {
        self.saved_as(grant.key(), grant.filename(), grant.media_type()).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use aws_credential_types::Credentials;
    use aws_sdk_s3::Client;
    use aws_sdk_s3::config::{BehaviorVersion, Region};
    use halftone_core::clock::ManualClock;
    use halftone_core::id::{PhotoId, StudioId};
    use halftone_core::object_key::OriginalKey;
    use uuid::Uuid;

    use super::*;
    use crate::s3::spec::ServerSideEncryption;

    /// Nothing is sent, so nobody listens.
    fn urls() -> S3Urls {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "tests"));
        let clock = Arc::new(ManualClock::new("2026-05-14T12:34:56Z".parse().unwrap()));
        let client = Client::from_conf(config.build());
        let bucket = Bucket::new(&client, "pictures".to_owned(), ServerSideEncryption::None, clock);
        S3Urls::new(bucket, UrlWindow::default())
    }

    // Only the core makes grants, so this is what `download` does with one.
    #[tokio::test]
    async fn a_download_is_saved_under_its_name_and_ends_after_a_minute() {
        let (studio, photo) = (StudioId::from_uuid(Uuid::nil()), PhotoId::from_uuid(Uuid::nil()));
        let filename = Filename::parse("Brüder.jpg").unwrap();
        let key = OriginalKey { studio, photo, replacement: None }.into();
        let url = urls().saved_as(key, &filename, "image/jpeg").await.unwrap().0;
        assert!(url.starts_with("https://pictures.s3.eu-central-1.amazonaws.com/studios/"), "{url}");
        for field in [
            "response-content-disposition=attachment%3B%20filename%3D%22Br_der.jpg%22%3B%20\
             filename%2A%3DUTF-8%27%27Br%25C3%25BCder.jpg",
            "response-content-type=image%2Fjpeg",
            "X-Amz-Date=20260514T123456Z",
            "X-Amz-Expires=60",
        ] {
            assert!(url.split(['?', '&']).any(|found| found == field), "{field} is not in {url}");
        }
        assert!(!url.contains("original"), "{url}");
    }
}

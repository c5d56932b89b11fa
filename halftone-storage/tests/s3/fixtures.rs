//! Clients, buckets, keys and terms.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use halftone_core::clock::{Clock, SystemClock};
use halftone_core::entropy::Entropy as _;
use halftone_core::id::{PhotoId, StudioId, UploadId};
use halftone_core::object_key::{ObjectKey, OriginalKey, RenditionKey};
use halftone_core::photo::{FileSize, Sha256Hash};
use halftone_core::ports::urls::UploadTerms;
use halftone_core::rendition::{ClientRendition, Fingerprint, RenditionFormat};
use halftone_storage::os_entropy::OsEntropy;
use halftone_storage::s3::{S3Backend, S3Spec};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What every bucket of these tests begins with.
const BUCKET: &str = "pictures";

/// How often a request is sent at most.
pub(crate) const ATTEMPTS: u32 = 4;

/// A client as a deployment would build it, but for the shorter pauses between attempts.
pub(crate) fn client(endpoint: &str, credentials: Credentials) -> Client {
    let retries =
        RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(Duration::from_millis(1));
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(credentials)
        .endpoint_url(endpoint)
        .force_path_style(true)
        .retry_config(retries)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

pub(crate) fn credentials() -> Credentials {
    Credentials::new("test", "test", None, None, "tests")
}

/// A backend that talks to this address.
pub(crate) fn backend_at(endpoint: &str, clock: Arc<dyn Clock>) -> S3Backend {
    S3Backend::new(&client(endpoint, credentials()), S3Spec::new(BUCKET), clock)
}

/// LocalStack, which must be there: the test command that runs these tests starts it.
pub(crate) struct Peer {
    pub(crate) client: Client,
    pub(crate) bucket: String,
    pub(crate) backend: S3Backend,
}

impl Peer {
    /// A bucket of its own, whose URLs are made by the system's clock.
    pub(crate) async fn open() -> Self {
        let client = client(&Self::endpoint(), credentials());
        let bucket = format!("{BUCKET}-{}", random_id());
        client.create_bucket().bucket(&bucket).send().await.unwrap();
        let backend = S3Backend::new(&client, S3Spec::new(&bucket), Arc::new(SystemClock));
        Self { client, bucket, backend }
    }

    /// The same bucket, used by a clock that stands still.
    pub(crate) fn at(&self, clock: Arc<dyn Clock>) -> S3Backend {
        S3Backend::new(&self.client, S3Spec::new(&self.bucket), clock)
    }

    #[expect(clippy::disallowed_methods, reason = "the test command tells the peers' addresses this way")]
    fn endpoint() -> String {
        std::env::var("HALFTONE_TEST_AWS_ENDPOINT")
            .expect("HALFTONE_TEST_AWS_ENDPOINT names LocalStack; `cargo xtask services` sets it")
    }
}

fn random_id() -> Uuid {
    let mut bytes = [0; 16];
    OsEntropy.fill(&mut bytes);
    Uuid::from_bytes(bytes)
}

pub(crate) fn studio() -> StudioId {
    StudioId::from_uuid(random_id())
}

pub(crate) fn original() -> ObjectKey {
    OriginalKey { studio: studio(), photo: PhotoId::from_uuid(random_id()), replacement: None }.into()
}

pub(crate) fn proof() -> RenditionKey {
    RenditionKey {
        studio: studio(),
        photo: PhotoId::from_uuid(random_id()),
        rendition: ClientRendition::Proof,
        fingerprint: Fingerprint::parse("00ff00ff00ff00ff").unwrap(),
        format: RenditionFormat::Jpeg,
    }
}

pub(crate) fn digest(content: &[u8]) -> Sha256Hash {
    Sha256Hash::from_bytes(Sha256::digest(content).into())
}

/// Terms for these bytes at `now`, for ten minutes.
pub(crate) fn terms(content: &[u8], sha256: Option<Sha256Hash>, now: Timestamp) -> UploadTerms {
    UploadTerms {
        upload: UploadId::from_uuid(random_id()),
        studio: studio(),
        key: original(),
        size: FileSize::parse(content.len() as u64).unwrap(),
        content_type: "image/jpeg",
        sha256,
        expires_at: now.checked_add(SignedDuration::from_mins(10)).unwrap(),
    }
}

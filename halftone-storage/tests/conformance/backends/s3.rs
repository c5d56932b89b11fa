//! Files in LocalStack, which checks signatures; everything else in memory.

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use halftone_core::entropy::Entropy as _;
use halftone_core::ports::Backend;
use halftone_storage::memory::MemoryBackend;
use halftone_storage::os_entropy::OsEntropy;
use halftone_storage::s3::{S3Backend, S3Spec};

use crate::backends::Capabilities;
use crate::world::{Surroundings, World};

const CAPABILITIES: Capabilities =
    Capabilities { has_exact_depth: true, names_uploads_after_keys: true, hashes_joined_parts: false };

#[expect(
    clippy::disallowed_methods,
    reason = "the test command tells the peers' addresses by environment variables"
)]
fn endpoint() -> Result<String, std::env::VarError> {
    std::env::var("HALFTONE_TEST_AWS_ENDPOINT")
}

pub(super) fn is_available() -> bool {
    endpoint().is_ok()
}

/// A bucket each: some lists go across studios.
pub(super) async fn open() -> World {
    let (client, bucket) = (client(), unique_name());
    client.create_bucket().bucket(&bucket).send().await.unwrap();
    let surroundings = Surroundings::new();
    let others = MemoryBackend::new(surroundings.clock(), surroundings.entropy()).ports();
    let objects = S3Backend::new(&client, S3Spec::new(bucket), surroundings.clock()).objects();
    World::new(CAPABILITIES, surroundings, Backend { objects, ..others }, ())
}

fn client() -> Client {
    let endpoint =
        endpoint().expect("HALFTONE_TEST_AWS_ENDPOINT names LocalStack; `cargo xtask services` sets it");
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "conformance"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .retry_config(RetryConfig::standard().with_max_attempts(4))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

fn unique_name() -> String {
    let mut bytes = [0; 16];
    OsEntropy.fill(&mut bytes);
    format!("conformance-{}", uuid::Uuid::from_bytes(bytes))
}

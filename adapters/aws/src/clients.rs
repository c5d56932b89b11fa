//! Configures the AWS SDK: one HTTPS client, one chain of credentials and one rule for retries, for every service.
//!
//! HTTPS is rustls on ring. The SDK is the one layer that retries; queues and outboxes only decide what happens when it
//! has given up. Nothing here opens a connection.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How often a request is sent before its failure is reported, the first time included.
const MOST_ATTEMPTS: u32 = 3;

/// How long one attempt of a small request may take, from sending it to having read the reply.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a service may take until its reply begins, the sending of the request included. The largest body is the
/// 16 MiB of one write to S3, which pass in this time at 2 megabits a second.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// Where AWS is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SdkSettings {
    /// The region, such as `eu-central-1`. Default: what the environment, the profile or the instance says.
    pub region: Option<String>,
    /// The URL under which every service is reached, for emulators and private endpoints. Default: AWS itself.
    pub endpoint: Option<String>,
}

/// Builds the configuration that the clients of all services share. Called once, when the program starts.
///
/// Credentials come from the SDK's default chain, when they are first needed: environment, profile, web identity, the role
/// of the ECS task, the role of the instance. An attempt as a whole has no time limit, because S3 moves large bodies: its
/// reply must begin within a minute, and the SDK's protection against stalled streams guards the rest. The clients of small
/// requests in this crate set a limit for the whole.
pub async fn load(settings: &SdkSettings) -> SdkConfig {
    let https = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(https)
        .retry_config(RetryConfig::standard().with_max_attempts(MOST_ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT).build(),
        );
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &settings.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}

/// The time limits of a request that takes `extra` longer than a small one, because the service waits with its reply.
pub(crate) fn timeouts(extra: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT + extra)
        .build()
}

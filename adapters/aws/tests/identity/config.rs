//! Configurations of the SDK, for servers on this computer.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder;

/// Retries as in production, without its pauses.
pub(crate) async fn sdk_config(endpoint: &str) -> SdkConfig {
    let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1));
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .endpoint_url(endpoint)
        .retry_config(retries)
        .http_client(Builder::new().build_http())
        .load()
        .await
}

/// The address of a peer, which the test command starts.
pub(crate) fn peer(variable: &str) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "only the environment knows where the test command started a peer"
    )]
    let address = std::env::var(variable);
    address.unwrap_or_else(|_| panic!("{variable} is not set; `cargo xtask services` starts the peers"))
}

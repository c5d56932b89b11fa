//! The emulators that the tests run against, and how to reach them.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use halftone_aws::clients::{self, SdkSettings};
use halftone_core::clock::{Clock, SystemClock};

/// An emulator of AWS. What it does not enforce is said where it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    LocalStack,
    Moto,
}

impl Peer {
    fn endpoint(self) -> String {
        let name = match self {
            Self::LocalStack => "HALFTONE_TEST_AWS_ENDPOINT",
            Self::Moto => "HALFTONE_TEST_COGNITO_ENDPOINT",
        };
        #[expect(clippy::disallowed_methods, reason = "peers are named by the environment and nothing else")]
        let endpoint = std::env::var(name);
        endpoint.unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask services`"))
    }

    pub(crate) async fn config(self) -> SdkConfig {
        config(&self.endpoint()).await
    }
}

/// The configuration that the program itself uses, with this endpoint and known credentials.
pub(crate) async fn config(endpoint: &str) -> SdkConfig {
    let settings = SdkSettings { region: Some("us-east-1".to_owned()), endpoint: Some(endpoint.to_owned()) };
    let credentials = Credentials::new("test", "test", None, None, "tests");
    let loaded = clients::load(&settings).await.into_builder();
    loaded.credentials_provider(SharedCredentialsProvider::new(credentials)).build()
}

/// A name that no other test has, and no other run.
pub(crate) fn unique(kind: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{kind}-{}-{}-{number}", std::process::id(), SystemClock.now().as_millisecond())
}

/// Makes a test of each function for each emulator.
macro_rules! on_both_peers {
    ($($case:ident),+ $(,)?) => {
        mod localstack {
            $(
                #[tokio::test]
                #[ignore = "needs the peers that `cargo xtask services` starts"]
                async fn $case() {
                    super::$case(crate::peers::Peer::LocalStack).await;
                }
            )+
        }

        mod moto {
            $(
                #[tokio::test]
                #[ignore = "needs the peers that `cargo xtask services` starts"]
                async fn $case() {
                    super::$case(crate::peers::Peer::Moto).await;
                }
            )+
        }
    };
}
pub(crate) use on_both_peers;

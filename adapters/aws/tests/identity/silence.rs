//! Services that accept a connection and then say nothing. The clock jumps whenever everybody waits, so no test does.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::error::SdkError;
use halftone_aws::clients::{self, SdkSettings};
use halftone_aws::cognito::{CognitoIdentity, CognitoSettings};
use halftone_aws::secrets::{SecretError, SecretId, SecretsManagerSource};
use halftone_core::clock::SystemClock;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::identity::{IdentityError, IdentityProvider as _};
use halftone_core::secret::Password;
use halftone_core::text::Email;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Keeps every connection open, and never reads or writes.
#[derive(Debug)]
struct SilentServer {
    config: SdkConfig,
    _connections: JoinHandle<Vec<TcpStream>>,
}

impl SilentServer {
    /// What programs load, but for the credentials, which must not be looked for elsewhere.
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let connections = tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                kept.push(stream);
            }
            kept
        });
        let settings = SdkSettings { region: Some("us-east-1".to_owned()), endpoint: Some(endpoint) };
        let credentials = Credentials::new("test", "test", None, None, "tests");
        let config = clients::load(&settings).await.to_builder();
        let config = config.credentials_provider(SharedCredentialsProvider::new(credentials)).build();
        Self { config, _connections: connections }
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_ends_although_cognito_is_silent() {
    let server = SilentServer::start().await;
    let settings = CognitoSettings::of_pool("us-east-1_pool", "client").unwrap();
    let identity = CognitoIdentity::new(&server.config, settings, Arc::new(SystemClock)).unwrap();
    let email = Email::parse("ana@example.com").unwrap();
    let error = identity.log_in(&email, &Password::attempt("a password")).await.unwrap_err();
    let IdentityError::Storage(error) = error else { panic!("{error:?}") };
    assert_eq!(error.kind(), StorageErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn a_start_ends_although_secrets_manager_is_silent() {
    let server = SilentServer::start().await;
    let source = SecretsManagerSource::new(&server.config, SecretId::parse("halftone").unwrap());
    assert!(matches!(source.fetch().await, Err(SecretError::Unavailable { .. })));
}

#[tokio::test(start_paused = true)]
async fn reads_and_writes_end_although_s3_is_silent() {
    let server = SilentServer::start().await;
    let config = aws_sdk_s3::config::Builder::from(&server.config).force_path_style(true).build();
    let client = aws_sdk_s3::Client::from_conf(config);
    let head = client.head_object().bucket("photos").key("one").send().await.unwrap_err();
    assert!(has_given_up(&head), "{head:?}");
    let body = vec![7; 16 << 20].into();
    let put = client.put_object().bucket("photos").key("one").body(body).send().await.unwrap_err();
    assert!(has_given_up(&put), "{put:?}");
}

fn has_given_up<E>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_timeout() || failure.is_io(),
        _ => false,
    }
}

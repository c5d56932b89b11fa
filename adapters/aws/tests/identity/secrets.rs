//! Secrets over raw HTTP: faults, rotation, what errors say.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use halftone_aws::secrets::{RefreshingSecret, SecretError, SecretId, SecretsManagerSource};
use serde_json::json;
use tokio::time::timeout;

use crate::config::sdk_config;
use crate::server::{HttpServer, Reply, Request};

const NAME: &str = "halftone/production";

/// A service whose secret is what a test says.
#[derive(Debug)]
struct Vault {
    server: HttpServer,
    current: Arc<Mutex<Reply>>,
    previous: Arc<Mutex<Reply>>,
    source: SecretsManagerSource,
}

fn version(id: &str, text: &str) -> Reply {
    Reply::json(200, &json!({ "Name": NAME, "VersionId": id, "SecretString": text }))
}

fn absent() -> Reply {
    Reply::aws_error(
        400,
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value",
    )
}

impl Vault {
    async fn holding(current: Reply) -> Self {
        let current = Arc::new(Mutex::new(current));
        let previous = Arc::new(Mutex::new(absent()));
        let (is, was) = (Arc::clone(&current), Arc::clone(&previous));
        let server = HttpServer::start(move |request: &Request| {
            assert_eq!(
                (request.operation.as_str(), &request.body["SecretId"]),
                ("GetSecretValue", &json!(NAME))
            );
            match request.body["VersionStage"].as_str() {
                Some("AWSCURRENT") => is.lock().unwrap().clone(),
                Some("AWSPREVIOUS") => was.lock().unwrap().clone(),
                other => panic!("asked for {other:?}"),
            }
        });
        let server = server.await;
        let config = sdk_config(&server.url()).await;
        let source = SecretsManagerSource::new(&config, SecretId::parse(NAME).unwrap());
        Self { server, current, previous, source }
    }

    fn rotate(&self, id: &str, text: &str) {
        let before = std::mem::replace(&mut *self.current.lock().unwrap(), version(id, text));
        *self.previous.lock().unwrap() = before;
    }

    fn answer(&self, reply: Reply) {
        *self.current.lock().unwrap() = reply;
    }
}

fn key_in(secret: &RefreshingSecret) -> String {
    secret.current().current.variables.get("KEY").unwrap().to_owned()
}

#[tokio::test]
async fn a_secret_is_read_as_variables() {
    let vault = Vault::holding(version("1", r#"{"KEY":"one","OTHER":"two"}"#)).await;
    let version = vault.source.fetch().await.unwrap();
    assert_eq!(version.id, "1");
    assert_eq!(version.variables.iter().collect::<Vec<_>>(), [("KEY", "one"), ("OTHER", "two")]);
    assert_eq!(vault.source.find_previous().await.unwrap(), None);
}

#[tokio::test]
async fn a_rotation_is_seen_with_the_version_before() {
    let vault = Vault::holding(version("1", r#"{"KEY":"one"}"#)).await;
    let secret = RefreshingSecret::open(vault.source.clone()).await.unwrap();
    let changes = secret.changes();
    assert!(!secret.refresh().await.unwrap());
    assert!(!changes.has_changed().unwrap());
    vault.rotate("2", r#"{"KEY":"two"}"#);
    assert!(secret.refresh().await.unwrap());
    assert!(changes.has_changed().unwrap());
    let rotation = secret.current();
    assert_eq!(rotation.current.variables.get("KEY"), Some("two"));
    assert_eq!(rotation.previous.as_ref().unwrap().variables.get("KEY"), Some("one"));
}

#[tokio::test]
async fn a_secret_that_is_kept_fresh_tells_of_a_rotation() {
    let vault = Vault::holding(version("1", r#"{"KEY":"one"}"#)).await;
    let secret = Arc::new(RefreshingSecret::open(vault.source.clone()).await.unwrap());
    let mut changes = secret.changes();
    let kept = Arc::clone(&secret);
    let keeping = tokio::spawn(async move { kept.keep_fresh(Duration::from_millis(5)).await });
    // A failure in between does not end it.
    vault.answer(Reply::aws_error(400, "AccessDeniedException", "no"));
    let before = vault.server.requests().len();
    let has_failed = async {
        while vault.server.requests().len() < before + 2 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), has_failed).await.unwrap();
    vault.answer(version("2", r#"{"KEY":"two"}"#));
    timeout(Duration::from_secs(20), changes.changed()).await.unwrap().unwrap();
    assert_eq!(key_in(&secret), "two");
    keeping.abort();
}

#[tokio::test]
async fn the_last_good_value_outlives_every_failure() {
    let mut vault = Vault::holding(version("1", r#"{"KEY":"one"}"#)).await;
    let secret = RefreshingSecret::open(vault.source.clone()).await.unwrap();
    let changes = secret.changes();
    for reply in [Reply::new(500, ""), absent(), version("2", "hush"), version("2", r#"{"KEY":2}"#)] {
        vault.answer(reply);
        assert!(secret.refresh().await.is_err());
    }
    vault.server.stop().await;
    assert!(matches!(secret.refresh().await, Err(SecretError::Unavailable { .. })));
    assert_eq!(key_in(&secret), "one");
    assert!(!changes.has_changed().unwrap());
}

#[tokio::test]
async fn failures_are_sorted_and_name_the_secret_alone() {
    let binary = Reply::json(200, &json!({ "Name": NAME, "VersionId": "1", "SecretBinary": "aHVzaA==" }));
    let cases: [(Reply, &str); 11] = [
        (absent(), "NotFound"),
        (Reply::aws_error(400, "AccessDeniedException", "no"), "PermissionDenied"),
        (Reply::aws_error(400, "DecryptionFailure", "no"), "PermissionDenied"),
        (Reply::aws_error(400, "ThrottlingException", "slow"), "Unavailable"),
        (Reply::aws_error(400, "ExpiredTokenException", "expired"), "Unavailable"),
        (Reply::aws_error(500, "InternalServiceError", "oh"), "Unavailable"),
        (Reply::new(503, ""), "Unavailable"),
        (Reply::aws_error(400, "InvalidRequestException", "marked for deletion"), "Unexpected"),
        (version("1", "hush"), "Malformed"),
        (version("1", r#"{"KEY":["hush"]}"#), "Malformed"),
        (binary, "Malformed"),
    ];
    for (reply, expected) in cases {
        let vault = Vault::holding(reply).await;
        let error = RefreshingSecret::open(vault.source.clone()).await.unwrap_err();
        let (printed, debug) = (error.to_string(), format!("{error:?}"));
        assert!(printed.contains(NAME), "{printed}");
        assert!(debug.starts_with(expected), "{debug}");
        assert!(!debug.contains("hush") && !debug.contains("KEY"), "{debug}");
    }
}

//! Secrets in `LocalStack`.

use aws_sdk_secretsmanager::Client;
use halftone_aws::secrets::{RefreshingSecret, SecretError, SecretId, SecretsManagerSource};

use crate::config::{peer, sdk_config};

/// A secret of its own.
async fn secret(json: &str) -> (Client, String, SecretsManagerSource) {
    let config = sdk_config(&peer("HALFTONE_TEST_AWS_ENDPOINT")).await;
    let client = Client::new(&config);
    let name = format!("halftone/{}", uuid::Builder::from_random_bytes(random_bytes()).into_uuid());
    let created = client.create_secret().name(&name).secret_string(json).send().await.unwrap();
    let arn = created.arn().unwrap();
    let source = SecretsManagerSource::new(&config, SecretId::parse(arn).unwrap());
    (client, name, source)
}

fn random_bytes() -> [u8; 16] {
    let random = ring::rand::SystemRandom::new();
    ring::rand::generate::<[u8; 16]>(&random).unwrap().expose()
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_rotated_secret_is_read_with_its_version_before() {
    let (client, name, source) = secret(r#"{"HALFTONE_MASTER_KEY":"one"}"#).await;
    let secret = RefreshingSecret::open(source).await.unwrap();
    assert_eq!(secret.current().current.variables.get("HALFTONE_MASTER_KEY"), Some("one"));
    assert_eq!(secret.current().previous, None);
    assert!(!secret.refresh().await.unwrap());
    let put = client.put_secret_value().secret_id(&name).secret_string(r#"{"HALFTONE_MASTER_KEY":"two"}"#);
    put.send().await.unwrap();
    assert!(secret.refresh().await.unwrap());
    let rotation = secret.current();
    assert_eq!(rotation.current.variables.get("HALFTONE_MASTER_KEY"), Some("two"));
    assert_eq!(rotation.previous.as_ref().unwrap().variables.get("HALFTONE_MASTER_KEY"), Some("one"));
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_deleted_secret_leaves_its_last_value() {
    let (client, name, source) = secret(r#"{"HALFTONE_MASTER_KEY":"one"}"#).await;
    let secret = RefreshingSecret::open(source).await.unwrap();
    let delete = client.delete_secret().secret_id(&name).force_delete_without_recovery(true);
    delete.send().await.unwrap();
    assert!(matches!(secret.refresh().await, Err(SecretError::NotFound { .. })));
    assert_eq!(secret.current().current.variables.get("HALFTONE_MASTER_KEY"), Some("one"));
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_secret_that_is_no_json_object_is_malformed() {
    let (_, _, source) = secret("just a password").await;
    assert!(matches!(source.fetch().await, Err(SecretError::Malformed { .. })));
}

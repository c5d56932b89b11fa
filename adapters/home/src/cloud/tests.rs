//! A secret that changes between the reading of the configuration and the first look of the watch.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::config::cloud::SecretsConfig;
use crate::config::reader::Sources;
use crate::config::value::{Optional, Setting as _, Word};

/// Answers everything with this version of a secret, and tells its address.
async fn vault(version: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 16 << 10];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            let body = format!(r#"{{"Name":"halftone","VersionId":"{version}","SecretString":"{{}}"}}"#);
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.1";
            let reply = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    address
}

/// A configuration that was read from this version of the secret at this address.
fn config_from(version: &str, address: &str) -> Config {
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(address)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "tests",
        )))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let config = Config::build(Sources::default()).unwrap();
    let secrets =
        SecretsConfig { manager: Optional(Some(Word::parse_setting("halftone").unwrap())), ..config.secrets };
    let origin = SecretOrigin { version: version.to_owned(), aws: config.aws.clone(), sdk };
    Config { secrets, secret: Some(origin), ..config }
}

#[tokio::test]
async fn a_rotation_before_the_watch_began_is_noticed() {
    let address = vault("2").await;
    let config = config_from("1", &address);
    tokio::time::timeout(Duration::from_secs(20), secret_changed(&config)).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_secret_that_stays_is_watched() {
    let address = vault("1").await;
    let config = config_from("1", &address);
    let watch = tokio::time::timeout(Duration::from_millis(300), secret_changed(&config)).await;
    assert!(watch.is_err(), "{watch:?}");
}

#[test]
fn workers_wait_for_half_of_the_time_that_they_have_to_end() {
    let cases = [("25s", 12), ("3s", 1), ("1s", 0), ("2h", u8::MAX)];
    for (drain_time, seconds) in cases {
        assert_eq!(longest_wait(drain_time.parse().unwrap()), seconds, "{drain_time}");
    }
}

#[tokio::test]
async fn everything_on_aws_uses_what_the_secret_was_read_with() {
    let config = config_from("1", "http://127.0.0.1:9");
    assert_eq!(sdk_of(&config).await.endpoint_url(), Some("http://127.0.0.1:9"));
}

async fn origin(bucket: &str, endpoint: Option<&str>, path_style: bool) -> String {
    let sdk = SdkConfig::builder().region(Region::new("eu-central-1"));
    let sdk = at(&sdk.build(), endpoint);
    origin_of_bucket(bucket, &sdk, path_style).await.unwrap().as_str().to_owned()
}

#[tokio::test]
async fn the_buckets_name_is_in_the_host_where_urls_have_it_there() {
    assert_eq!(origin("photos", None, false).await, "https://photos.s3.eu-central-1.amazonaws.com");
    assert_eq!(origin("photos", None, true).await, "https://s3.eu-central-1.amazonaws.com");
    // A name with dots fits no certificate, so URLs have it in the path.
    assert_eq!(origin("my.photos", None, false).await, "https://s3.eu-central-1.amazonaws.com");
    let stand_in = Some("http://127.0.0.1:9000");
    assert_eq!(origin("photos", stand_in, true).await, "http://127.0.0.1:9000");
    assert_eq!(origin("photos", Some("https://s3.example"), false).await, "https://photos.s3.example");
}

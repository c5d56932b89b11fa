//! What presigned URLs say, without a server: fields, times, and a signature that is computed a second time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use aws_credential_types::Credentials;
use halftone_core::clock::{Clock as _, ManualClock};
use halftone_core::id::ShareId;
use halftone_core::ports::objects::{MultipartId, PartNumber};
use halftone_core::ports::urls::{UrlSigner as _, Viewer};
use halftone_storage::s3::{S3Backend, S3Spec, S3Urls, ServerSideEncryption, UPLOAD_HEADERS};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::fixtures::{backend_at, client, credentials, digest, proof, studio, terms};

const ENDPOINT: &str = "http://127.0.0.1:9";

/// 20 seconds are left of no window here: it is 12:34:56.
const NOON: &str = "2026-05-14T12:34:56.7Z";

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(NOON.parse().unwrap()))
}

fn urls(clock: &Arc<ManualClock>) -> Arc<S3Urls> {
    let clock: Arc<ManualClock> = Arc::clone(clock);
    backend_at(ENDPOINT, clock).urls()
}

fn guest() -> Viewer {
    Viewer::Share(ShareId::from_uuid(Uuid::nil()))
}

/// A query's fields, still encoded.
fn fields(url: &str) -> BTreeMap<&str, &str> {
    let (_, query) = url.split_once('?').unwrap();
    query.split('&').map(|field| field.split_once('=').unwrap()).collect()
}

/// From when to when a URL works.
fn validity(url: &str) -> (Timestamp, Timestamp) {
    let fields = fields(url);
    let begin: Timestamp =
        jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ%z", format!("{}+0000", fields["X-Amz-Date"]))
            .and_then(|time| time.to_timestamp())
            .unwrap();
    let seconds = SignedDuration::from_secs(fields["X-Amz-Expires"].parse().unwrap());
    (begin, begin.checked_add(seconds).unwrap())
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// AWS Signature Version 4 of a URL, as its documentation describes it.
fn signature(method: &str, url: &str, headers: &BTreeMap<String, String>, secret: &str) -> String {
    let fields = fields(url);
    let path = url.strip_prefix(ENDPOINT).unwrap().split('?').next().unwrap();
    let query: Vec<String> = fields
        .iter()
        .filter(|(name, _)| **name != "X-Amz-Signature")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let lines = lines.concat();
    let names = headers.keys().map(String::as_str).collect::<Vec<_>>().join(";");
    let request = format!("{method}\n{path}\n{}\n{lines}\n{names}\nUNSIGNED-PAYLOAD", query.join("&"));
    let date = fields["X-Amz-Date"];
    let scope = format!("{}/us-east-1/s3/aws4_request", &date[..8]);
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let key = ["us-east-1", "s3", "aws4_request"]
        .iter()
        .fold(hmac(format!("AWS4{secret}").as_bytes(), &date[..8]), |key, part| hmac(&key, part));
    hex(&hmac(&key, &text))
}

#[tokio::test]
async fn an_uploads_signature_covers_what_is_sent() {
    let clock = clock();
    let terms = terms(b"picture", Some(digest(b"picture")), clock.now());
    let link = urls(&clock).upload(&terms).await.unwrap();
    let mut headers: BTreeMap<String, String> =
        link.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    assert_eq!(headers["content-type"], "image/jpeg");
    assert_eq!(headers["if-none-match"], "*");
    assert!(headers.keys().all(|name| UPLOAD_HEADERS.contains(&name.as_str())), "{headers:?}");
    headers.insert("content-length".to_owned(), "7".to_owned());
    headers.insert("host".to_owned(), "127.0.0.1:9".to_owned());
    let url = &link.url.0;
    assert_eq!(
        fields(url)["X-Amz-SignedHeaders"],
        "content-length%3Bcontent-type%3Bhost%3Bif-none-match%3Bx-amz-checksum-sha256"
    );
    assert_eq!(fields(url)["X-Amz-Signature"], signature("PUT", url, &headers, "test"));
    let (_, end) = validity(url);
    assert!(end <= terms.expires_at && end >= terms.expires_at - SignedDuration::from_secs(1), "{end}");
}

#[tokio::test]
async fn a_pictures_signature_is_that_of_the_documentation() {
    let url = urls(&clock()).picture(guest(), &proof()).await.unwrap().0;
    let headers = BTreeMap::from([("host".to_owned(), "127.0.0.1:9".to_owned())]);
    assert_eq!(fields(&url)["X-Amz-SignedHeaders"], "host");
    assert_eq!(fields(&url)["X-Amz-Signature"], signature("GET", &url, &headers, "test"));
}

#[tokio::test]
async fn a_clients_url_is_stable_for_a_moment_and_never_works_for_more_than_a_minute() {
    let (clock, key) = (clock(), proof());
    let urls = urls(&clock);
    let mut different = std::collections::BTreeSet::new();
    for _ in 0..120 {
        let url = urls.picture(guest(), &key).await.unwrap().0;
        let (begin, end) = validity(&url);
        let now = clock.now();
        assert!(begin <= now, "{now}: {begin}");
        assert!(end.duration_since(now) <= SignedDuration::from_secs(60), "{now}: {end}");
        assert!(end.duration_since(now) >= SignedDuration::from_secs(40), "{now}: {end}");
        different.insert(url);
        clock.advance(SignedDuration::from_secs(1));
    }
    // Two minutes touch seven windows of 20 seconds.
    assert_eq!(different.len(), 7);
}

#[tokio::test]
async fn a_studios_url_is_stable_within_a_window_and_outlives_the_next() {
    let (clock, key, viewer) = (clock(), proof(), Viewer::Studio(studio()));
    let urls = urls(&clock);
    let url = urls.picture(viewer, &key).await.unwrap();
    // To the last second of the hour.
    clock.advance(SignedDuration::from_secs(25 * 60 + 3));
    assert_eq!(urls.picture(viewer, &key).await.unwrap(), url);
    let (begin, end) = validity(&url.0);
    assert_eq!(begin, "2026-05-14T12:00:00Z".parse().unwrap());
    assert_eq!(end, "2026-05-14T14:00:00Z".parse().unwrap());
    clock.advance(SignedDuration::from_secs(1));
    assert_ne!(urls.picture(viewer, &key).await.unwrap(), url);
}

#[tokio::test]
async fn urls_never_speak_of_originals() {
    let clock = clock();
    let (urls, terms) = (urls(&clock), terms(b"picture", Some(digest(b"picture")), clock.now()));
    let part = urls
        .upload_part(&terms, &MultipartId("upload".to_owned()), PartNumber::parse(7).unwrap())
        .await
        .unwrap();
    for url in [
        urls.picture(guest(), &proof()).await.unwrap(),
        urls.picture(Viewer::Studio(studio()), &proof()).await.unwrap(),
        urls.upload(&terms).await.unwrap().url,
        part.url,
    ] {
        assert!(!url.0.to_ascii_lowercase().contains("original"), "{}", url.0);
    }
}

#[tokio::test]
async fn a_tickets_url_outlives_neither_the_ticket_nor_a_week() {
    let clock = clock();
    let urls = urls(&clock);
    let mut terms = terms(b"picture", None, clock.now());
    terms.expires_at = clock.now() + SignedDuration::from_hours(24 * 30);
    assert_eq!(fields(&urls.upload(&terms).await.unwrap().url.0)["X-Amz-Expires"], "604800");
    terms.expires_at = clock.now() - SignedDuration::from_hours(1);
    assert_eq!(fields(&urls.upload(&terms).await.unwrap().url.0)["X-Amz-Expires"], "1");
}

#[tokio::test]
async fn temporary_credentials_are_named_in_the_url() {
    let temporary = Credentials::new("test", "test", Some("session/token".to_owned()), None, "tests");
    let backend = S3Backend::new(&client(ENDPOINT, temporary), S3Spec::new("pictures"), clock());
    let url = backend.urls().picture(guest(), &proof()).await.unwrap().0;
    assert_eq!(fields(&url)["X-Amz-Security-Token"], "session%2Ftoken");
}

#[tokio::test]
async fn the_wanted_encryption_is_part_of_an_upload() {
    let kms = ServerSideEncryption::Kms { key: "alias/halftone".to_owned() };
    let spec = S3Spec { server_side_encryption: kms, ..S3Spec::new("pictures") };
    let clock = clock();
    let terms = terms(b"picture", None, clock.now());
    let link =
        S3Backend::new(&client(ENDPOINT, credentials()), spec, clock).urls().upload(&terms).await.unwrap();
    let sent = |name: &str, value: &str| {
        link.headers.iter().any(|(found, set)| found.eq_ignore_ascii_case(name) && set == value)
    };
    assert!(sent("x-amz-server-side-encryption", "aws:kms"), "{:?}", link.headers);
    assert!(sent("x-amz-server-side-encryption-aws-kms-key-id", "alias/halftone"), "{:?}", link.headers);
}

#[tokio::test]
async fn urls_can_name_another_endpoint_than_the_servers() {
    let public = client("http://127.0.0.1:10", credentials());
    let backend = backend_at(ENDPOINT, clock()).with_public_client(&public);
    let url = backend.urls().picture(guest(), &proof()).await.unwrap().0;
    assert!(url.starts_with("http://127.0.0.1:10/"), "{url}");
}

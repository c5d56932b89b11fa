//! Presigned URLs, used as browsers use them and as they must not.

use std::sync::Arc;

use bytes::Bytes;
use halftone_core::clock::{Clock as _, ManualClock, SystemClock};
use halftone_core::id::ShareId;
use halftone_core::object_key::{ObjectKey, RenditionKey};
use halftone_core::ports::objects::{Expected, PartNumber, UploadedPart, stream_of};
use halftone_core::ports::urls::{UploadLink, UploadTerms, UrlSigner as _, Viewer};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::fixtures::{Peer, digest, original, proof, studio, terms};
use crate::http::{Reply, send};

const PICTURE: &[u8] = b"picture";

fn guest() -> Viewer {
    Viewer::Share(ShareId::from_uuid(Uuid::nil()))
}

fn now() -> Timestamp {
    SystemClock.now()
}

fn seconds_ago(seconds: i64) -> Arc<ManualClock> {
    Arc::new(ManualClock::new(now() - SignedDuration::from_secs(seconds)))
}

/// Terms of a new upload, and where it goes to.
async fn ticket(peer: &Peer, content: &[u8]) -> (UploadTerms, UploadLink) {
    let terms = terms(content, None, now());
    let link = peer.backend.urls().upload(&terms).await.unwrap();
    (terms, link)
}

async fn upload(link: &UploadLink, content: &[u8]) -> Reply {
    send("PUT", &link.url.0, &link.headers, content).await
}

fn without(headers: &[(String, String)], name: &str) -> Vec<(String, String)> {
    headers.iter().filter(|(found, _)| !found.eq_ignore_ascii_case(name)).cloned().collect()
}

/// The same headers but for one.
fn with(headers: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut changed = without(headers, name);
    changed.push((name.to_owned(), value.to_owned()));
    changed
}

async fn assert_absent(peer: &Peer, key: ObjectKey) {
    assert_eq!(peer.backend.objects().store.head(key).await.unwrap(), None);
}

async fn shown(peer: &Peer) -> RenditionKey {
    let key = proof();
    let content = stream_of(Bytes::from_static(PICTURE));
    peer.backend.objects().store.put(key.into(), content, Expected::default()).await.unwrap();
    key
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_browser_uploads_once_and_cannot_replace_what_arrived() {
    let peer = Peer::open().await;
    let (terms, link) = ticket(&peer, PICTURE).await;
    let reply = upload(&link, PICTURE).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let info = peer.backend.objects().store.head(terms.key).await.unwrap().unwrap();
    assert_eq!((info.size_bytes, Some(format!("\"{}\"", info.etag).as_str())), (7, reply.header("ETag")));
    assert_eq!(upload(&link, b"posture").await.status, 412);
    let kept = peer.backend.objects().store.get(terms.key, None).await.unwrap().read(7).await.unwrap();
    assert_eq!(kept, PICTURE);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_upload_of_another_type_is_refused() {
    let peer = Peer::open().await;
    let (terms, link) = ticket(&peer, PICTURE).await;
    let headers = with(&link.headers, "Content-Type", "text/html");
    assert_eq!(send("PUT", &link.url.0, &headers, PICTURE).await.status, 403);
    assert_absent(&peer, terms.key).await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_upload_of_another_length_is_refused() {
    let peer = Peer::open().await;
    let (terms, link) = ticket(&peer, PICTURE).await;
    for content in [&b""[..], b"pictur", b"pictures"] {
        assert_eq!(upload(&link, content).await.status, 403);
        assert_absent(&peer, terms.key).await;
    }
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_upload_without_its_condition_is_refused() {
    let peer = Peer::open().await;
    let (terms, link) = ticket(&peer, PICTURE).await;
    let headers = without(&link.headers, "If-None-Match");
    assert_eq!(headers.len() + 1, link.headers.len());
    assert_eq!(send("PUT", &link.url.0, &headers, PICTURE).await.status, 403);
    assert_absent(&peer, terms.key).await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_upload_to_another_place_is_refused() {
    let peer = Peer::open().await;
    let (terms, link) = ticket(&peer, PICTURE).await;
    let elsewhere = original();
    let url = link.url.0.replace(&terms.key.to_string(), &elsewhere.to_string());
    assert_ne!(url, link.url.0);
    assert_eq!(send("PUT", &url, &link.headers, PICTURE).await.status, 403);
    assert_absent(&peer, elsewhere).await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_upload_after_the_end_of_its_ticket_is_refused() {
    let peer = Peer::open().await;
    let clock = seconds_ago(3600);
    let terms = terms(PICTURE, None, clock.now());
    let link = peer.at(clock).urls().upload(&terms).await.unwrap();
    assert_eq!(upload(&link, PICTURE).await.status, 403);
    assert_absent(&peer, terms.key).await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_upload_of_other_content_than_announced_is_refused() {
    let peer = Peer::open().await;
    let terms = terms(PICTURE, Some(digest(PICTURE)), now());
    let link = peer.backend.urls().upload(&terms).await.unwrap();
    assert_eq!(upload(&link, b"posture").await.status, 400);
    assert_absent(&peer, terms.key).await;
    assert_eq!(upload(&link, PICTURE).await.status, 200);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn parts_are_uploaded_by_their_urls() {
    let peer = Peer::open().await;
    let (first, second) = (vec![b'a'; 5 << 20], b"end".to_vec());
    let whole = [first.clone(), second.clone()].concat();
    let (terms, _) = ticket(&peer, &whole).await;
    let multipart = peer.backend.objects().multipart;
    let id = multipart.begin(terms.key).await.unwrap();
    let mut parts = Vec::new();
    for (number, content) in [(1, first), (2, second)] {
        let number = PartNumber::parse(number).unwrap();
        let link = peer.backend.urls().upload_part(&terms, &id, number).await.unwrap();
        let reply = upload(&link, &content).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let etag = reply.header("ETag").unwrap().trim_matches('"').to_owned();
        parts.push(UploadedPart { number, etag });
    }
    let expected = Expected { size_bytes: Some(whole.len() as u64), sha256: None };
    multipart.complete(terms.key, &id, &parts, expected).await.unwrap();
    let body = peer.backend.objects().store.get(terms.key, None).await.unwrap();
    assert!(body.read(u64::MAX).await.unwrap() == whole, "the content differs");
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_picture_is_shown_and_kept_by_the_browser() {
    let peer = Peer::open().await;
    let key = shown(&peer).await;
    for viewer in [guest(), Viewer::Studio(studio())] {
        let url = peer.backend.urls().picture(viewer, &key).await.unwrap().0;
        let reply = send("GET", &url, &[], b"").await;
        assert_eq!((reply.status, reply.body.as_slice()), (200, PICTURE));
        assert_eq!(reply.header("Content-Type"), Some("image/jpeg"));
        assert_eq!(reply.header("Cache-Control"), Some("private, max-age=31536000, immutable"));
    }
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_url_shows_no_other_picture() {
    let peer = Peer::open().await;
    let (key, other) = (shown(&peer).await, shown(&peer).await);
    let url = peer.backend.urls().picture(guest(), &key).await.unwrap().0;
    let tampered = url.replace(&ObjectKey::from(key).to_string(), &ObjectKey::from(other).to_string());
    assert_ne!(tampered, url);
    assert_eq!(send("GET", &tampered, &[], b"").await.status, 403);
    let longer = url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000");
    assert_ne!(longer, url);
    assert_eq!(send("GET", &longer, &[], b"").await.status, 403);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_clients_url_ends_and_a_studios_goes_on() {
    let peer = Peer::open().await;
    let key = shown(&peer).await;
    let urls = peer.at(seconds_ago(61)).urls();
    let ended = urls.picture(guest(), &key).await.unwrap().0;
    assert_eq!(send("GET", &ended, &[], b"").await.status, 403);
    let stable = urls.picture(Viewer::Studio(studio()), &key).await.unwrap().0;
    assert_eq!(send("GET", &stable, &[], b"").await.status, 200);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn pages_of_the_named_origin_may_upload_and_others_may_not() {
    let peer = Peer::open().await;
    peer.backend.allow_browsers(&["https://studio.example"]).await.unwrap();
    let (_, link) = ticket(&peer, PICTURE).await;
    let preflight = |origin: &str| {
        let names: Vec<&str> = link.headers.iter().map(|(name, _)| name.as_str()).collect();
        vec![
            ("Origin".to_owned(), origin.to_owned()),
            ("Access-Control-Request-Method".to_owned(), "PUT".to_owned()),
            ("Access-Control-Request-Headers".to_owned(), names.join(",")),
        ]
    };
    let allowed = send("OPTIONS", &link.url.0, &preflight("https://studio.example"), b"").await;
    assert_eq!(allowed.status, 200, "{allowed:?}");
    assert_eq!(allowed.header("Access-Control-Allow-Origin"), Some("https://studio.example"));
    let refused = send("OPTIONS", &link.url.0, &preflight("https://elsewhere.example"), b"").await;
    assert_eq!(refused.status, 403, "{refused:?}");
    let headers = with(&link.headers, "Origin", "https://studio.example");
    let sent = send("PUT", &link.url.0, &headers, PICTURE).await;
    assert_eq!((sent.status, sent.header("Access-Control-Expose-Headers")), (200, Some("ETag")));
}

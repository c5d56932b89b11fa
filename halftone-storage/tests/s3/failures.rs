//! Requests that fail.

use std::sync::Arc;

use bytes::Bytes;
use halftone_core::clock::SystemClock;
use halftone_core::object_key::{ObjectKey, ObjectPrefix};
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::Objects;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    Expected, MultipartId, ObjectStream, PartNumber, StoredObject, UploadedPart, stream_of,
};

use crate::fixtures::{ATTEMPTS, backend_at, digest, original};
use crate::scripted::{ScriptedServer, bare, document, error, head_of_seven_bytes, reply};

async fn scripted(replies: Vec<Vec<u8>>) -> (ScriptedServer, Objects) {
    let server = ScriptedServer::start(replies).await;
    let objects = backend_at(&server.endpoint, Arc::new(SystemClock)).objects();
    (server, objects)
}

async fn put(objects: &Objects, content: Bytes, expected: Expected) -> Result<StoredObject, StorageError> {
    objects.store.put(original(), stream_of(content), expected).await
}

fn picture() -> Bytes {
    Bytes::from_static(b"picture")
}

#[track_caller]
fn assert_kind<T>(result: Result<T, StorageError>, kind: StorageErrorKind) {
    match result {
        Ok(_) => panic!("succeeded, where {kind:?} was due"),
        Err(error) => assert_eq!(error.kind(), kind, "{error}"),
    }
}

#[tokio::test]
async fn a_busy_service_is_asked_again() {
    let busy = || error("503 Slow Down", "SlowDown");
    let written = reply("200 OK", "ETag: \"m\"\r\n", "");
    let (server, objects) = scripted(vec![busy(), busy(), written, head_of_seven_bytes()]).await;
    let stored = put(&objects, picture(), Expected::default()).await.unwrap();
    assert_eq!((stored.info.etag.as_str(), stored.info.size_bytes), ("m", 7));
    assert_eq!(stored.info.modified_at, "2026-05-14T09:30:00Z".parse().unwrap());
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_service_that_stays_broken_is_unavailable_after_all_attempts() {
    let (server, objects) = scripted(vec![error("500 Internal Server Error", "InternalError")]).await;
    let listed = objects.store.list(ObjectPrefix::All, &PageRequest::first(PageLimit::DEFAULT)).await;
    assert_kind(listed, StorageErrorKind::Unavailable);
    assert_eq!(server.requests().len(), ATTEMPTS as usize);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let objects = backend_at(&endpoint, Arc::new(SystemClock)).objects();
    assert_kind(objects.store.head(original()).await, StorageErrorKind::Unavailable);
}

#[tokio::test]
async fn refused_credentials_are_permission_denied() {
    for (status, code) in [
        ("403 Forbidden", "AccessDenied"),
        ("403 Forbidden", "InvalidAccessKeyId"),
        ("403 Forbidden", "SignatureDoesNotMatch"),
    ] {
        let (_server, objects) = scripted(vec![error(status, code)]).await;
        assert_kind(objects.store.get(original(), None).await, StorageErrorKind::PermissionDenied);
    }
}

#[tokio::test]
async fn expired_credentials_are_unavailable_because_the_role_gets_new_ones() {
    for (status, code) in [("400 Bad Request", "ExpiredToken"), ("403 Forbidden", "RequestTimeTooSkewed")] {
        let (_server, objects) = scripted(vec![error(status, code)]).await;
        assert_kind(objects.store.get(original(), None).await, StorageErrorKind::Unavailable);
    }
    let (_server, objects) = scripted(vec![bare("400 Bad Request", "")]).await;
    assert_kind(objects.store.head(original()).await, StorageErrorKind::Unavailable);
}

#[tokio::test]
async fn a_missing_bucket_is_no_missing_object() {
    let (_server, objects) = scripted(vec![error("404 Not Found", "NoSuchBucket")]).await;
    assert_kind(objects.store.get(original(), None).await, StorageErrorKind::Unexpected);
    // An answer to HEAD does not say what is missing.
    let (_server, objects) = scripted(vec![bare("404 Not Found", "")]).await;
    assert_kind(objects.store.head(original()).await, StorageErrorKind::Unexpected);
    let (server, _) = scripted(vec![bare("404 Not Found", ""), bare("403 Forbidden", "")]).await;
    let backend = backend_at(&server.endpoint, Arc::new(SystemClock));
    assert_kind(backend.check().await, StorageErrorKind::Unexpected);
    assert_kind(backend.check().await, StorageErrorKind::PermissionDenied);
}

#[tokio::test]
async fn an_answer_to_head_has_no_body_to_explain_itself() {
    let absent = || bare("404 Not Found", "");
    let (server, objects) = scripted(vec![absent(), bare("200 OK", ""), absent()]).await;
    for _ in 0..2 {
        assert_eq!(objects.store.head(original()).await.unwrap(), None);
    }
    assert_eq!(server.requests().len(), 3, "the bucket is looked at once");
    let (_server, objects) = scripted(vec![bare("403 Forbidden", "")]).await;
    assert_kind(objects.store.head(original()).await, StorageErrorKind::PermissionDenied);
    let (_server, objects) = scripted(vec![bare("503 Service Unavailable", "")]).await;
    assert_kind(objects.store.head(original()).await, StorageErrorKind::Unavailable);
}

#[tokio::test]
async fn a_write_counts_although_nobody_tells_its_time() {
    let written = reply("200 OK", "ETag: \"m\"\r\n", "");
    let (_server, objects) = scripted(vec![written, bare("403 Forbidden", "")]).await;
    let stored = put(&objects, picture(), Expected::default()).await.unwrap();
    assert_eq!(stored.sha256, Some(digest(b"picture")));
}

#[tokio::test]
async fn content_that_is_not_as_announced_is_never_sent() {
    let (server, objects) = scripted(vec![reply("200 OK", "ETag: \"m\"\r\n", "")]).await;
    let expected = Expected { size_bytes: Some(7), sha256: Some(digest(b"posture")) };
    assert_kind(put(&objects, picture(), expected).await, StorageErrorKind::Mismatch);
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_digest_that_s3_refuses_is_a_mismatch() {
    let (_server, objects) = scripted(vec![error("400 Bad Request", "BadDigest")]).await;
    assert_kind(put(&objects, picture(), Expected::default()).await, StorageErrorKind::Mismatch);
}

#[tokio::test]
async fn one_deletion_of_three_may_fail() {
    let keys = [original(), original(), original()];
    let deleted = |key: ObjectKey| format!("<Deleted><Key>{key}</Key></Deleted>");
    let kept = format!("<Error><Key>{}</Key><Code>AccessDenied</Code><Message>no</Message></Error>", keys[1]);
    let result = format!("<DeleteResult>{}{kept}{}</DeleteResult>", deleted(keys[0]), deleted(keys[2]));
    let (_server, objects) = scripted(vec![document(&result)]).await;
    let outcomes = objects.store.delete_many(&keys).await;
    let kinds: Vec<_> = outcomes
        .iter()
        .map(|outcome| (outcome.key, outcome.result.as_ref().err().map(StorageError::kind)))
        .collect();
    let denied = Some(StorageErrorKind::PermissionDenied);
    assert_eq!(kinds, [(keys[0], None), (keys[1], denied), (keys[2], None)]);
}

#[tokio::test]
async fn a_deletion_that_is_not_answered_did_not_happen() {
    let keys = [original(), original()];
    let (_server, objects) = scripted(vec![document("<DeleteResult></DeleteResult>")]).await;
    for outcome in objects.store.delete_many(&keys).await {
        assert_kind(outcome.result, StorageErrorKind::Unexpected);
    }
    let (_server, objects) = scripted(vec![error("503 Slow Down", "SlowDown")]).await;
    for outcome in objects.store.delete_many(&keys).await {
        assert_kind(outcome.result, StorageErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn an_error_that_comes_with_the_status_of_success_is_an_error() {
    let parts = "<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber>\
        <ETag>\"m\"</ETag><Size>7</Size></Part></ListPartsResult>";
    let (_server, objects) = scripted(vec![document(parts), error("200 OK", "InternalError")]).await;
    let part = UploadedPart { number: PartNumber::parse(1).unwrap(), etag: "m".to_owned() };
    let upload = MultipartId("upload".to_owned());
    let completed = objects.multipart.complete(original(), &upload, &[part], Expected::default()).await;
    assert_kind(completed, StorageErrorKind::Unavailable);
}

#[tokio::test]
async fn a_large_put_that_fails_drops_its_parts() {
    let begun =
        "<InitiateMultipartUploadResult><UploadId>upload-7</UploadId></InitiateMultipartUploadResult>";
    let replies = vec![document(begun), error("403 Forbidden", "AccessDenied"), bare("204 No Content", "")];
    let (server, objects) = scripted(replies).await;
    let content = Bytes::from(vec![7; 17 << 20]);
    assert_kind(put(&objects, content, Expected::default()).await, StorageErrorKind::PermissionDenied);
    let last = server.requests().pop().unwrap();
    assert!(last.starts_with("DELETE ") && last.contains("uploadId=upload-7"), "{last}");
}

#[tokio::test]
async fn a_stream_that_fails_keeps_its_own_error() {
    let (server, objects) = scripted(vec![reply("200 OK", "ETag: \"m\"\r\n", "")]).await;
    let broken = StorageError::new(StorageErrorKind::Corrupt, "read", "archive");
    let content: ObjectStream =
        Box::pin(futures_util::stream::iter([Ok(Bytes::from_static(b"pict")), Err(broken)]));
    let result = objects.store.put(original(), content, Expected::default()).await;
    assert_kind(result, StorageErrorKind::Corrupt);
    assert_eq!(server.requests(), Vec::<String>::new());
}

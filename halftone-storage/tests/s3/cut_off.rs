//! Answers that are damaged on their way.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use halftone_core::clock::SystemClock;
use halftone_core::ports::error::{StorageError, StorageErrorKind};

use crate::fixtures::{backend_at, original};
use crate::scripted::ScriptedServer;

const HEADERS: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"m\"\r\n\
    Last-Modified: Thu, 14 May 2026 09:30:00 GMT\r\n";

/// Reads an object from a server that answers with these headers and this body.
async fn read(headers: &str, body: &str) -> Result<usize, StorageError> {
    let server = ScriptedServer::start(vec![format!("{HEADERS}{headers}\r\n{body}").into_bytes()]).await;
    let store = backend_at(&server.endpoint, Arc::new(SystemClock)).objects().store;
    let mut stream = store.get(original(), None).await.unwrap().stream;
    let mut length = 0;
    while let Some(piece) = stream.try_next().await? {
        length += piece.len();
    }
    Ok(length)
}

#[tokio::test]
async fn a_whole_answer_is_read() {
    assert_eq!(read("Content-Length: 7\r\n", "picture").await.unwrap(), 7);
}

#[tokio::test]
async fn an_answer_that_is_cut_off_fails() {
    let error = read("Content-Length: 1000\r\n", "picture").await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable);
}

#[tokio::test]
async fn an_answer_that_differs_from_its_checksum_fails() {
    // That of `posture`.
    let checksum = "x-amz-checksum-sha256: leU89GfHN8dy7V3ew2MSRAMUROdW1c8LNTdGNDA2BJM=\r\n";
    let error = read(&format!("Content-Length: 7\r\n{checksum}"), "picture").await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable);
}

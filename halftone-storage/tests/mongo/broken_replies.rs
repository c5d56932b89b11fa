//! What the ports say when the server fails, told by a server that does so on purpose.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use halftone_core::clock::SystemClock;
use halftone_core::id::{PhotoId, StudioId};
use halftone_core::ports::Metadata;
use halftone_core::ports::error::StorageErrorKind;
use halftone_storage::mongo::{MongoBackend, MongoSpec};
use mongodb::bson::{Document, doc};
use tokio::net::TcpListener;

use crate::fake_server::{Answer, start};
use crate::samples::{id, order};

async fn metadata(server: SocketAddr) -> Metadata {
    let mut spec = MongoSpec::new(format!("mongodb://{server}/?directConnection=true"), "halftone");
    // After a failure the driver looks at a server every half second.
    spec.server_selection_timeout = Duration::from_secs(3);
    spec.operation_timeout = Duration::from_secs(4);
    MongoBackend::connect(spec, Arc::new(SystemClock)).await.unwrap().metadata()
}

fn not_primary() -> Answer {
    Answer::Reply(doc! { "ok": 0, "errmsg": "not primary", "code": 10_107, "codeName": "NotWritablePrimary" })
}

fn nothing_found(command: &Document) -> Answer {
    let collection = command.get_str("find").unwrap();
    let cursor = doc! { "id": 0_i64, "ns": format!("halftone.{collection}"), "firstBatch": [] };
    Answer::Reply(doc! { "ok": 1, "cursor": cursor })
}

/// A server that fails once, and its count of commands.
async fn failing_once(failure: Answer) -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = move |command: &Document| match count.fetch_add(1, Ordering::SeqCst) {
        0 => failure.clone(),
        _ => nothing_found(command),
    };
    (start(answer).await, asked)
}

#[tokio::test]
async fn a_read_that_breaks_off_is_asked_once_more() {
    let (server, asked) = failing_once(Answer::Break).await;
    let photos = metadata(server).await.photos;
    let found = photos.find(id(StudioId::generate), id(PhotoId::generate)).await.unwrap();
    assert_eq!((found, asked.load(Ordering::SeqCst)), (None, 2));
}

#[tokio::test]
async fn a_read_that_meets_no_primary_is_asked_once_more() {
    let (server, asked) = failing_once(not_primary()).await;
    let photos = metadata(server).await.photos;
    let found = photos.find(id(StudioId::generate), id(PhotoId::generate)).await.unwrap();
    assert_eq!((found, asked.load(Ordering::SeqCst)), (None, 2));
}

/// Places an order with a server that always fails, and checks that it was asked once: an insertion that is sent
/// again might be done twice.
async fn assert_one_try(failure: Answer) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = start(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        failure.clone()
    });
    let orders = metadata(server.await).await.orders;
    let error = orders.create(&order(id(StudioId::generate)), &[]).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable, "{error:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_write_that_breaks_off_is_unavailable_and_not_sent_again() {
    assert_one_try(Answer::Break).await;
}

#[tokio::test]
async fn a_write_that_meets_no_primary_is_unavailable_and_not_sent_again() {
    assert_one_try(not_primary()).await;
}

#[tokio::test]
async fn a_write_that_is_not_answered_is_unavailable_in_time_and_not_sent_again() {
    assert_one_try(Answer::Silence).await;
}

#[tokio::test]
async fn a_duplicate_key_is_no_reason_to_try_again() {
    let duplicate = doc! { "index": 0, "code": 11_000, "errmsg": "E11000 duplicate key error" };
    let server =
        start(move |_| Answer::Reply(doc! { "ok": 1, "n": 0, "writeErrors": [duplicate.clone()] })).await;
    let orders = metadata(server).await.orders;
    let error = orders.create(&order(id(StudioId::generate)), &[]).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::AlreadyExists, "{error:?}");
}

#[tokio::test]
async fn a_damaged_document_is_corrupt() {
    let damaged = |command: &Document| {
        let filter = command.get_document("filter").unwrap();
        let document =
            doc! { "_id": filter.get("_id").unwrap().clone(), "version": 1_i64, "body": { "format": 1 } };
        let cursor = doc! { "id": 0_i64, "ns": "halftone.photos", "firstBatch": [document] };
        Answer::Reply(doc! { "ok": 1, "cursor": cursor })
    };
    let photos = metadata(start(damaged).await).await.photos;
    let error = photos.find(id(StudioId::generate), id(PhotoId::generate)).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Corrupt, "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_gone_is_unavailable() {
    // A port on which nobody listens any more.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let studios = metadata(address).await.studios;
    let error = studios.find(id(StudioId::generate)).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable, "{error:?}");
}

//! Large objects, which become uploads in parts behind the scenes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, future, stream};
use halftone_core::object_key::ObjectKey;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{Expected, ObjectStream};

use crate::fixtures::{Peer, digest, original};

const MEBIBYTE: usize = 1 << 20;

/// Different everywhere, so that parts in a wrong order show.
fn content(mebibytes: u32) -> Vec<u8> {
    (0..mebibytes << 20).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn in_pieces(content: &[u8]) -> ObjectStream {
    let pieces: Vec<_> =
        content.chunks(MEBIBYTE / 3).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Box::pin(stream::iter(pieces))
}

async fn open_uploads(peer: &Peer) -> usize {
    let listed = peer.client.list_multipart_uploads().bucket(&peer.bucket).send().await.unwrap();
    listed.uploads().len()
}

/// Waits until nothing is left of the uploads that nobody waits for, but these.
async fn assert_drops_uploads_but(peer: &Peer, kept: usize) {
    let dropped = async {
        while open_uploads(peer).await > kept {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), dropped).await.expect("the parts stay");
}

async fn assert_absent(peer: &Peer, key: ObjectKey) {
    assert_eq!(peer.backend.objects().store.head(key).await.unwrap(), None);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_large_object_of_unknown_size_comes_back_whole() {
    let (peer, key, content) = (Peer::open().await, original(), content(21));
    let store = peer.backend.objects().store;
    let stored = store.put(key, in_pieces(&content), Expected::default()).await.unwrap();
    assert_eq!((stored.info.size_bytes, stored.sha256), (content.len() as u64, Some(digest(&content))));
    assert_eq!(store.head(key).await.unwrap(), Some(stored.info));
    let read = store.get(key, None).await.unwrap().read(u64::MAX).await.unwrap();
    assert!(read == content, "the content differs");
    assert_eq!(open_uploads(&peer).await, 0);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_object_of_two_whole_parts_has_no_third() {
    let (peer, key, content) = (Peer::open().await, original(), content(16));
    let store = peer.backend.objects().store;
    let stored = store.put(key, in_pieces(&content), Expected::default()).await.unwrap();
    assert_eq!(stored.info.size_bytes, content.len() as u64);
    assert!(stored.info.etag.ends_with("-2"), "{}", stored.info.etag);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_large_object_that_is_not_as_announced_leaves_nothing() {
    let (peer, key, content) = (Peer::open().await, original(), content(17));
    let size = content.len() as u64;
    for expected in [
        Expected { size_bytes: Some(size + 1), sha256: None },
        Expected { size_bytes: Some(size - 1), sha256: None },
        Expected { size_bytes: Some(size), sha256: Some(digest(b"posture")) },
    ] {
        let result = peer.backend.objects().store.put(key, in_pieces(&content), expected).await;
        assert_eq!(result.unwrap_err().kind(), StorageErrorKind::Mismatch);
        assert_absent(&peer, key).await;
        assert_eq!(open_uploads(&peer).await, 0);
    }
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_large_stream_that_fails_leaves_nothing() {
    let (peer, key, content) = (Peer::open().await, original(), content(17));
    let broken = StorageError::new(StorageErrorKind::Unavailable, "read", "request body");
    let stream = Box::pin(in_pieces(&content).chain(stream::once(future::ready(Err(broken)))));
    let result = peer.backend.objects().store.put(key, stream, Expected::default()).await;
    assert_eq!(result.unwrap_err().kind(), StorageErrorKind::Unavailable);
    assert_absent(&peer, key).await;
    assert_eq!(open_uploads(&peer).await, 0);
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_abandoned_large_put_leaves_nothing_and_is_nobody_elses_upload() {
    let (peer, key, content) = (Peer::open().await, original(), content(17));
    let objects = peer.backend.objects();
    let (paused, is_paused) = tokio::sync::oneshot::channel();
    let mut paused = Some(paused);
    let pause = stream::poll_fn(move |_| {
        // All parts but the last have been sent when more is asked for.
        if let Some(paused) = paused.take() {
            paused.send(()).unwrap();
        }
        std::task::Poll::Pending
    });
    let stream: ObjectStream = Box::pin(in_pieces(&content).chain(pause));
    let store = Arc::clone(&objects.store);
    let putting = tokio::spawn(async move { store.put(key, stream, Expected::default()).await });
    is_paused.await.unwrap();
    assert_eq!(open_uploads(&peer).await, 1);
    let other = objects.multipart.begin(key).await.unwrap();
    assert_eq!(open_uploads(&peer).await, 2, "the upload of the put was taken for an open one");
    putting.abort();
    assert!(putting.await.unwrap_err().is_cancelled());
    assert_drops_uploads_but(&peer, 1).await;
    assert_eq!(objects.multipart.begin(key).await.unwrap(), other);
    assert_absent(&peer, key).await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn uploads_that_begin_at_once_are_one() {
    let (peer, key) = (Peer::open().await, original());
    let multipart = peer.backend.objects().multipart;
    let begun = future::join_all((0..8).map(|_| multipart.begin(key))).await;
    let ids: Vec<_> = begun.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(open_uploads(&peer).await, 1);
    assert_eq!(multipart.begin(key).await.unwrap(), ids[0]);
}

/// S3 tells their age in whole seconds.
#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn of_uploads_that_began_in_one_second_the_first_is_found() {
    let peer = Peer::open().await;
    let multipart = peer.backend.objects().multipart;
    for key in (0..12).map(|_| original()) {
        let first = multipart.begin(key).await.unwrap();
        let late = peer.client.create_multipart_upload().bucket(&peer.bucket).key(key.to_string());
        late.send().await.unwrap();
        assert_eq!(multipart.begin(key).await.unwrap(), first);
        assert_eq!(multipart.find(key).await.unwrap(), Some(first));
    }
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn more_keys_than_one_request_takes_are_deleted() {
    let peer = Peer::open().await;
    let keys: Vec<ObjectKey> = (0..1001).map(|_| original()).collect();
    let store = peer.backend.objects().store;
    let last = *keys.last().unwrap();
    store.put(last, in_pieces(b"picture"), Expected::default()).await.unwrap();
    let outcomes = store.delete_many(&keys).await;
    assert_eq!(outcomes.len(), keys.len());
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
    assert_absent(&peer, last).await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_empty_range_holds_nothing() {
    let (peer, key) = (Peer::open().await, original());
    let store = peer.backend.objects().store;
    assert_eq!(store.get(key, Some(3..3)).await.unwrap_err().kind(), StorageErrorKind::NotFound);
    store.put(key, in_pieces(b"picture"), Expected::default()).await.unwrap();
    let body = store.get(key, Some(3..3)).await.unwrap();
    assert_eq!((body.range.clone(), body.info.size_bytes), (3..3, 7));
    assert_eq!(body.read(0).await.unwrap(), "");
    assert_eq!(store.get(key, Some(7..7)).await.unwrap_err().kind(), StorageErrorKind::Mismatch);
}

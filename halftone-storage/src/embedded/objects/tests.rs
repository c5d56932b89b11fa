use std::fs;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use halftone_core::clock::SystemClock;
use halftone_core::id::{ImageId, PhotoId, StudioId};
use halftone_core::object_key::{ImageKey, OriginalKey};
use halftone_core::page::PageLimit;
use halftone_core::ports::objects::stream_of;
use tempfile::TempDir;

use super::*;
use crate::os_entropy::OsEntropy;

fn store(root: &TempDir) -> EmbeddedObjectStore {
    let directory = Arc::new(DataDirectory::open(root.path()).unwrap());
    EmbeddedObjectStore::new(ObjectFiles::new(directory, Arc::new(SystemClock), Arc::new(OsEntropy)))
}

fn original(number: u128) -> ObjectKey {
    let studio = StudioId::from_uuid(Uuid::from_u128(1));
    OriginalKey { studio, photo: PhotoId::from_uuid(Uuid::from_u128(number)), replacement: None }.into()
}

fn image(number: u128) -> ObjectKey {
    let studio = StudioId::from_uuid(Uuid::from_u128(1));
    ImageKey { studio, image: ImageId::from_uuid(Uuid::from_u128(number)) }.into()
}

async fn put(store: &EmbeddedObjectStore, key: ObjectKey, content: &'static [u8]) -> StoredObject {
    store.put(key, stream_of(Bytes::from_static(content)), Expected::default()).await.unwrap()
}

fn names(root: &TempDir, directory: &str) -> usize {
    fs::read_dir(root.path().join(directory)).unwrap().count()
}

async fn until_incoming_is_empty(root: &TempDir) {
    let emptied = async {
        while names(root, "incoming") > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), emptied).await.unwrap();
}

#[tokio::test]
async fn a_stream_that_is_too_long_is_cut_off_and_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let store = store(&root);
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[7; 1000]))).boxed();
    let expected = Expected { size_bytes: Some(500_000), sha256: None };
    let refused = store.put(original(1), endless, expected).await.unwrap_err();
    assert_eq!(refused.kind(), StorageErrorKind::Mismatch);
    until_incoming_is_empty(&root).await;
    assert_eq!(names(&root, "objects"), 0);
}

#[tokio::test]
async fn an_abandoned_upload_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let store = store(&root);
    let stuck = stream::iter([Ok(Bytes::from(vec![7; 200_000]))]).chain(stream::pending()).boxed();
    let upload = store.put(original(1), stuck, Expected::default());
    assert!(tokio::time::timeout(Duration::from_millis(200), upload).await.is_err());
    until_incoming_is_empty(&root).await;
    assert_eq!(names(&root, "objects"), 0);
}

#[tokio::test]
async fn empty_directories_go_with_the_last_file() {
    let root = tempfile::tempdir().unwrap();
    let store = store(&root);
    put(&store, original(1), b"one").await;
    put(&store, original(2), b"two").await;
    assert!(store.delete_many(&[original(1)]).await[0].result.is_ok());
    let photos = format!("objects/studios/{}/photos", Uuid::from_u128(1));
    assert_eq!(names(&root, &photos), 1);
    assert!(store.delete_many(&[original(2)]).await[0].result.is_ok());
    assert_eq!(names(&root, "objects"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn puts_win_against_deletions_of_their_neighbours() {
    let root = tempfile::tempdir().unwrap();
    let store = Arc::new(store(&root));
    let deleter = Arc::clone(&store);
    let deletions = tokio::spawn(async move {
        for _ in 0..200 {
            for outcome in deleter.delete_many(&[original(1)]).await {
                outcome.result.unwrap();
            }
        }
    });
    for number in 0..200 {
        // Each is alone under its studio, so the deletions keep removing every directory on the way.
        put(&store, image(number), b"logo").await;
        store.delete_many(&[image(number)]).await.remove(0).result.unwrap();
        put(&store, original(1), b"photo").await;
    }
    deletions.await.unwrap();
    put(&store, original(1), b"last").await;
    assert!(store.head(original(1)).await.unwrap().is_some());
    assert_eq!(names(&root, "incoming"), 0);
}

#[tokio::test]
async fn marks_are_those_of_the_file_and_change_with_every_write() {
    let root = tempfile::tempdir().unwrap();
    let store = store(&root);
    let first = put(&store, original(1), b"one").await;
    assert_eq!(store.head(original(1)).await.unwrap(), Some(first.info.clone()));
    let second = put(&store, original(1), b"two").await;
    assert_ne!(first.info.etag, second.info.etag);
}

#[tokio::test]
async fn a_reader_keeps_the_content_that_it_opened() {
    let root = tempfile::tempdir().unwrap();
    let store = store(&root);
    let large = vec![1_u8; 3 * PIECE_BYTES];
    let content = stream_of(Bytes::from(large.clone()));
    store.put(original(1), content, Expected::default()).await.unwrap();
    let mut body = store.get(original(1), None).await.unwrap();
    let first = body.stream.try_next().await.unwrap().unwrap();
    assert_eq!(first.len(), PIECE_BYTES);
    put(&store, original(1), b"other").await;
    let rest: Vec<Bytes> = body.stream.try_collect().await.unwrap();
    let total: usize = rest.iter().map(Bytes::len).sum();
    assert_eq!(total + first.len(), large.len());
}

#[tokio::test]
async fn foreign_files_and_empty_directories_are_passed_over() {
    let root = tempfile::tempdir().unwrap();
    let store = store(&root);
    for number in 0..5 {
        put(&store, original(number), b"photo").await;
    }
    let studio = root.path().join(format!("objects/studios/{}", Uuid::from_u128(1)));
    fs::write(studio.join("photos/.DS_Store"), b"junk").unwrap();
    for number in 0..20 {
        fs::create_dir_all(studio.join(format!("photos/0empty-{number}"))).unwrap();
    }
    let page = PageRequest::first(PageLimit::parse(3).unwrap());
    let first = store.list(ObjectPrefix::All, &page).await.unwrap();
    assert_eq!(first.items, [original(0), original(1), original(2)]);
    let rest = store.list(ObjectPrefix::All, &PageRequest::after(page.limit, first.next)).await.unwrap();
    assert_eq!(rest.items, [original(3), original(4)]);
    assert_eq!(rest.next, None);
}

#[tokio::test]
async fn a_file_that_was_shortened_is_an_error_and_not_a_short_object() {
    let root = tempfile::tempdir().unwrap();
    let store = store(&root);
    put(&store, original(1), b"whole").await;
    let body = store.get(original(1), None).await.unwrap();
    let file = fs::OpenOptions::new().write(true).open(store.files.tree.path(original(1))).unwrap();
    file.set_len(0).unwrap();
    assert_eq!(body.read(100).await.unwrap_err().kind(), StorageErrorKind::Corrupt);
}

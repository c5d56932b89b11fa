//! Services that do not answer: no photo is given up for that, and nothing is deleted for not being known.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use halftone_core::id::PhotoId;
use halftone_core::job::{Job, RetryPolicy};
use halftone_core::object_key::{ObjectKey, ObjectPrefix, OriginalKey};
use halftone_core::page::{Page, PageRequest};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    DeleteOutcome, Expected, ObjectBody, ObjectInfo, ObjectStore, ObjectStream, StoredObject, stream_of,
};
use halftone_core::services::working::Disposition;
use halftone_core::settings::Settings;
use jiff::SignedDuration;

use crate::world::{World, first_page, kind};

/// An object store whose next reads fail.
#[derive(Debug)]
struct ShakyObjectStore {
    inner: Arc<dyn ObjectStore>,
    kind: StorageErrorKind,
    failures: Arc<AtomicU32>,
}

#[async_trait]
impl ObjectStore for ShakyObjectStore {
    async fn put(
        &self,
        key: ObjectKey,
        content: ObjectStream,
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        self.inner.put(key, content, expected).await
    }

    async fn get(&self, key: ObjectKey, range: Option<Range<u64>>) -> Result<ObjectBody, StorageError> {
        let left = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() {
            return Err(StorageError::new(self.kind, "get object", key));
        }
        self.inner.get(key, range).await
    }

    async fn head(&self, key: ObjectKey) -> Result<Option<ObjectInfo>, StorageError> {
        self.inner.head(key).await
    }

    async fn delete_many(&self, keys: &[ObjectKey]) -> Vec<DeleteOutcome> {
        self.inner.delete_many(keys).await
    }

    async fn list(&self, prefix: ObjectPrefix, page: &PageRequest) -> Result<Page<ObjectKey>, StorageError> {
        self.inner.list(prefix, page).await
    }
}

/// A world whose object store fails the next `failures` reads.
fn shaky(kind: StorageErrorKind, failures: u32) -> World {
    let failures = Arc::new(AtomicU32::new(failures));
    World::over(|backend| {
        let inner = Arc::clone(&backend.objects.store);
        backend.objects.store = Arc::new(ShakyObjectStore { inner, kind, failures });
    })
}

async fn is_waited_out(failure: StorageErrorKind) {
    let patience = RetryPolicy::default().most_outage_deliveries - 1;
    let world = shaky(failure, patience);
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    for _ in 0..patience {
        assert_eq!(world.run_jobs().await, [Disposition::Retry]);
        assert_eq!(kind(&world.load(&studio, photo).await), "processing");
        world.pass(SignedDuration::from_mins(10));
    }
    assert_eq!(world.run_jobs().await, [Disposition::Done]);
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_waited_out() {
    is_waited_out(StorageErrorKind::Unavailable).await;
}

#[tokio::test]
async fn a_store_that_refuses_our_credentials_is_waited_out() {
    is_waited_out(StorageErrorKind::PermissionDenied).await;
}

#[tokio::test]
async fn an_outage_that_does_not_end_fails_the_photo_at_last() {
    let world = shaky(StorageErrorKind::Unavailable, u32::MAX);
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    for _ in 1..RetryPolicy::default().most_outage_deliveries {
        assert_eq!(world.run_jobs().await, [Disposition::Retry]);
        world.pass(SignedDuration::from_mins(10));
    }
    assert_eq!(world.run_jobs().await, [Disposition::Buried]);
    assert_eq!(kind(&world.load(&studio, photo).await), "failed");
}

#[tokio::test]
async fn a_job_that_was_handed_out_often_and_never_begun_is_still_done() {
    let world = World::new();
    let studio = world.photographer("ana").await;
    let gallery = world.gallery(&studio, "Ceremony").await;
    let photo = world.send(&studio, gallery, "a picture").await;
    let lease = Settings::default().job_lease;
    for _ in 0..RetryPolicy::default().most_ever() {
        assert_eq!(world.services.working.receive(1).await.unwrap().len(), 1);
        world.pass(lease + SignedDuration::from_secs(1));
    }
    assert_eq!(world.run_jobs().await, [Disposition::Done]);
    assert_eq!(kind(&world.load(&studio, photo).await), "ready");
}

#[tokio::test]
async fn a_photo_that_the_database_does_not_know_keeps_its_original() {
    let world = World::new();
    let studio = world.photographer("ana").await.manage().unwrap();
    let photo = PhotoId::parse("01890a5d-ac96-774b-bcce-b302099a8058").unwrap();
    let original: ObjectKey = OriginalKey { studio, photo, replacement: None }.into();
    let content = stream_of(Bytes::from_static(b"restored from a backup"));
    world.backend.objects.store.put(original, content, Expected::default()).await.unwrap();
    for job in [Job::ConfirmUpload { studio, photo }, Job::ProcessPhoto { studio, photo }] {
        world.services.working.perform(&job).await.unwrap();
    }
    world.run_jobs().await;
    let keys = world.backend.objects.store.list(ObjectPrefix::All, &first_page()).await.unwrap();
    assert_eq!(keys.items, [original]);
}

//! What was written is there after a restart.

use halftone_core::job::{Job, PurgeTarget};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::objects::{Expected, PartNumber, stream_of};
use jiff::SignedDuration;

use super::samples::{content, gallery, open, original, photo, put, studio};

#[tokio::test]
async fn documents_files_and_jobs_survive() {
    let root = tempfile::tempdir().unwrap();
    let (job, stored) =
        (Job::Purge { target: PurgeTarget::Studio { studio: studio(), owner: None } }, photo(7));
    {
        let backend = open(root.path()).ports();
        backend.metadata.photos.create_many(std::slice::from_ref(&stored)).await.unwrap();
        backend.queue.jobs.enqueue(std::slice::from_ref(&job), SignedDuration::ZERO).await.unwrap();
        put(&*backend.objects.store, 7).await;
    }
    let backend = open(root.path()).ports();
    let found = backend.metadata.photos.find(studio(), stored.id).await.unwrap().unwrap();
    assert_eq!(found.value, stored);
    assert_eq!(backend.metadata.photos.count_by_gallery(studio(), gallery()).await.unwrap().uploaded, 1);
    let received = backend.queue.jobs.receive(10, SignedDuration::from_mins(1)).await.unwrap();
    assert_eq!(received.into_iter().map(|received| received.job).collect::<Vec<_>>(), [job]);
    let body = backend.objects.store.get(original(7), None).await.unwrap();
    assert!(body.read(1 << 20).await.unwrap() == content(7));
}

#[tokio::test]
async fn an_interrupted_job_is_due_at_once_and_one_that_is_suspect_after_its_lease() {
    let root = tempfile::tempdir().unwrap();
    let job = Job::Purge { target: PurgeTarget::Studio { studio: studio(), owner: None } };
    let lease = SignedDuration::from_hours(1);
    let stale = {
        let jobs = open(root.path()).ports().queue.jobs;
        jobs.enqueue(&[job], SignedDuration::ZERO).await.unwrap();
        jobs.receive(10, lease).await.unwrap().remove(0).receipt
    };
    {
        let jobs = open(root.path()).ports().queue.jobs;
        jobs.acknowledge(&stale).await.unwrap();
        let again = jobs.receive(10, lease).await.unwrap();
        assert_eq!(again.iter().map(|received| received.receive_count).collect::<Vec<_>>(), [2]);
    }
    let jobs = open(root.path()).ports().queue.jobs;
    assert!(jobs.receive(10, lease).await.unwrap().is_empty());
    assert_eq!(jobs.depth().await.unwrap().leased, 1);
}

#[tokio::test]
async fn the_parts_of_an_upload_survive() {
    let root = tempfile::tempdir().unwrap();
    let number = PartNumber::parse(1).unwrap();
    let (upload, part) = {
        let multipart = open(root.path()).ports().objects.multipart;
        let upload = multipart.begin(original(1)).await.unwrap();
        let part = multipart.put_part(original(1), &upload, number, stream_of(content(1)), 1 << 20).await;
        (upload, part.unwrap())
    };
    let objects = open(root.path()).ports().objects;
    assert_eq!(objects.multipart.begin(original(1)).await.unwrap(), upload);
    objects.multipart.complete(original(1), &upload, &[part], Expected::default()).await.unwrap();
    assert_eq!(std::fs::read_dir(root.path().join("multipart")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_second_backend_on_the_directory_is_refused_while_a_port_lives() {
    let root = tempfile::tempdir().unwrap();
    let photos = open(root.path()).ports().metadata.photos;
    let again = || {
        use std::sync::Arc;

        use halftone_core::clock::SystemClock;

        use crate::embedded::EmbeddedBackend;
        use crate::os_entropy::OsEntropy;

        EmbeddedBackend::open(root.path(), Arc::new(SystemClock), Arc::new(OsEntropy))
    };
    assert_eq!(again().unwrap_err().kind(), StorageErrorKind::Unavailable);
    drop(photos);
    again().unwrap();
}

#[tokio::test]
async fn one_connection_pool_serves_many_callers_at_once() {
    let root = tempfile::tempdir().unwrap();
    let photos = open(root.path()).ports().metadata.photos;
    let writes = (1..=300_u128).map(|number| {
        let photos = std::sync::Arc::clone(&photos);
        tokio::spawn(async move { photos.create_many(&[photo(number)]).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    assert_eq!(photos.count_by_gallery(studio(), gallery()).await.unwrap().uploaded, 300);
}

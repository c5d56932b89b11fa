//! What is damaged is reported as such.

use std::fs;
use std::sync::Arc;

use halftone_core::clock::SystemClock;
use halftone_core::job::{Job, PurgeTarget};
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::photos::PhotoFilter;
use jiff::SignedDuration;
use rusqlite::Connection;

use super::samples::{gallery, open, photo, studio};
use crate::embedded::EmbeddedBackend;
use crate::os_entropy::OsEntropy;

#[tokio::test]
async fn a_damaged_document_is_corrupt_wherever_it_is_read() {
    let root = tempfile::tempdir().unwrap();
    {
        let photos = open(root.path()).ports().metadata.photos;
        photos.create_many(&[photo(1), photo(2)]).await.unwrap();
    }
    let connection = Connection::open(root.path().join("halftone.db")).unwrap();
    let sql = "UPDATE photos SET document = replace(document, 'IMG_000001.JPG', 'a/folder')";
    assert_eq!(connection.execute(sql, ()).unwrap(), 2);
    drop(connection);
    let photos = open(root.path()).ports().metadata.photos;
    let found = photos.find(studio(), photo(1).id).await.unwrap_err();
    assert_eq!(found.kind(), StorageErrorKind::Corrupt);
    let page = PageRequest::first(PageLimit::DEFAULT);
    let listed = photos.list(studio(), gallery(), &PhotoFilter::default(), &page).await.unwrap_err();
    assert_eq!(listed.kind(), StorageErrorKind::Corrupt);
    assert!(photos.find(studio(), photo(2).id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_job_that_cannot_be_read_does_not_hold_up_the_others() {
    let root = tempfile::tempdir().unwrap();
    let job = Job::Purge { target: PurgeTarget::Studio { studio: studio(), owner: None } };
    let backend = open(root.path());
    let queue = backend.ports().queue;
    queue.jobs.enqueue(&[job.clone(), job.clone()], SignedDuration::ZERO).await.unwrap();
    let damage = |connection: &Connection| {
        connection.execute("UPDATE jobs SET message = '{}' WHERE id = (SELECT min(id) FROM jobs)", ())?;
        Ok(())
    };
    let operation = crate::embedded::error::Operation::new("damage", "a job");
    backend.database.write(operation, damage).await.unwrap();
    let received = queue.jobs.receive(10, SignedDuration::from_mins(1)).await.unwrap();
    assert_eq!(received.len(), 1);
    assert_eq!(queue.jobs.depth().await.unwrap().dead, 1);
}

#[test]
fn a_file_that_is_no_database_is_corrupt() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("halftone.db"), vec![b'x'; 8192]).unwrap();
    let refused = EmbeddedBackend::open(root.path(), Arc::new(SystemClock), Arc::new(OsEntropy)).unwrap_err();
    assert_eq!(refused.kind(), StorageErrorKind::Corrupt);
}

#[test]
fn a_database_of_a_newer_program_is_refused_with_a_reason() {
    let root = tempfile::tempdir().unwrap();
    drop(open(root.path()));
    let connection = Connection::open(root.path().join("halftone.db")).unwrap();
    connection.pragma_update(None, "user_version", 4_711).unwrap();
    drop(connection);
    let refused = EmbeddedBackend::open(root.path(), Arc::new(SystemClock), Arc::new(OsEntropy)).unwrap_err();
    let reason = std::error::Error::source(&refused).unwrap().to_string();
    assert!(reason.contains("use the newer program"), "{reason}");
}

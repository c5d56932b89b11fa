use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt as _;
use halftone_core::ports::error::StorageErrorKind;
use rusqlite::params;
use tempfile::TempDir;

use super::*;

fn open(root: &TempDir) -> Database {
    Database::open(Arc::new(DataDirectory::open(root.path()).unwrap()), Timestamp::UNIX_EPOCH).unwrap()
}

fn operation() -> Operation {
    Operation::new("test", "the database")
}

fn insert(number: i64) -> impl FnMut(&Connection) -> Result<(), Fault> + Send + 'static {
    move |connection| {
        let sql = "INSERT INTO jobs (id, message, visible_at) VALUES (?, '', ?)";
        connection.execute(sql, params![number.to_be_bytes(), number])?;
        Ok(())
    }
}

async fn count(database: &Database) -> i64 {
    let count = |connection: &Connection| {
        Ok(connection.query_row("SELECT count(*) FROM jobs", (), |row| row.get(0))?)
    };
    database.read(operation(), count).await.unwrap()
}

/// Holds the writer until the returned sender is dropped, so that what is submitted meanwhile is one batch.
async fn hold_writer(database: &Database) -> std::sync::mpsc::Sender<()> {
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let (entered, has_entered) = oneshot::channel();
    let mut entered = Some(entered);
    let holder = database.clone();
    tokio::spawn(async move {
        let hold = move |_: &Connection| {
            if let Some(entered) = entered.take() {
                entered.send(()).unwrap();
                assert!(wait.recv().is_err());
            }
            Ok(())
        };
        holder.write(operation(), hold).await.unwrap();
    });
    has_entered.await.unwrap();
    release
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_of_one_batch_fail_and_succeed_by_themselves() {
    let root = tempfile::tempdir().unwrap();
    let database = open(&root);
    let release = hold_writer(&database).await;
    let panics = |_: &Connection| -> Result<(), Fault> { panic!("as the test wants") };
    let refuses = |connection: &Connection| -> Result<(), Fault> {
        insert(99)(connection)?;
        Err(StorageErrorKind::Conflict.into())
    };
    let batch = async {
        tokio::join!(
            database.write(operation(), insert(1)),
            database.write(operation(), insert(1)),
            database.write(operation(), panics),
            database.write(operation(), refuses),
            database.write(operation(), insert(2)),
            async { drop(release) },
        )
    };
    let (first, doubled, panicked, withdrawn, second, ()) = batch.await;
    first.unwrap();
    assert_eq!(doubled.unwrap_err().kind(), StorageErrorKind::AlreadyExists);
    assert_eq!(panicked.unwrap_err().kind(), StorageErrorKind::Unexpected);
    assert_eq!(withdrawn.unwrap_err().kind(), StorageErrorKind::Conflict);
    second.unwrap();
    assert_eq!(count(&database).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_ends_the_transaction_fails_alone() {
    let root = tempfile::tempdir().unwrap();
    let database = open(&root);
    let release = hold_writer(&database).await;
    // What SQLite does by itself on a full disk.
    let loses_everything = |connection: &Connection| -> Result<(), Fault> {
        connection.execute_batch("ROLLBACK")?;
        Err(StorageErrorKind::Unavailable.into())
    };
    let batch = async {
        tokio::join!(
            database.write(operation(), insert(1)),
            database.write(operation(), loses_everything),
            database.write(operation(), insert(2)),
            async { drop(release) },
        )
    };
    let (first, lost, second, ()) = batch.await;
    first.unwrap();
    assert_eq!(lost.unwrap_err().kind(), StorageErrorKind::Unavailable);
    second.unwrap();
    assert_eq!(count(&database).await, 2);
}

#[tokio::test]
async fn a_full_database_is_unavailable_and_the_writer_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let database = open(&root);
    let limit = |connection: &Connection| {
        let pages: i64 = connection.query_row("PRAGMA page_count", (), |row| row.get(0))?;
        connection.query_row(&format!("PRAGMA max_page_count = {}", pages + 4), (), |_| Ok(()))?;
        Ok(())
    };
    database.write(operation(), limit).await.unwrap();
    let fill = |connection: &Connection| {
        let sql = "INSERT INTO jobs (id, message, visible_at) VALUES (x'00', zeroblob(1000000) || '', 0)";
        connection.execute(sql, ())?;
        Ok(())
    };
    let refused = database.write(operation(), fill).await.unwrap_err();
    assert_eq!(refused.kind(), StorageErrorKind::Unavailable);
    database.write(operation(), insert(1)).await.unwrap();
    assert_eq!(count(&database).await, 1);
}

#[tokio::test]
async fn a_panic_in_a_read_does_not_end_the_reader() {
    let root = tempfile::tempdir().unwrap();
    let database = open(&root);
    for _ in 0..20 {
        let panics = |_: &Connection| -> Result<(), Fault> { panic!("as the test wants") };
        assert_eq!(
            database.read(operation(), panics).await.unwrap_err().kind(),
            StorageErrorKind::Unexpected
        );
    }
    assert_eq!(count(&database).await, 0);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let root = tempfile::tempdir().unwrap();
    let database = open(&root);
    let refused = database.read(operation(), |connection| insert(1)(connection)).await.unwrap_err();
    assert_eq!(refused.kind(), StorageErrorKind::PermissionDenied);
}

#[tokio::test]
async fn closing_leaves_one_file() {
    let root = tempfile::tempdir().unwrap();
    let database = open(&root);
    database.write(operation(), insert(1)).await.unwrap();
    assert!(root.path().join("halftone.db-wal").exists());
    drop(database);
    assert!(!root.path().join("halftone.db-wal").exists());
    assert_eq!(count(&open(&root)).await, 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_disturb() {
    let root = tempfile::tempdir().unwrap();
    let database = open(&root);
    let release = hold_writer(&database).await;
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let write = database.write(operation(), move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    assert!(write.now_or_never().is_none());
    drop(release);
    database.write(operation(), insert(1)).await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[test]
fn writes_are_synced_and_foreign_keys_hold() {
    let root = tempfile::tempdir().unwrap();
    let connection = connection::open_for_writing(&root.path().join("other.db")).unwrap();
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap();
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!((mode.as_str(), number("synchronous"), number("foreign_keys")), ("wal", 2, 1));
}

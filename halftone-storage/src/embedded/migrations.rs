//! The versions of the database, each one step of SQL. A step that was released is never edited; a change of
//! tables is a new step.

use halftone_core::ports::error::StorageErrorKind;
use rusqlite::{Connection, TransactionBehavior};

use super::error::Fault;

/// Step number `n` leads from version `n` to `n + 1`.
const STEPS: [&str; 5] = [
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_changes.sql"),
    include_str!("migrations/0003_packs.sql"),
    include_str!("migrations/0004_notifications.sql"),
    include_str!("migrations/0005_archives.sql"),
];

/// The database was written by a newer program.
#[derive(Debug, thiserror::Error)]
#[error(
    "the database has version {found}, and this program knows versions up to {known}; use the newer program"
)]
struct NewerDatabase {
    found: usize,
    known: usize,
}

/// Brings the database to this program's version. Each step is one transaction together with its number, so
/// a crash leaves the database before or after a step.
pub(super) fn run(connection: &mut Connection) -> Result<(), Fault> {
    let found = version(connection)?;
    if found > STEPS.len() {
        let newer = NewerDatabase { found, known: STEPS.len() };
        return Err(Fault::Refused(StorageErrorKind::Unexpected, Box::new(newer)));
    }
    for (step, statements) in STEPS.iter().enumerate().skip(found) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(statements)?;
        // Few enough to fit any integer.
        transaction.pragma_update(None, "user_version", i32::try_from(step + 1).unwrap_or(i32::MAX))?;
        transaction.commit()?;
        tracing::info!(database.version = step + 1, "the database was brought to a new version");
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<usize, Fault> {
    let number: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    usize::try_from(number).map_err(|_| Fault::Kind(StorageErrorKind::Corrupt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_runs_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection).unwrap();
        assert_eq!(version(&connection).unwrap(), STEPS.len());
        run(&mut connection).unwrap();
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 4_711).unwrap();
        let refused = run(&mut connection).unwrap_err();
        assert!(
            matches!(refused, Fault::Refused(StorageErrorKind::Unexpected, source) if source.is::<NewerDatabase>())
        );
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
    }

    #[test]
    fn a_step_that_fails_leaves_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        // The last table of the first step is in the way.
        connection.execute_batch("CREATE TABLE messages (other INTEGER)").unwrap();
        assert!(run(&mut connection).is_err());
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0)).unwrap();
        assert_eq!((tables, version(&connection).unwrap()), (1, 0));
    }
}

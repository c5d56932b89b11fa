//! The versions of the database, each one step of SQL. A step that was released is never edited; a change of
//! tables is a new step.

use halftone_core::ports::error::StorageErrorKind;
use rusqlite::{Connection, TransactionBehavior};

use super::error::Fault;

mod terms;

/// One step: statements, and what must be computed after them from the documents.
#[derive(Debug, Clone, Copy)]
struct Step {
    statements: &'static str,
    compute: Option<Computation>,
}

type Computation = fn(&Connection) -> Result<(), Fault>;

const fn step(statements: &'static str) -> Step {
    Step { statements, compute: None }
}

/// Step number `n` leads from version `n` to `n + 1`.
const STEPS: [Step; 9] = [
    step(include_str!("migrations/0001_first.sql")),
    step(include_str!("migrations/0002_changes.sql")),
    step(include_str!("migrations/0003_packs.sql")),
    step(include_str!("migrations/0004_notifications.sql")),
    step(include_str!("migrations/0005_archives.sql")),
    Step { statements: include_str!("migrations/0006_search.sql"), compute: Some(terms::write_all) },
    step(include_str!("migrations/0007_renewals.sql")),
    step(include_str!("migrations/0008_meters.sql")),
    step(include_str!("migrations/0009_mails_of_accounts.sql")),
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
    run_steps(connection, found, STEPS.len())
}

fn run_steps(connection: &mut Connection, from: usize, to: usize) -> Result<(), Fault> {
    for (step, Step { statements, compute }) in STEPS.iter().enumerate().take(to).skip(from) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(statements)?;
        if let Some(compute) = compute {
            compute(&transaction)?;
        }
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

    /// Documents as the version before wrote them.
    const OLD: &str = "INSERT INTO galleries (id, studio, state, folded_name, version, document)
            VALUES (?1, ?2, 'draft', '', 1, ?3)";

    #[test]
    fn what_was_stored_before_there_was_a_search_is_found() {
        let mut connection = Connection::open_in_memory().unwrap();
        run_steps(&mut connection, 0, 5).unwrap();
        let document = include_str!("../../tests/formats/gallery.1.json");
        connection.execute(OLD, ([1_u8; 16], [2_u8; 16], document)).unwrap();
        connection.execute(OLD, ([3_u8; 16], [2_u8; 16], "{ damaged }")).unwrap();
        run(&mut connection).unwrap();
        let name = serde_json::from_str::<serde_json::Value>(document).unwrap()["name"].to_string();
        let terms = halftone_core::search::Terms::of([name.as_str()]);
        for gram in terms.grams() {
            let find = "SELECT id FROM search_grams WHERE studio = ? AND kind = 'galleries' AND gram = ?";
            let found: Vec<u8> = connection.query_row(find, ([2_u8; 16], gram), |row| row.get(0)).unwrap();
            assert_eq!(found, [1_u8; 16], "{gram}");
        }
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

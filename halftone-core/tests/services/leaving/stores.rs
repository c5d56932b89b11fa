//! Worlds whose every store can be read as text, so that a store that is added later is looked through too.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use halftone_core::ports::mailer::Mailer;
use halftone_core::services::Dependencies;
use halftone_storage::embedded::EmbeddedBackend;
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tempfile::tempdir;
use uuid::Uuid;

use crate::world::World;

/// A world, and everything that its stores hold.
pub(super) struct Stores {
    pub(super) world: World,
    pub(super) read: Box<dyn Fn() -> String + Send + Sync>,
    /// What it holds and does not show.
    pub(super) hidden: &'static [&'static str],
}

/// Everything in memory; its types print all that they have, but for secrets.
pub(super) fn in_memory() -> Stores {
    let world = World::of(
        |_| {},
        |dependencies| {
            let mailer = dependencies.mail.as_ref().map(|mail| Arc::clone(&mail.mailer));
            log_in_locally(dependencies, mailer.unwrap());
        },
    );
    let (backend, mailer) = (world.backend.clone(), Arc::clone(&world.mailer));
    let read = move || {
        let mut text = format!("{backend:?}");
        for mail in mailer.messages() {
            write!(text, "\n{} {:?} {} {}", mail.to.as_str(), mail.studio, mail.subject, mail.text).unwrap();
        }
        text
    };
    // Of a webhook's address only the host is printed: the rest may be a secret.
    Stores { world, read: Box::new(read), hidden: &["example.com/hook"] }
}

/// Everything in one directory: each row of each table, and the name and the content of each file.
pub(super) fn embedded() -> Stores {
    let directory = tempdir().unwrap();
    let mailbox = OnceCell::new();
    let world = World::opened(
        |clock, entropy| {
            let backend = EmbeddedBackend::open(directory.path(), clock, entropy).unwrap();
            mailbox.set(backend.mailbox()).unwrap();
            backend.ports()
        },
        |dependencies| {
            let mailer: Arc<dyn Mailer> = Arc::new(mailbox.get().unwrap().clone());
            dependencies.mail.as_mut().unwrap().mailer = Arc::clone(&mailer);
            log_in_locally(dependencies, mailer);
        },
    );
    let read = move || {
        let mut text = String::new();
        read_rows(&directory.path().join("halftone.db"), &mut text);
        for part in ["objects", "multipart", "incoming"] {
            read_files(&directory.path().join(part), &mut text);
        }
        text
    };
    Stores { world, read: Box::new(read), hidden: &[] }
}

/// Logs people in by what the backend and the mailbox know, as on one computer.
fn log_in_locally(dependencies: &mut Dependencies, mailer: Arc<dyn Mailer>) {
    let ports = LocalIdentityPorts {
        credentials: Arc::clone(&dependencies.backend.metadata.credentials),
        mailer,
        keyring: Arc::clone(&dependencies.keyring),
        clock: Arc::clone(&dependencies.clock),
        entropy: Arc::clone(&dependencies.entropy),
    };
    dependencies.identity = Arc::new(LocalIdentity::new(ports, LocalIdentitySpec::default()));
}

fn read_rows(database: &Path, text: &mut String) {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() > 10, "{tables:?}");
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query(()).unwrap();
        while let Some(row) = rows.next().unwrap() {
            write!(text, "\n{table}:").unwrap();
            for column in 0..columns {
                write!(text, " {}", in_words(row.get_ref(column).unwrap())).unwrap();
            }
        }
    }
}

/// Ids are kept as their sixteen bytes.
fn in_words(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => id.to_string(),
            Err(_) => String::from_utf8_lossy(bytes).into_owned(),
        },
    }
}

fn read_files(directory: &Path, text: &mut String) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_files(&path, text);
        } else {
            write!(text, "\n{}: ", path.display()).unwrap();
            text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
}

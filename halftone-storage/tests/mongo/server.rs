//! The server that was named, and databases on it that vanish with their test.

use std::sync::{Arc, Mutex};

use halftone_core::clock::SystemClock;
use halftone_core::entropy::Entropy as _;
use halftone_storage::mongo::{MongoBackend, MongoSpec};
use halftone_storage::os_entropy::OsEntropy;
use mongodb::event::EventHandler;
use mongodb::event::command::CommandEvent;

const ADDRESS: &str = "HALFTONE_TEST_MONGODB_URI";

/// The address of the server.
#[expect(clippy::disallowed_methods, reason = "the address of a peer is no configuration of the program")]
pub(crate) fn address() -> String {
    std::env::var(ADDRESS)
        .unwrap_or_else(|_| panic!("{ADDRESS} names no server; `cargo xtask services` starts one"))
}

/// The name of a database that no other test has.
pub(crate) fn new_database() -> String {
    let mut bytes = [0; 8];
    OsEntropy.fill(&mut bytes);
    format!("halftone_test_{:016x}", u64::from_be_bytes(bytes))
}

/// A backend over a new database, with the names of the commands that it sends.
pub(crate) struct Observed {
    pub(crate) backend: MongoBackend,
    database: String,
    commands: Arc<Mutex<Vec<String>>>,
}

impl Observed {
    pub(crate) async fn open() -> Self {
        let (database, commands) = (new_database(), Arc::new(Mutex::new(Vec::new())));
        let names = Arc::clone(&commands);
        let observer = EventHandler::callback(move |event| {
            if let CommandEvent::Started(started) = event {
                names.lock().unwrap().push(started.command_name);
            }
        });
        let spec = MongoSpec::new(address(), database.clone());
        let backend = MongoBackend::connect_observed(spec, Arc::new(SystemClock), observer).await.unwrap();
        backend.ensure_indexes().await.unwrap();
        Self { backend, database, commands }
    }

    /// The names of the commands since the last call.
    pub(crate) fn take_commands(&self) -> Vec<String> {
        std::mem::take(&mut self.commands.lock().unwrap())
    }

    /// The name of the database.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// Drops the database.
    pub(crate) async fn close(self) {
        drop_database(&self.database).await;
    }
}

/// Drops a database over a connection of its own.
pub(crate) async fn drop_database(name: &str) {
    let client = mongodb::Client::with_uri_str(address()).await.unwrap();
    client.database(name).drop().await.unwrap();
}

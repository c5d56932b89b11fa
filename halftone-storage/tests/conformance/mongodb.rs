//! MongoDB as a backend of the suite: databases that are used again, and a look at every command.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::mongodb::bson::{Bson, Document, doc};
use ::mongodb::event::EventHandler;
use ::mongodb::{Client, Database};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use halftone_core::clock::Clock;
use halftone_core::ports::Metadata;
use halftone_storage::mongo::{MongoBackend, MongoSpec};

use crate::world::Companion;
use lease::Lease;
use recorder::Recorder;

mod lease;
mod operators;
mod plans;
mod recorder;

const ADDRESS: &str = "HALFTONE_TEST_MONGODB_URI";

/// A collection that holds a document while a case runs.
const MARKS: &str = "conformance_marks";

#[expect(clippy::disallowed_methods, reason = "the address of a peer is no configuration of the program")]
fn address() -> Option<String> {
    std::env::var(ADDRESS).ok()
}

/// Whether a server was named.
pub(crate) fn is_available() -> bool {
    address().is_some()
}

/// A case's database, and what was asked of it.
#[derive(Debug)]
pub(crate) struct CaseDatabase {
    database: Database,
    recorder: Arc<Recorder>,
    /// Held until the case is over.
    _lease: Lease,
}

/// Opens an empty database that no other case uses.
pub(crate) async fn open(clock: Arc<dyn Clock>) -> (Metadata, CaseDatabase) {
    let address = address().unwrap_or_else(|| panic!("{ADDRESS} names no server"));
    let lease = Lease::take();
    let name = format!("halftone_conformance_{}", lease.number());
    let recorder = Arc::new(Recorder::default());
    let observer = {
        let recorder = Arc::clone(&recorder);
        EventHandler::callback(move |event| recorder.observe(event))
    };
    let spec = MongoSpec::new(address.clone(), name.clone());
    let backend = MongoBackend::connect_observed(spec, clock, observer).await.unwrap();
    let client = Client::with_uri_str(address).await.unwrap();
    let database = client.database(&name);
    begin(&database).await;
    backend.ensure_indexes().await.unwrap();
    recorder.forget();
    (backend.metadata(), CaseDatabase { database, recorder, _lease: lease })
}

/// Takes the database over. The mark of an earlier case that failed tells that it must be dropped; otherwise it is
/// empty and keeps its indexes, whose creation takes far longer than most cases.
async fn begin(database: &Database) {
    let marks = database.collection::<Document>(MARKS);
    if marks.find_one(Document::new()).await.unwrap().is_some() {
        database.drop().await.unwrap();
    }
    marks.insert_one(doc! { "_id": "in use" }).await.unwrap();
}

/// Drops what a case has written to. Emptying is not enough: the server of the tests may keep an entry of a unique
/// index whose document is gone, after concurrent updates of it.
async fn drop_touched(database: &Database, commands: &[Document]) {
    let touched: BTreeSet<&str> =
        commands.iter().filter_map(|command| command.values().next().and_then(Bson::as_str)).collect();
    for name in touched {
        database.collection::<Document>(name).drop().await.unwrap();
    }
    database.collection::<Document>(MARKS).delete_many(Document::new()).await.unwrap();
}

impl Companion for CaseDatabase {
    fn check(&self) -> BoxFuture<'_, ()> {
        async move {
            let commands = self.recorder.commands();
            operators::check(&commands);
            plans::check(&self.database, &commands).await;
            drop_touched(&self.database, &commands).await;
        }
        .boxed()
    }
}

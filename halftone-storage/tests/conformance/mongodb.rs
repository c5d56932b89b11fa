//! MongoDB as a backend of the suite: databases that are used again, and a look at every command.

use std::sync::Arc;

use ::mongodb::event::EventHandler;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
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
    database: ::mongodb::Database,
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
    let client = ::mongodb::Client::with_uri_str(address).await.unwrap();
    let database = client.database(&name);
    backend.ensure_indexes().await.unwrap();
    empty(&database).await;
    recorder.forget();
    (backend.metadata(), CaseDatabase { database, recorder, _lease: lease })
}

/// Creating a database with its indexes takes far longer than emptying one.
async fn empty(database: &::mongodb::Database) {
    let names = database.list_collection_names().await.unwrap();
    let emptied = names.iter().map(async |name| {
        let collection = database.collection::<::mongodb::bson::Document>(name);
        collection.delete_many(::mongodb::bson::Document::new()).await.unwrap();
    });
    join_all(emptied).await;
}

impl Companion for CaseDatabase {
    fn check(&self) -> BoxFuture<'_, ()> {
        async move {
            let commands = self.recorder.commands();
            operators::check(&commands);
            plans::check(&self.database, &commands).await;
        }
        .boxed()
    }
}

//! Documents in MongoDB or Amazon DocumentDB 5.0.
//!
//! Writes are durable when they return, on a majority of the servers, and reads go to the primary. Any number of
//! programs share a database. A broken connection is `Unavailable`; whether the write was done is then not known,
//! and the caller finds out by reading: versions, idempotency keys and ids make trying again safe.
//!
//! # What it keeps to
//! One aggregate is one document, and every change of the ports is one write of one document, so there is no
//! transaction. An `_id` is the domain's own id as a binary UUID, never an `ObjectId`: the core makes ids before it
//! writes, so a creation that is repeated after a broken connection meets its first try instead of doubling it.
//! An activity of a share has no id of its own and bears its place in the list; a refresh token bears its hash.
//!
//! Of the query language it uses what MongoDB and DocumentDB 5.0 have in common, and of that only:
//! - in filters `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$and`, `$elemMatch`;
//! - in updates `$set`, `$inc`, `$push` with `$each`, `$pull`, and the place `$` of the element that was found;
//! - in pipelines `$match`, `$limit`, `$lookup` by equality, `$project`, `$group`, `$sum`, `$max`.
//!
//! The conformance suite looks at every command that it causes, and fails if there is another one in it, or if the
//! server would answer it by reading a whole collection. A query orders by the last field of its index, because
//! DocumentDB does not merge ordered ranges: lists over several states or targets are merged here. The one sort of
//! the server is that of an outbox which has more events than are asked for.
//!
//! # Where to start
//! [`MongoBackend::connect`], once [`MongoBackend::ensure_indexes`], then [`MongoBackend::metadata`]. A new query
//! needs an index in `indexes`. Files and jobs have homes of their own.

use std::sync::Arc;
use std::time::Duration;

use halftone_core::clock::Clock;
use halftone_core::ports::Metadata;
use halftone_core::ports::error::StorageError;
use mongodb::Client;
use mongodb::bson::doc;
use mongodb::event::EventHandler;
use mongodb::event::command::CommandEvent;

mod activities;
mod api_keys;
mod archives;
mod clients;
mod collections;
mod credentials;
mod deliveries;
mod envelope;
mod error;
mod galleries;
mod indexes;
mod listeners;
mod meters;
mod notifications;
mod orders;
mod outbox;
mod packs;
mod photo_lists;
mod photos;
mod price_lists;
mod searches;
mod selections;
mod shares;
mod spec;
mod store;
mod studios;
mod table;
mod terms;
mod values;

pub use spec::MongoSpec;

use api_keys::MongoApiKeyRepository;
use archives::MongoArchiveRepository;
use clients::MongoClientRepository;
use collections::MongoCollectionRepository;
use credentials::MongoCredentialRepository;
use deliveries::MongoDeliveryRepository;
use error::Operation;
use galleries::MongoGalleryRepository;
use listeners::MongoListenerRepository;
use meters::MongoMeterRepository;
use notifications::MongoNotificationRepository;
use orders::MongoOrderRepository;
use outbox::MongoOutbox;
use packs::MongoPackRepository;
use photos::MongoPhotoRepository;
use price_lists::MongoPriceListRepository;
use selections::MongoSelectionRepository;
use shares::MongoShareRepository;
use store::Store;
use studios::MongoStudioRepository;

/// A backend whose documents lie in a database. Clones and the ports share its connections.
#[derive(Debug, Clone)]
pub struct MongoBackend {
    clock: Arc<dyn Clock>,
    store: Store,
    index_timeout: Duration,
}

impl MongoBackend {
    /// Prepares to speak to a database; the first connection is made when it is needed, so [`ping`](Self::ping)
    /// tells whether it can be reached. Leases of events follow `clock`. Needs the Tokio runtime, and must be used
    /// in the one in which it was made.
    ///
    /// # Errors
    /// `Unexpected` if the address cannot be read, and `Unavailable` if it names DNS records that cannot be
    /// looked up.
    pub async fn connect(spec: MongoSpec, clock: Arc<dyn Clock>) -> Result<Self, StorageError> {
        Self::open(spec, clock, None).await
    }

    /// The same, and tells `observer` of every command: for measurements and tests. Commands hold personal data.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect).
    pub async fn connect_observed(
        spec: MongoSpec,
        clock: Arc<dyn Clock>,
        observer: EventHandler<CommandEvent>,
    ) -> Result<Self, StorageError> {
        Self::open(spec, clock, Some(observer)).await
    }

    async fn open(
        spec: MongoSpec,
        clock: Arc<dyn Clock>,
        observer: Option<EventHandler<CommandEvent>>,
    ) -> Result<Self, StorageError> {
        let mut options = spec.client_options().await?;
        options.command_event_handler = observer;
        let client = Client::with_options(options).map_err(|error| spec.failed(error.into()))?;
        let store = Store::new(client.database(&spec.database), spec.operation_timeout);
        Ok(Self { clock, store, index_timeout: spec.index_timeout })
    }

    /// Asks the server whether it is there.
    ///
    /// # Errors
    /// `Unavailable`, or `PermissionDenied` if it refuses the password.
    pub async fn ping(&self) -> Result<(), StorageError> {
        let ping = async {
            self.store.database().run_command(doc! { "ping": 1 }).await?;
            Ok(())
        };
        self.store.run(Operation::new("ping", self.store.database().name()), ping).await
    }

    /// Creates the indexes that are missing, in the background where the server can. Somebody has to do so before the
    /// ports are used: uniqueness rests on them. Where all exist it reads their names and does nothing else.
    ///
    /// A large collection takes its time, up to [`MongoSpec::index_timeout`]. The server goes on if the program ends
    /// meanwhile.
    ///
    /// Then it computes the terms by which documents are searched for that were stored before there was a search, once.
    /// Should that be interrupted, the next call goes on where it ended. A program of that time must not write any more:
    /// what it stores afterwards is found from its next change on.
    ///
    /// # Errors
    /// `Unavailable`, or `PermissionDenied` if the user may not create indexes.
    pub async fn ensure_indexes(&self) -> Result<(), StorageError> {
        let operation = Operation::new("create indexes of", self.store.database().name());
        let prepare = async {
            indexes::ensure(&self.store).await?;
            terms::ensure(&self.store).await
        };
        Store::run_within(self.index_timeout, operation, prepare).await
    }

    /// The ports of this backend.
    pub fn metadata(&self) -> Metadata {
        let store = || self.store.clone();
        Metadata {
            studios: Arc::new(MongoStudioRepository::new(store())),
            collections: Arc::new(MongoCollectionRepository::new(store())),
            galleries: Arc::new(MongoGalleryRepository::new(store())),
            photos: Arc::new(MongoPhotoRepository::new(store())),
            shares: Arc::new(MongoShareRepository::new(store())),
            clients: Arc::new(MongoClientRepository::new(store())),
            meters: Arc::new(MongoMeterRepository::new(store())),
            selections: Arc::new(MongoSelectionRepository::new(store())),
            price_lists: Arc::new(MongoPriceListRepository::new(store())),
            orders: Arc::new(MongoOrderRepository::new(store())),
            packs: Arc::new(MongoPackRepository::new(store())),
            archives: Arc::new(MongoArchiveRepository::new(store())),
            api_keys: Arc::new(MongoApiKeyRepository::new(store())),
            outbox: Arc::new(MongoOutbox::new(store(), Arc::clone(&self.clock))),
            notifications: Arc::new(MongoNotificationRepository::new(store())),
            deliveries: Arc::new(MongoDeliveryRepository::new(store(), Arc::clone(&self.clock))),
            listeners: Arc::new(MongoListenerRepository::new(store())),
            credentials: Arc::new(MongoCredentialRepository::new(store())),
        }
    }
}

#[cfg(test)]
mod tests;

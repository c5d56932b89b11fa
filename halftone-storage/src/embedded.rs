//! Everything in one directory on one computer: documents, queue and mailbox in a SQLite database, files beside
//! it.
//!
//! Writes are durable when they return: the database syncs its log at every commit, and files and their names
//! are synced before they count. One server at a time uses a directory. No work on the database or on files is
//! done on async threads; the object store needs the Tokio runtime for that, the rest brings threads of its
//! own.
//!
//! It is deliberately not made for network file systems, whose locks cannot be trusted, nor for several
//! servers.
//!
//! # Where to start
//! [`EmbeddedBackend::open`], then [`EmbeddedBackend::ports`]. A new table is a new step in `migrations`, and a
//! new aggregate a file in `src/documents` and a golden document in `tests/formats`.

use std::path::Path;
use std::sync::Arc;

use halftone_core::clock::Clock;
use halftone_core::entropy::Entropy;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::{Backend, Metadata, Objects, Queue};

mod activities;
mod api_keys;
mod archives;
mod clients;
mod collections;
mod columns;
mod credentials;
mod database;
mod dead_letters;
mod deliveries;
mod directory;
mod error;
mod files;
mod galleries;
mod listeners;
mod mailbox;
mod master_key;
mod meters;
mod migrations;
mod multipart;
mod notifications;
mod objects;
mod orders;
mod outbox;
mod packs;
mod photo_lists;
mod photos;
mod price_lists;
mod queue;
mod searches;
mod selections;
mod shares;
mod studios;
mod table;

pub use mailbox::{EmbeddedMailbox, KeptMessage};
pub use master_key::master_key;

use api_keys::EmbeddedApiKeyRepository;
use archives::EmbeddedArchiveRepository;
use clients::EmbeddedClientRepository;
use collections::EmbeddedCollectionRepository;
use credentials::EmbeddedCredentialRepository;
use database::Database;
use dead_letters::EmbeddedDeadLetterQueue;
use deliveries::EmbeddedDeliveryRepository;
use directory::DataDirectory;
use galleries::EmbeddedGalleryRepository;
use listeners::EmbeddedListenerRepository;
use meters::EmbeddedMeterRepository;
use multipart::EmbeddedMultipartStore;
use notifications::EmbeddedNotificationRepository;
use objects::{EmbeddedObjectStore, ObjectFiles};
use orders::EmbeddedOrderRepository;
use outbox::EmbeddedOutbox;
use packs::EmbeddedPackRepository;
use photos::EmbeddedPhotoRepository;
use price_lists::EmbeddedPriceListRepository;
use queue::EmbeddedJobQueue;
use selections::EmbeddedSelectionRepository;
use shares::EmbeddedShareRepository;
use studios::EmbeddedStudioRepository;

/// A backend whose content lies in one directory. Clones and the ports share it; when the last of them is
/// dropped, the database is closed cleanly and the directory is free for another server.
///
/// ```
/// use std::sync::Arc;
/// use halftone_core::clock::SystemClock;
/// use halftone_storage::embedded::EmbeddedBackend;
/// use halftone_storage::os_entropy::OsEntropy;
///
/// let directory = tempfile::tempdir().expect("a directory for the example");
/// let backend = EmbeddedBackend::open(directory.path(), Arc::new(SystemClock), Arc::new(OsEntropy))?;
/// let photos = backend.ports().metadata.photos;
/// # let _ = photos;
/// # Ok::<(), halftone_core::ports::error::StorageError>(())
/// ```
#[derive(Debug, Clone)]
pub struct EmbeddedBackend {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    database: Database,
    files: ObjectFiles,
}

impl EmbeddedBackend {
    /// Opens the directory, or makes it with everything in it. Takes its lock, removes what a crash left of
    /// unfinished writes, and brings the database to this program's version. A job that was on its way for the first time
    /// when the last program ended is due at once; one that came more often than that may be why it ended, and waits for the
    /// end of its lease. Works on files: call it at start or on a blocking thread.
    ///
    /// Leases and the times of objects follow `clock`; ids of jobs and names of files on their way in come from
    /// `entropy`.
    ///
    /// # Errors
    /// `Unavailable` if another server uses the directory, or the disk is full or fails; `PermissionDenied`;
    /// `Corrupt` if the database is damaged; `Unexpected` if it was written by a newer program. The source says
    /// which.
    pub fn open(
        directory: &Path,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StorageError> {
        let directory = Arc::new(DataDirectory::open(directory)?);
        let database = Database::open(Arc::clone(&directory), clock.now())?;
        let files = ObjectFiles::new(directory, Arc::clone(&clock), Arc::clone(&entropy));
        Ok(Self { clock, entropy, database, files })
    }

    /// The ports of this backend.
    pub fn ports(&self) -> Backend {
        Backend { metadata: self.metadata(), objects: self.objects(), queue: self.queue() }
    }

    /// The mailbox that serves as the mailer where no mail server is set up.
    pub fn mailbox(&self) -> EmbeddedMailbox {
        EmbeddedMailbox::new(self.database.clone(), Arc::clone(&self.clock))
    }

    fn metadata(&self) -> Metadata {
        let database = || self.database.clone();
        Metadata {
            studios: Arc::new(EmbeddedStudioRepository::new(database())),
            collections: Arc::new(EmbeddedCollectionRepository::new(database())),
            galleries: Arc::new(EmbeddedGalleryRepository::new(database())),
            photos: Arc::new(EmbeddedPhotoRepository::new(database())),
            shares: Arc::new(EmbeddedShareRepository::new(database())),
            clients: Arc::new(EmbeddedClientRepository::new(database())),
            meters: Arc::new(EmbeddedMeterRepository::new(database())),
            selections: Arc::new(EmbeddedSelectionRepository::new(database())),
            price_lists: Arc::new(EmbeddedPriceListRepository::new(database())),
            orders: Arc::new(EmbeddedOrderRepository::new(database())),
            packs: Arc::new(EmbeddedPackRepository::new(database())),
            archives: Arc::new(EmbeddedArchiveRepository::new(database())),
            api_keys: Arc::new(EmbeddedApiKeyRepository::new(database())),
            outbox: Arc::new(EmbeddedOutbox::new(database(), Arc::clone(&self.clock))),
            notifications: Arc::new(EmbeddedNotificationRepository::new(database())),
            deliveries: Arc::new(EmbeddedDeliveryRepository::new(database(), Arc::clone(&self.clock))),
            listeners: Arc::new(EmbeddedListenerRepository::new(database())),
            credentials: Arc::new(EmbeddedCredentialRepository::new(database())),
        }
    }

    fn objects(&self) -> Objects {
        Objects {
            store: Arc::new(EmbeddedObjectStore::new(self.files.clone())),
            multipart: Arc::new(EmbeddedMultipartStore::new(self.files.clone())),
        }
    }

    fn queue(&self) -> Queue {
        let (clock, entropy) = (Arc::clone(&self.clock), Arc::clone(&self.entropy));
        let jobs = EmbeddedJobQueue::new(self.database.clone(), clock, entropy);
        let dead_letters = EmbeddedDeadLetterQueue::new(self.database.clone(), Arc::clone(&self.clock));
        Queue { jobs: Arc::new(jobs), dead_letters: Arc::new(dead_letters) }
    }
}

#[cfg(test)]
mod tests;

//! Everything in memory: for tests, examples and trying things out. Nothing survives the process.
//!
//! All documents and the outbox are one state behind one lock, so a document and its events are written in one
//! step, as the ports ask. The lock is never held while something is awaited.

use std::sync::Arc;

use halftone_core::clock::Clock;
use halftone_core::entropy::Entropy;
use halftone_core::ports::{Backend, Metadata, Objects, Queue};

mod api_keys;
mod archives;
mod collections;
mod credentials;
mod deliveries;
mod galleries;
mod listeners;
mod mailer;
mod meters;
mod multipart;
mod notifications;
mod objects;
mod orders;
mod outbox;
mod packs;
mod photos;
mod price_lists;
mod queue;
mod selections;
mod shares;
mod state;
mod studios;
mod table;

pub use api_keys::MemoryApiKeyRepository;
pub use archives::MemoryArchiveRepository;
pub use collections::MemoryCollectionRepository;
pub use credentials::MemoryCredentialRepository;
pub use deliveries::MemoryDeliveryRepository;
pub use galleries::MemoryGalleryRepository;
pub use listeners::MemoryListenerRepository;
pub use mailer::MemoryMailer;
pub use meters::MemoryMeterRepository;
pub use multipart::MemoryMultipartStore;
pub use notifications::MemoryNotificationRepository;
pub use objects::MemoryObjectStore;
pub use orders::MemoryOrderRepository;
pub use outbox::MemoryOutbox;
pub use packs::MemoryPackRepository;
pub use photos::MemoryPhotoRepository;
pub use price_lists::MemoryPriceListRepository;
pub use queue::{MemoryDeadLetterQueue, MemoryJobQueue};
pub use selections::MemorySelectionRepository;
pub use shares::{MemoryClientRepository, MemoryShareRepository};
pub use studios::MemoryStudioRepository;

use self::objects::SharedObjects;
use self::queue::SharedJobs;
use self::state::SharedState;

/// A backend whose documents, files and jobs live in this process. Clones share their content.
///
/// ```
/// use std::sync::Arc;
/// use halftone_core::clock::SystemClock;
/// use halftone_core::entropy::SeededEntropy;
/// use halftone_storage::memory::MemoryBackend;
///
/// let backend = MemoryBackend::new(Arc::new(SystemClock), Arc::new(SeededEntropy::new(1)));
/// let photos = backend.ports().metadata.photos;
/// # let _ = photos;
/// ```
#[derive(Debug, Clone)]
pub struct MemoryBackend {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    state: SharedState,
    objects: SharedObjects,
    jobs: SharedJobs,
}

impl MemoryBackend {
    /// Starts empty. Leases and the times of objects follow `clock`; ids of jobs and uploads come from
    /// `entropy`.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let (state, objects, jobs) =
            (SharedState::default(), SharedObjects::default(), SharedJobs::default());
        Self { clock, entropy, state, objects, jobs }
    }

    /// The ports of this backend.
    pub fn ports(&self) -> Backend {
        Backend { metadata: self.metadata(), objects: self.objects(), queue: self.queue() }
    }

    fn metadata(&self) -> Metadata {
        let state = || self.state.clone();
        Metadata {
            studios: Arc::new(MemoryStudioRepository::new(state())),
            collections: Arc::new(MemoryCollectionRepository::new(state())),
            galleries: Arc::new(MemoryGalleryRepository::new(state())),
            photos: Arc::new(MemoryPhotoRepository::new(state())),
            shares: Arc::new(MemoryShareRepository::new(state())),
            clients: Arc::new(MemoryClientRepository::new(state())),
            meters: Arc::new(MemoryMeterRepository::new(state())),
            selections: Arc::new(MemorySelectionRepository::new(state())),
            price_lists: Arc::new(MemoryPriceListRepository::new(state())),
            orders: Arc::new(MemoryOrderRepository::new(state())),
            packs: Arc::new(MemoryPackRepository::new(state())),
            archives: Arc::new(MemoryArchiveRepository::new(state())),
            api_keys: Arc::new(MemoryApiKeyRepository::new(state())),
            outbox: Arc::new(MemoryOutbox::new(state(), Arc::clone(&self.clock))),
            notifications: Arc::new(MemoryNotificationRepository::new(state())),
            deliveries: Arc::new(MemoryDeliveryRepository::new(state(), Arc::clone(&self.clock))),
            listeners: Arc::new(MemoryListenerRepository::new(state())),
            credentials: Arc::new(MemoryCredentialRepository::new(state())),
        }
    }

    fn objects(&self) -> Objects {
        let multipart = MemoryMultipartStore::new(
            self.objects.clone(),
            Arc::clone(&self.clock),
            Arc::clone(&self.entropy),
        );
        Objects {
            store: Arc::new(MemoryObjectStore::new(self.objects.clone(), Arc::clone(&self.clock))),
            multipart: Arc::new(multipart),
        }
    }

    fn queue(&self) -> Queue {
        let jobs = MemoryJobQueue::new(self.jobs.clone(), Arc::clone(&self.clock), Arc::clone(&self.entropy));
        let dead_letters = MemoryDeadLetterQueue::new(self.jobs.clone(), Arc::clone(&self.clock));
        Queue { jobs: Arc::new(jobs), dead_letters: Arc::new(dead_letters) }
    }
}

//! Services: the use cases, with every rule in them.
//!
//! A service holds the ports it needs and nothing else; a call takes a [`Principal`](crate::access::Principal)
//! and parsed values, and answers with domain values or with an error enum of its family. Adapters translate.

use std::sync::Arc;

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ports::documents::DocumentRenderer;
use crate::ports::identity::IdentityProvider;
use crate::ports::mailer::Mailer;
use crate::ports::notifier::{NoticeSubscriptions, Notifier};
use crate::ports::queue::JobQueue;
use crate::ports::renderer::Renderer;
use crate::ports::urls::UrlSigner;
use crate::ports::{Backend, Metadata};
use crate::secret::Keyring;
use crate::settings::Settings;

pub mod accounts;
pub(crate) mod arrivals;
pub mod catalogue;
pub mod collections;
pub mod delivering;
pub mod error;
pub mod expanding;
pub mod exporting;
pub mod galleries;
pub mod inbox;
pub mod listening;
pub(crate) mod metering;
pub mod notifying;
pub mod ordering;
pub mod packing;
pub mod photos;
pub mod pricing;
pub mod processing;
pub mod purging;
pub mod receipts;
pub(crate) mod replacing;
pub mod searching;
pub mod selecting;
pub mod selection_exports;
pub mod sharing;
pub mod subscribing;
pub mod sweeping;
pub mod uploads;
pub mod viewing;
pub mod visiting;
pub mod watching;
pub mod working;

/// Everything that the services need from the world.
#[derive(Debug, Clone)]
pub struct Dependencies {
    /// Documents, files and the queue.
    pub backend: Backend,
    /// Who may log in.
    pub identity: Arc<dyn IdentityProvider>,
    /// What turns originals into renditions.
    pub renderer: Arc<dyn Renderer>,
    /// What writes job tickets and receipts.
    pub documents: Arc<dyn DocumentRenderer>,
    /// What makes URLs for browsers.
    pub urls: Arc<dyn UrlSigner>,
    /// The channels by which people hear of events, beside the list inside the web UI and mail.
    pub notifiers: Vec<Arc<dyn Notifier>>,
    /// Where addresses can subscribe to notices, if they can.
    pub subscriptions: Option<Arc<dyn NoticeSubscriptions>>,
    /// How mails are sent. Without it nobody gets any.
    pub mail: Option<Mailing>,
    /// The public key of Web Push (RFC 8292): a point on P-256, uncompressed. Without it no browser can subscribe.
    pub vapid_key: Option<[u8; 65]>,
    /// The installation's keys.
    pub keyring: Arc<Keyring>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Limits and durations.
    pub settings: Settings,
}

/// How mails are sent, and what their links begin with.
#[derive(Debug, Clone)]
pub struct Mailing {
    /// What sends them.
    pub mailer: Arc<dyn Mailer>,
    /// The URL under which browsers reach the installation, without a slash at the end. Without it mails have no links.
    pub site: Option<String>,
}

impl Dependencies {
    pub(crate) const fn metadata(&self) -> &Metadata {
        &self.backend.metadata
    }

    pub(crate) fn jobs(&self) -> &dyn JobQueue {
        &*self.backend.queue.jobs
    }
}

pub(crate) type Shared = Arc<Dependencies>;

/// All services over one set of dependencies.
#[derive(Debug, Clone)]
pub struct Services {
    /// Registering, logging in, the studio itself.
    pub accounts: accounts::AccountService,
    /// Collections.
    pub collections: collections::CollectionService,
    /// Galleries.
    pub galleries: galleries::GalleryService,
    /// Photos as the studio sees them.
    pub photos: photos::PhotoService,
    /// Tickets, bytes, completion.
    pub uploads: uploads::UploadService,
    /// Price lists.
    pub pricing: pricing::PricingService,
    /// Shares as the studio sees them, and their opening.
    pub sharing: sharing::SharingService,
    /// Galleries and photos as a client sees them.
    pub visiting: visiting::VisitingService,
    /// Pictures behind signed URLs.
    pub viewing: viewing::ViewingService,
    /// Selections, from both sides.
    pub selecting: selecting::SelectingService,
    /// Selections as files.
    pub selection_exports: selection_exports::SelectionExportService,
    /// Everything by a few words.
    pub searching: searching::SearchingService,
    /// Orders, from both sides.
    pub ordering: ordering::OrderingService,
    /// Receipts of orders.
    pub receipts: receipts::ReceiptService,
    /// Downloads behind grants.
    pub delivering: delivering::DeliveryService,
    /// Several files at once, as one archive.
    pub packing: packing::PackingService,
    /// Archives that are expanded into photos.
    pub expanding: expanding::ExpandingService,
    /// Everything that a studio has, to take away.
    pub exporting: exporting::ExportingService,
    /// Background work.
    pub working: working::Worker,
    /// Telling people what happened.
    pub notifying: notifying::NotifyingService,
    /// Addresses that hear of processing.
    pub subscribing: subscribing::SubscribingService,
    /// The list of notifications inside the web UI.
    pub inbox: inbox::InboxService,
    /// Browsers, apps and webhooks that hear of events.
    pub listening: listening::ListeningService,
    /// Telling a studio what changed.
    pub watching: watching::WatchingService,
    /// Finding work that got lost.
    pub sweeping: sweeping::SweepingService,
}

impl Services {
    /// Wires the services.
    pub fn new(dependencies: Dependencies) -> Self {
        let world: Shared = Arc::new(dependencies);
        let share = || Arc::clone(&world);
        Self {
            accounts: accounts::AccountService::new(share()),
            collections: collections::CollectionService::new(share()),
            galleries: galleries::GalleryService::new(share()),
            photos: photos::PhotoService::new(share()),
            uploads: uploads::UploadService::new(share()),
            pricing: pricing::PricingService::new(share()),
            sharing: sharing::SharingService::new(share()),
            visiting: visiting::VisitingService::new(share()),
            viewing: viewing::ViewingService::new(share()),
            selecting: selecting::SelectingService::new(share()),
            selection_exports: selection_exports::SelectionExportService::new(share()),
            searching: searching::SearchingService::new(share()),
            ordering: ordering::OrderingService::new(share()),
            receipts: receipts::ReceiptService::new(share()),
            delivering: delivering::DeliveryService::new(share()),
            packing: packing::PackingService::new(share()),
            expanding: expanding::ExpandingService::new(share()),
            exporting: exporting::ExportingService::new(share()),
            working: working::Worker::new(share()),
            notifying: notifying::NotifyingService::new(share()),
            subscribing: subscribing::SubscribingService::new(share()),
            inbox: inbox::InboxService::new(share()),
            listening: listening::ListeningService::new(share()),
            watching: watching::WatchingService::new(share()),
            sweeping: sweeping::SweepingService::new(share()),
        }
    }
}

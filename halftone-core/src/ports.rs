//! Ports: what the services need from the world, as object-safe traits.
//!
//! The documentation of a port is its contract. Where it says MUST, a case of the conformance suite in
//! `halftone-storage` enforces it on every backend.

use std::sync::Arc;

pub mod api_keys;
pub mod archives;
pub mod collections;
pub mod deliveries;
pub mod documents;
pub mod error;
pub mod galleries;
pub mod identity;
pub mod listeners;
pub mod mailer;
pub mod meters;
pub mod notifications;
pub mod notifier;
pub mod objects;
pub mod orders;
pub mod outbox;
pub mod packs;
pub mod photos;
pub mod price_lists;
pub mod queue;
pub mod renderer;
pub mod selections;
pub mod shares;
pub mod studios;
pub mod urls;

/// Where documents are kept: one backend's repositories.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Studios.
    pub studios: Arc<dyn studios::StudioRepository>,
    /// Collections.
    pub collections: Arc<dyn collections::CollectionRepository>,
    /// Galleries.
    pub galleries: Arc<dyn galleries::GalleryRepository>,
    /// Photos.
    pub photos: Arc<dyn photos::PhotoRepository>,
    /// Shares and their activity.
    pub shares: Arc<dyn shares::ShareRepository>,
    /// Clients of shares.
    pub clients: Arc<dyn shares::ClientRepository>,
    /// What was taken of the allowances of shares.
    pub meters: Arc<dyn meters::MeterRepository>,
    /// Selections.
    pub selections: Arc<dyn selections::SelectionRepository>,
    /// Price lists.
    pub price_lists: Arc<dyn price_lists::PriceListRepository>,
    /// Orders.
    pub orders: Arc<dyn orders::OrderRepository>,
    /// Packs.
    pub packs: Arc<dyn packs::PackRepository>,
    /// Archives.
    pub archives: Arc<dyn archives::ArchiveRepository>,
    /// API keys.
    pub api_keys: Arc<dyn api_keys::ApiKeyRepository>,
    /// What the repositories recorded for the notification channels.
    pub outbox: Arc<dyn outbox::Outbox>,
    /// What studios were told.
    pub notifications: Arc<dyn notifications::NotificationRepository>,
    /// What became of notifications on their way.
    pub deliveries: Arc<dyn deliveries::DeliveryRepository>,
    /// Who hears of a studio's events.
    pub listeners: Arc<dyn listeners::ListenerRepository>,
    /// What the local identity provider keeps.
    pub credentials: Arc<dyn identity::CredentialRepository>,
}

/// Where files are kept.
#[derive(Debug, Clone)]
pub struct Objects {
    /// Whole objects.
    pub store: Arc<dyn objects::ObjectStore>,
    /// Uploads in parts.
    pub multipart: Arc<dyn objects::MultipartStore>,
}

/// Where background work waits.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Live jobs.
    pub jobs: Arc<dyn queue::JobQueue>,
    /// Jobs that were given up.
    pub dead_letters: Arc<dyn queue::DeadLetterQueue>,
}

/// One backend's ports, which can be mixed: documents here, files there.
#[derive(Debug, Clone)]
pub struct Backend {
    /// Documents.
    pub metadata: Metadata,
    /// Files.
    pub objects: Objects,
    /// Background work.
    pub queue: Queue,
}

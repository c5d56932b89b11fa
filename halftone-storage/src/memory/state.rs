//! The one state of all documents and their events, behind one lock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use halftone_core::archive::Archive;
use halftone_core::collection::Collection;
use halftone_core::delivery::Delivery;
use halftone_core::gallery::Gallery;
use halftone_core::id::{
    ApiKeyId, ArchiveId, ClientId, CollectionId, DeliveryId, GalleryId, OrderId, PackId, PriceListId,
    ShareId, StudioId,
};
use halftone_core::listener::Listeners;
use halftone_core::meter::Meter;
use halftone_core::order::Order;
use halftone_core::pack::Pack;
use halftone_core::product::PriceList;
use halftone_core::selection::ClientSelections;
use halftone_core::share::{Client, Share};
use halftone_core::studio::{ApiKey, Studio};

use super::credentials::Credentials;
use super::deliveries::Leases;
use super::notifications::Notifications;
use super::outbox::Events;
use super::photos::Photos;
use super::shares::Activities;
use super::table::Table;

/// All documents of one backend.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) studios: Table<StudioId, Studio>,
    pub(super) collections: Table<CollectionId, Collection>,
    pub(super) galleries: Table<GalleryId, Gallery>,
    pub(super) photos: Photos,
    pub(super) shares: Table<ShareId, Share>,
    pub(super) activities: BTreeMap<ShareId, Activities>,
    pub(super) clients: Table<ClientId, Client>,
    pub(super) meters: Table<ShareId, Meter>,
    pub(super) selections: Table<ClientId, ClientSelections>,
    pub(super) price_lists: Table<PriceListId, PriceList>,
    pub(super) orders: Table<OrderId, Order>,
    pub(super) packs: Table<PackId, Pack>,
    pub(super) archives: Table<ArchiveId, Archive>,
    pub(super) api_keys: Table<ApiKeyId, ApiKey>,
    pub(super) notifications: Notifications,
    pub(super) deliveries: Table<DeliveryId, Delivery>,
    pub(super) delivery_leases: Leases,
    pub(super) listeners: Table<StudioId, Listeners>,
    pub(super) credentials: Credentials,
    pub(super) events: Events,
}

/// A handle on the state; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedState(Arc<Mutex<State>>);

impl SharedState {
    /// Takes the lock. The guard must be dropped before anything is awaited; it is not `Send`, so the compiler
    /// sees to that.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // A panicking test must not make every later call of the others panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

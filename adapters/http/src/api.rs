//! The API under [`BASE`]: one file per resource, mirroring the paths.
//!
//! # The pattern
//! [`collections`] shows a whole resource. A handler takes typed arguments (who calls first, see
//! [`auth`](crate::auth)), turns them into domain values, makes one service call and answers:
//!
//! - ids in paths are `Path<String>` read by [`path_id::parse_id`], as a text that is no id is 404;
//! - bodies are [`json_body::JsonBody`] of adapter types in `<resource>/body.rs` with `TryFrom` into the core's;
//!   words, times and numbers with a rule arrive as plain strings and numbers, so that a bad one is 422 with its
//!   field and not 400;
//! - in a `PATCH`, a field that can be cleared is `MaybeUndefined`, any other is `Option`;
//! - answers are those of [`reply`], with the `ETag` of [`conditional`](crate::conditional);
//! - failures are the families of [`problem`](crate::problem).

use halftone_core::services::Services;
use poem_openapi::{LicenseObject, OpenApi, OpenApiService};

use crate::operation::Operations;

mod accounts;
mod api_keys;
mod archives;
mod client_downloads;
mod client_gallery;
mod client_orders;
mod client_photos;
mod client_selections;
mod client_sessions;
mod collections;
mod deliveries;
mod devices;
mod downloads;
mod events;
mod export;
mod galleries;
mod json_body;
mod lab_packs;
mod money;
mod notifications;
mod nullable;
mod orders;
mod paging;
mod path_id;
mod photos;
mod price_lists;
mod receipts;
mod reply;
mod selections;
mod shares;
mod studio;
mod subscriptions;
mod tag;
mod time;
mod uploads;
mod webhooks;

/// Where the API is mounted.
pub(crate) const BASE: &str = "/api/v1";

/// All operations.
fn operations(services: &Services) -> impl OpenApi + use<> {
    (catalogue(services), proofing(services), telling(services), client_side(services))
}

/// Accounts, and what the studio offers.
fn catalogue(services: &Services) -> impl OpenApi + use<> {
    (
        accounts::AccountsApi { accounts: services.accounts.clone() },
        export::ExportApi { exporting: services.exporting.clone() },
        studio::StudioApi {
            accounts: services.accounts.clone(),
            uploads: services.uploads.clone(),
            viewing: services.viewing.clone(),
        },
        api_keys::ApiKeysApi { accounts: services.accounts.clone() },
        collections::CollectionsApi { collections: services.collections.clone() },
        galleries::GalleriesApi { galleries: services.galleries.clone() },
        galleries::preview::PreviewApi { galleries: services.galleries.clone() },
        events::EventsApi { watching: services.watching.clone() },
        price_lists::PriceListsApi { pricing: services.pricing.clone() },
    )
}

/// What the studio does with photos, links, selections and orders.
fn proofing(services: &Services) -> impl OpenApi + use<> {
    (
        uploads::UploadsApi { uploads: services.uploads.clone() },
        uploads::replacements::ReplacementsApi { uploads: services.uploads.clone() },
        archives::ArchivesApi { uploads: services.uploads.clone(), expanding: services.expanding.clone() },
        photos::PhotosApi { photos: services.photos.clone() },
        downloads::DownloadsApi { packing: services.packing.clone() },
        photos::original::OriginalsApi { delivering: services.delivering.clone() },
        shares::SharesApi { sharing: services.sharing.clone() },
        selections::SelectionsApi { selecting: services.selecting.clone() },
        subscriptions::SubscriptionsApi { subscribing: services.subscribing.clone() },
        lab_packs::LabPacksApi { packing: services.packing.clone() },
        receipts::ReceiptsApi { receipts: services.receipts.clone() },
        orders::OrdersApi { ordering: services.ordering.clone() },
    )
}

/// How the studio hears of what happens.
fn telling(services: &Services) -> impl OpenApi + use<> {
    (
        notifications::NotificationsApi { inbox: services.inbox.clone() },
        devices::DevicesApi { listening: services.listening.clone() },
        webhooks::WebhooksApi { listening: services.listening.clone() },
    )
}

/// What clients do.
fn client_side(services: &Services) -> impl OpenApi + use<> {
    (
        client_sessions::ClientSessionsApi {
            sharing: services.sharing.clone(),
            visiting: services.visiting.clone(),
        },
        client_gallery::ClientGalleryApi { visiting: services.visiting.clone() },
        client_photos::ClientPhotosApi { visiting: services.visiting.clone() },
        client_selections::ClientSelectionsApi { selecting: services.selecting.clone() },
        client_orders::ClientOrdersApi { ordering: services.ordering.clone() },
        client_downloads::ClientDownloadsApi { delivering: services.delivering.clone() },
        downloads::ClientPacksApi { packing: services.packing.clone() },
    )
}

/// The API with its document.
pub(crate) fn service(services: &Services) -> OpenApiService<impl OpenApi + use<>, ()> {
    let operations = Operations { api: operations(services), base: BASE };
    OpenApiService::new(operations, "Halftone", env!("CARGO_PKG_VERSION"))
        .description(
            "Photo proofing and ordering. Errors are RFC 9457 problem documents; lists are pages with a \
             cursor; times are RFC 3339 in UTC; money is in minor units.",
        )
        .license(LicenseObject::new("MIT OR Apache-2.0"))
        .server(BASE)
}

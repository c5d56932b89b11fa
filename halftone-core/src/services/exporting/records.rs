//! The documents of an export, page by page.

use super::ExportRecord;
use crate::gallery::Gallery;
use crate::id::StudioId;
use crate::page::{Cursor, Page, PageLimit, PageRequest, Versioned};
use crate::photo::{PhotoSort, PhotoStateKind};
use crate::ports::collections::CollectionFilter;
use crate::ports::error::StorageError;
use crate::ports::galleries::GalleryFilter;
use crate::ports::orders::OrderFilter;
use crate::ports::photos::PhotoFilter;
use crate::services::collections::CollectionView;
use crate::services::galleries::GalleryView;
use crate::services::photos::{PhotoView, within};
use crate::services::selecting::{SelectionView, StudioSelection};
use crate::services::sharing::ShareView;
use crate::services::{Shared, metering};
use crate::share::ShareTarget;

/// The kinds of documents, each with a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Studio,
    Collections,
    Galleries,
    Photos,
    Shares,
    Selections,
    PriceLists,
    Orders,
    Notifications,
    ApiKeys,
    Devices,
    Webhooks,
    /// A part of [`Kind::Shares`].
    SharesOfCollections,
    /// A part of [`Kind::Selections`].
    SelectionsOfCollections,
}

/// What is found gallery by gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PerGallery {
    Photos,
    Shares,
    Selections,
    Originals,
}

/// Some documents, and where the next ones begin.
type Records = (Vec<ExportRecord>, Option<Cursor>);

impl Kind {
    /// Those that have a file.
    pub(super) const ALL: [Self; 12] = [
        Self::Studio,
        Self::Collections,
        Self::Galleries,
        Self::Photos,
        Self::Shares,
        Self::Selections,
        Self::PriceLists,
        Self::Orders,
        Self::Notifications,
        Self::ApiKeys,
        Self::Devices,
        Self::Webhooks,
    ];

    pub(super) const fn filename(self) -> &'static str {
        match self {
            Self::Studio => "studio.json",
            Self::Collections => "collections.json",
            Self::Galleries => "galleries.json",
            Self::Photos => "photos.json",
            Self::Shares | Self::SharesOfCollections => "shares.json",
            Self::Selections | Self::SelectionsOfCollections => "selections.json",
            Self::PriceLists => "price-lists.json",
            Self::Orders => "orders.json",
            Self::Notifications => "notifications.json",
            Self::ApiKeys => "api-keys.json",
            Self::Devices => "devices.json",
            Self::Webhooks => "webhooks.json",
        }
    }

    pub(super) const fn per_gallery(self) -> Option<PerGallery> {
        match self {
            Self::Photos => Some(PerGallery::Photos),
            Self::Shares => Some(PerGallery::Shares),
            Self::Selections => Some(PerGallery::Selections),
            _ => None,
        }
    }

    /// What of this kind belongs to collections and to no gallery.
    pub(super) const fn before_galleries(self) -> Option<Self> {
        match self {
            Self::Shares => Some(Self::SharesOfCollections),
            Self::Selections => Some(Self::SelectionsOfCollections),
            _ => None,
        }
    }
}

fn page(after: Option<Cursor>) -> PageRequest {
    PageRequest::after(PageLimit::MOST, after)
}

fn split<T>(found: Page<T>, record: impl Fn(T) -> ExportRecord) -> Records {
    (found.items.into_iter().map(record).collect(), found.next)
}

/// Reads the documents of a studio.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) world: Shared,
    pub(super) studio: StudioId,
}

impl Reader {
    /// A page of documents that are found by studio.
    pub(super) async fn records(&self, kind: Kind, after: Option<Cursor>) -> Result<Records, StorageError> {
        let (metadata, studio, page) = (self.world.metadata(), self.studio, page(after));
        Ok(match kind {
            Kind::Studio => {
                let found = metadata.studios.find(studio).await?;
                (found.into_iter().map(|found| ExportRecord::Studio(Box::new(found.value))).collect(), None)
            }
            Kind::Collections => self.collections(&page).await?,
            Kind::Galleries => self.galleries(&page).await?,
            Kind::SharesOfCollections => self.of_collections(PerGallery::Shares, &page).await?,
            Kind::SelectionsOfCollections => self.of_collections(PerGallery::Selections, &page).await?,
            Kind::PriceLists => {
                let found = metadata.price_lists.list(studio, &page).await?;
                split(found, |list| ExportRecord::PriceList(list.value))
            }
            Kind::Orders => {
                let found = metadata.orders.list(studio, &OrderFilter::default(), &page).await?;
                split(found, |order| ExportRecord::Order(Box::new(order.value)))
            }
            Kind::Notifications => {
                let found = metadata.notifications.list(studio, &page).await?;
                split(found, |notification| ExportRecord::Notification(Box::new(notification)))
            }
            Kind::ApiKeys => split(metadata.api_keys.list(studio, &page).await?, ExportRecord::ApiKey),
            Kind::Devices => {
                let found = metadata.listeners.find(studio).await?;
                let devices = found.into_iter().flat_map(|found| found.value.devices);
                (devices.map(ExportRecord::Device).collect(), None)
            }
            Kind::Webhooks => {
                let found = metadata.listeners.find(studio).await?;
                let webhooks = found.into_iter().flat_map(|found| found.value.webhooks);
                (webhooks.map(ExportRecord::Webhook).collect(), None)
            }
            // Found by gallery.
            Kind::Photos | Kind::Shares | Kind::Selections => (Vec::new(), None),
        })
    }

    async fn collections(&self, page: &PageRequest) -> Result<Records, StorageError> {
        let metadata = self.world.metadata();
        let found = metadata.collections.list(self.studio, &CollectionFilter::default(), page).await?;
        let mut records = Vec::with_capacity(found.items.len());
        for collection in found.items {
            let id = collection.value.id;
            let gallery_count = metadata.galleries.count_by_collection(self.studio, id).await?;
            records.push(ExportRecord::Collection(CollectionView { collection, gallery_count }));
        }
        Ok((records, found.next))
    }

    async fn galleries(&self, page: &PageRequest) -> Result<Records, StorageError> {
        let metadata = self.world.metadata();
        let found = metadata.galleries.list(self.studio, &GalleryFilter::default(), page).await?;
        let mut records = Vec::with_capacity(found.items.len());
        for gallery in found.items {
            let photos = metadata.photos.count_by_gallery(self.studio, gallery.value.id).await?;
            records.push(ExportRecord::Gallery(Box::new(GalleryView { gallery, photos })));
        }
        Ok((records, found.next))
    }

    /// What a page of collections has beside its galleries. Shares of collections are few.
    async fn of_collections(&self, kind: PerGallery, page: &PageRequest) -> Result<Records, StorageError> {
        let metadata = self.world.metadata();
        let found = metadata.collections.list(self.studio, &CollectionFilter::default(), page).await?;
        let mut records = Vec::new();
        for collection in found.items {
            let target = ShareTarget::Collection(collection.value.id);
            let mut after = None;
            loop {
                let (some, next) = self.of_target(kind, target, after).await?;
                records.extend(some);
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok((records, found.next))
    }

    /// A page of documents that are found by gallery.
    pub(super) async fn records_in(
        &self,
        kind: PerGallery,
        gallery: &Gallery,
        after: Option<Cursor>,
    ) -> Result<Records, StorageError> {
        match kind {
            PerGallery::Photos => self.photos(gallery, after).await,
            PerGallery::Shares | PerGallery::Selections => {
                self.of_target(kind, ShareTarget::Gallery(gallery.id), after).await
            }
            PerGallery::Originals => Ok((Vec::new(), None)),
        }
    }

    async fn photos(&self, gallery: &Gallery, after: Option<Cursor>) -> Result<Records, StorageError> {
        let filter = PhotoFilter {
            sort: PhotoSort::UploadedAt,
            states: PhotoStateKind::WITH_BYTES.to_vec(),
            ..PhotoFilter::default()
        };
        let found = self.world.metadata().photos.list(self.studio, gallery.id, &filter, &page(after)).await?;
        Ok(split(found, |photo| {
            ExportRecord::Photo(Box::new(PhotoView {
                photo: within(photo, gallery),
                thumb: None,
                proof: None,
            }))
        }))
    }

    async fn of_target(
        &self,
        kind: PerGallery,
        target: ShareTarget,
        after: Option<Cursor>,
    ) -> Result<Records, StorageError> {
        let (metadata, studio, page) = (self.world.metadata(), self.studio, page(after));
        let mut records = Vec::new();
        if kind == PerGallery::Shares {
            let found = metadata.shares.list(studio, target, &page).await?;
            for share in found.items {
                let statistics = metadata.shares.statistics(studio, share.value.id).await?;
                let left = metering::left(&self.world, &share.value).await?;
                records.push(ExportRecord::Share(Box::new(ShareView { share, statistics, left })));
            }
            return Ok((records, found.next));
        }
        let found = metadata.selections.list(studio, &[target], &page).await?;
        for Versioned { value, .. } in found.items {
            let client = metadata.clients.find(value.share, value.client).await?.map(|client| client.value);
            let picked = value.distinct_photos();
            for selection in value.selections {
                let view = SelectionView { selection, limit: None, picked };
                records.push(ExportRecord::Selection(Box::new(StudioSelection {
                    view,
                    client: client.clone(),
                })));
            }
        }
        Ok((records, found.next))
    }
}

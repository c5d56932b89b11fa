//! Exporting an account: everything that a studio has, as one ZIP file that is made while it is sent.
//!
//! It holds one JSON file for each kind of document, and all originals in folders by collection and gallery. Documents are
//! read a page at a time and originals piece by piece, so memory does not grow with the studio but for the names of its
//! files. Secrets are in none of it: the caller gives every document the form that the API shows.
//!
//! What changes while an export runs may be in it or not; a photo whose file is missing is named in `missing.json`, and does
//! not keep the rest back.

use std::fmt;
use std::sync::Arc;

use futures_util::stream;

use crate::access::{AccessDenied, Principal};
use crate::listener::{Device, Webhook};
use crate::notification::ListedNotification;
use crate::order::Order;
use crate::ports::error::StorageError;
use crate::ports::objects::ObjectStream;
use crate::product::PriceList;
use crate::services::Shared;
use crate::services::collections::CollectionView;
use crate::services::error::{Absent, Resource};
use crate::services::galleries::GalleryView;
use crate::services::photos::PhotoView;
use crate::services::selecting::StudioSelection;
use crate::services::sharing::ShareView;
use crate::studio::{ApiKey, Studio};
use crate::text::Filename;

mod records;
mod walk;

use self::walk::Walk;

/// Exports accounts.
#[derive(Debug, Clone)]
pub struct ExportingService {
    world: Shared,
}

/// Why an export cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum ExportingError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// The studio is gone.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// One document of an export, as its studio sees it. URLs of pictures are left out: they are secrets that end.
#[derive(Debug)]
pub enum ExportRecord {
    /// The studio itself.
    Studio(Box<Studio>),
    /// A collection.
    Collection(CollectionView),
    /// A gallery.
    Gallery(Box<GalleryView>),
    /// A photo.
    Photo(Box<PhotoView>),
    /// A share, without its token.
    Share(Box<ShareView>),
    /// A client's selection.
    Selection(Box<StudioSelection>),
    /// A price list.
    PriceList(PriceList),
    /// An order.
    Order(Box<Order>),
    /// A notification.
    Notification(Box<ListedNotification>),
    /// An API key, without the key.
    ApiKey(ApiKey),
    /// A device that shows notifications, without its address.
    Device(Device),
    /// A webhook, without its secret.
    Webhook(Webhook),
}

/// Gives documents the form in which they are exported.
pub trait RecordWriter: fmt::Debug + Send + Sync + 'static {
    /// The document as JSON.
    fn write(&self, record: ExportRecord) -> Vec<u8>;
}

/// An export that has begun.
pub struct Export {
    /// The name under which it is saved.
    pub filename: Filename,
    /// The ZIP file.
    pub content: ObjectStream,
}

impl fmt::Debug for Export {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Export").field("filename", &self.filename).finish_non_exhaustive()
    }
}

impl ExportingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    /// Begins to export everything that the caller's studio has. The stream ends with an error if the store fails on the way;
    /// a ZIP file that was cut off has no directory, so nobody takes it for a whole one.
    pub async fn export(
        &self,
        principal: &Principal,
        writer: Arc<dyn RecordWriter>,
    ) -> Result<Export, ExportingError> {
        let studio = principal.manage()?;
        let found = self.world.metadata().studios.find(studio).await?;
        let name = found.ok_or(Absent::new(Resource::Studio))?.value.name.to_string();
        let walk = Walk::new(Arc::clone(&self.world), principal.clone(), studio, writer);
        let content =
            stream::try_unfold(
                walk,
                |mut walk| async move { Ok(walk.next().await?.map(|bytes| (bytes, walk))) },
            );
        Ok(Export { filename: super::packing::archive_name(&name), content: Box::pin(content) })
    }
}

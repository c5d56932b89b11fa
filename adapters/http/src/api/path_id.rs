//! Ids in paths.

use halftone_core::id;
use halftone_core::services::error::{Absent, Resource};
use poem_openapi::param::Path;

/// An id that can stand in a path.
pub(crate) trait PathId: Sized {
    /// What it names.
    const RESOURCE: Resource;

    /// Reads the text form.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! path_id {
    ($($id:ident names $resource:ident;)+) => {
        $(impl PathId for id::$id {
            const RESOURCE: Resource = Resource::$resource;

            fn read(text: &str) -> Option<Self> {
                // Why `ok`: what is not an id names nothing.
                Self::parse(text).ok()
            }
        })+
    };
}

path_id! {
    StudioId names Studio;
    CollectionId names Collection;
    GalleryId names Gallery;
    PhotoId names Photo;
    ImageId names Image;
    UploadId names Upload;
    ShareId names Share;
    SelectionId names Selection;
    PriceListId names PriceList;
    OrderId names Order;
    PackId names Download;
    ArchiveId names Archive;
    SubscriptionId names Subscription;
    ApiKeyId names ApiKey;
    DeviceId names Device;
    WebhookId names Webhook;
    DeliveryId names Delivery;
}

/// Reads an id from a path. A text that is no id names nothing: 404, like any other unknown id.
pub(crate) fn parse_id<Id: PathId>(text: &Path<String>) -> Result<Id, Absent> {
    Id::read(&text.0).ok_or(Absent::new(Id::RESOURCE))
}

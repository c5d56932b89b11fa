//! What the error enums of the service families share.

use std::fmt;

use crate::text::InvalidValue;

/// A kind of thing that can be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// A studio.
    Studio,
    /// A collection.
    Collection,
    /// A gallery.
    Gallery,
    /// A section of a gallery.
    Section,
    /// A photo.
    Photo,
    /// A studio's image.
    Image,
    /// An upload ticket.
    Upload,
    /// A share.
    Share,
    /// A selection.
    Selection,
    /// A price list.
    PriceList,
    /// A product of a price list.
    Product,
    /// An order.
    Order,
    /// A line of an order.
    OrderItem,
    /// A subscription to notices.
    Subscription,
    /// A notification.
    Notification,
    /// A browser or an app that shows notifications.
    Device,
    /// A webhook.
    Webhook,
    /// A delivery to a webhook.
    Delivery,
    /// An API key.
    ApiKey,
    /// A picture behind a signed URL.
    Picture,
    /// A pack.
    Download,
    /// The lab pack of an order.
    LabPack,
    /// An archive that is expanded into photos.
    Archive,
}

impl Resource {
    /// The words for people: `price list`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Studio => "studio",
            Self::Collection => "collection",
            Self::Gallery => "gallery",
            Self::Section => "section",
            Self::Photo => "photo",
            Self::Image => "image",
            Self::Upload => "upload",
            Self::Share => "share",
            Self::Selection => "selection",
            Self::PriceList => "price list",
            Self::Product => "product",
            Self::Order => "order",
            Self::OrderItem => "order line",
            Self::Subscription => "subscription",
            Self::Notification => "notification",
            Self::Device => "device",
            Self::Webhook => "webhook",
            Self::Delivery => "delivery",
            Self::ApiKey => "API key",
            Self::Picture => "picture",
            Self::Download => "download",
            Self::LabPack => "lab pack",
            Self::Archive => "archive",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A thing that was named does not exist, or belongs to somebody else, which is the same to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such {resource}")]
pub struct Absent {
    /// What is absent.
    pub resource: Resource,
}

impl Absent {
    /// Reports an absent `resource`.
    pub const fn new(resource: Resource) -> Self {
        Self { resource }
    }
}

/// A field of a request holds a value that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value}")]
pub struct InvalidField {
    /// The field's path in the request, for example `items[0].quantity`.
    pub field: String,
    /// What is wrong with it.
    pub value: InvalidValue,
}

impl InvalidField {
    /// Names the field at fault.
    pub fn new(field: impl Into<String>, value: InvalidValue) -> Self {
        Self { field: field.into(), value }
    }

    /// Reports that `field` names a thing that does not exist.
    pub fn unknown(field: impl Into<String>, resource: Resource) -> Self {
        Self::new(field, InvalidValue::new(resource.as_str(), "does not exist"))
    }
}

/// Gives a parse result the name of the field that it came from.
pub trait FieldExt<T> {
    /// Names the field at fault.
    ///
    /// # Errors
    /// The value was not valid.
    fn field(self, field: &str) -> Result<T, InvalidField>;
}

impl<T> FieldExt<T> for Result<T, InvalidValue> {
    fn field(self, field: &str) -> Result<T, InvalidField> {
        self.map_err(|value| InvalidField::new(field, value))
    }
}

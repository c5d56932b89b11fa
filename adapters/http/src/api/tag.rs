//! The chapters of the API's document.

use poem_openapi::Tags;

/// A chapter.
#[derive(Debug, Tags)]
pub(crate) enum Tag {
    /// Registering, logging in, leaving.
    Accounts,
    /// The studio itself: name, currency, branding, logos, API keys.
    Studio,
    /// Jobs that group galleries.
    Collections,
    /// Ordered sets of photos with processing options.
    Galleries,
    /// Sending photos.
    Uploads,
    /// Photos as the studio sees them.
    Photos,
    /// Links for clients.
    Shares,
    /// Selections as the studio sees them.
    Selections,
    /// Finding everything of the studio by a few words.
    Search,
    /// What can be ordered.
    #[oai(rename = "Price lists")]
    PriceLists,
    /// Orders as the studio sees them.
    Orders,
    /// What the studio is told, and by which devices and webhooks.
    Notifications,
    /// Everything for whoever opened a share.
    Client,
}

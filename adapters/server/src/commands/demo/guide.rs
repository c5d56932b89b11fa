//! What a visitor of the demonstration needs to know.

use halftone_core::access::Principal;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::galleries::GalleryFilter;
use halftone_core::secret::Password;
use halftone_core::services::Services;
use halftone_core::services::accounts::AccountError;
use halftone_core::share::ShareTarget;
use halftone_core::text::Email;

use crate::commands::demo::content::{EMAIL, PASSWORD, PIN};
use crate::console;

/// The demonstration's photographer.
///
/// # Errors
/// There is none, or the store failed.
pub(super) async fn log_in(services: &Services) -> Result<Principal, AccountError> {
    let email = Email::parse(EMAIL).expect("the demonstration's address is one");
    let session = services.accounts.log_in(&email, &Password::attempt(PASSWORD)).await?;
    services.accounts.authenticate(&session.access_token).await
}

/// The shares of the demonstration.
#[derive(Debug)]
pub(super) struct Guide {
    shares: Vec<ShareNote>,
}

#[derive(Debug)]
struct ShareNote {
    gallery: String,
    label: String,
    /// The path of its link.
    path: String,
    asks_for_pin: bool,
}

impl Guide {
    /// Looks the shares up. Their tokens are derived anew; they are not stored.
    ///
    /// # Errors
    /// The store failed, or the demonstration's account is gone.
    pub(super) async fn read(services: &Services) -> anyhow::Result<Self> {
        let owner = log_in(services).await?;
        let page = PageRequest::first(PageLimit::MOST);
        let mut shares = Vec::new();
        for gallery in services.galleries.list(&owner, &GalleryFilter::default(), &page).await?.items {
            let gallery = gallery.gallery.value;
            let target = ShareTarget::Gallery(gallery.id);
            for share in services.sharing.list(&owner, target, &page).await?.items {
                let share = share.share.value;
                let token = services.sharing.token(&owner, share.id).await?;
                shares.push(ShareNote {
                    gallery: gallery.name.to_string(),
                    label: share.label.to_string(),
                    path: format!("/s/{}", token.reveal()),
                    asks_for_pin: share.pin_hash.is_some(),
                });
            }
        }
        Ok(Self { shares })
    }

    /// Prints what to try.
    pub(super) fn print(&self, address: &str) {
        console::say("");
        console::say("Log in as the photographer:");
        console::say(format!("  E-mail    {EMAIL}"));
        console::say(format!("  Password  {PASSWORD}"));
        console::say("Or open a gallery as a client:");
        for share in &self.shares {
            let pin = if share.asks_for_pin { format!(", PIN {PIN}") } else { String::new() };
            console::say(format!("  {address}{}  ({}: {}{pin})", share.path, share.gallery, share.label));
        }
    }
}

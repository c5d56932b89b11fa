//! Accounts: registering, logging in, the studio itself, API keys, leaving.

use std::collections::BTreeMap;

use crate::access::{AccessDenied, Principal, StudioMember};
use crate::event::EventKind;
use crate::id::{ApiKeyId, ImageId, StudioId, UserId};
use crate::job::{Job, PurgeTarget};
use crate::money::Currency;
use crate::page::{Page, PageLimit, PageRequest, Versioned};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::identity::{Confirmation, IdentityError, Session, User};
use crate::secret::{ApiKeyToken, Password, RenewalKey};
use crate::services::catalogue::{ATTEMPTS, SAFETY_DELAY, exhausted, is_lost_race};
use crate::services::error::{Absent, InvalidField, Resource};
use crate::services::purging::enqueue as enqueue_purge;
use crate::services::subscribing::end_subscriptions;
use crate::services::{Dependencies, Shared};
use crate::studio::{AmendWindow, ApiKey, Branding, Channel, NotificationChoices, Studio};
use crate::text::{Email, Line, Name};
use crate::watermark::Colour;

/// Manages accounts and studios.
#[derive(Debug, Clone)]
pub struct AccountService {
    world: Shared,
}

/// Why a call on accounts failed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// Something in the request is not valid.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The studio is no longer at the version that the caller has seen.
    #[error("it was changed in between")]
    Changed,
    /// The identity provider refused or failed.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// Who registered.
    pub user: UserId,
    /// The user's studio.
    pub studio: StudioId,
    /// Whether the address must be confirmed before logging in.
    pub confirmation: Confirmation,
}

/// What of a studio is to change; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct StudioChange {
    /// The name.
    pub name: Option<Name>,
    /// What new price lists are in.
    pub currency: Option<Currency>,
    /// How client pages look.
    pub branding: BrandingChange,
    /// How long a client may amend an order.
    pub amend_window: Option<AmendWindow>,
    /// Which of these events goes to which channels; `None` for all channels again.
    pub notifications: BTreeMap<EventKind, Option<Vec<Channel>>>,
}

/// What of the branding is to change; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct BrandingChange {
    /// The colour of buttons and links.
    pub accent: Option<Colour>,
    /// A line under the studio's name.
    pub tagline: Option<Line>,
    /// The logo on client pages; `Some(None)` takes it away.
    pub logo: Option<Option<ImageId>>,
    /// The studio's web address.
    pub website: Option<Line>,
}

impl BrandingChange {
    fn apply_to(self, branding: &mut Branding) {
        branding.accent = self.accent.unwrap_or(branding.accent);
        branding.logo = self.logo.unwrap_or(branding.logo);
        if let Some(tagline) = self.tagline {
            branding.tagline = tagline;
        }
        if let Some(website) = self.website {
            branding.website = website;
        }
    }
}

impl AccountService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Registers a photographer and makes the studio.
    pub async fn register(
        &self,
        email: &Email,
        password: &Password,
        studio_name: Name,
    ) -> Result<Registered, AccountError> {
        let signed_up = self.world().identity.sign_up(email, password).await?;
        let user = User { id: signed_up.user, email: email.clone() };
        let studio = self.create_studio(&user, studio_name).await?;
        Ok(Registered { user: user.id, studio, confirmation: signed_up.confirmation })
    }

    async fn create_studio(&self, user: &User, name: Name) -> Result<StudioId, StorageError> {
        let now = self.world().clock.now();
        let studio = Studio {
            id: StudioId::generate(now, &*self.world().entropy),
            owner: user.id,
            email: user.email.clone(),
            name,
            currency: Currency::EUR,
            branding: Branding::default(),
            amend_window: AmendWindow::DEFAULT,
            notifications: NotificationChoices::default(),
            images: Vec::new(),
            subscriptions: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        self.world().metadata().studios.create(&studio).await?;
        Ok(studio.id)
    }

    /// Confirms an address.
    pub async fn confirm(&self, email: &Email, code: &str) -> Result<(), AccountError> {
        Ok(self.world().identity.confirm(email, code).await?)
    }

    /// Mails a new confirmation code.
    pub async fn resend_confirmation(&self, email: &Email) -> Result<(), AccountError> {
        Ok(self.world().identity.resend_confirmation(email).await?)
    }

    /// Logs in. A user whose registration broke off before the studio was made gets it now.
    pub async fn log_in(&self, email: &Email, password: &Password) -> Result<Session, AccountError> {
        let session = self.world().identity.log_in(email, password).await?;
        self.ensure_studio(&session.user).await?;
        Ok(session)
    }

    async fn ensure_studio(&self, user: &User) -> Result<(), AccountError> {
        if self.world().metadata().studios.find_by_owner(user.id).await?.is_some() {
            return Ok(());
        }
        let mailbox = user.email.as_str().split('@').next().unwrap_or_default();
        let fallback = || Name::parse("My studio").expect("a plain name is a name");
        let name = Name::parse(mailbox).unwrap_or_else(|_| fallback());
        match self.create_studio(user, name).await {
            Ok(_) => Ok(()),
            // Made by a login at the same time, or deleted a moment ago.
            Err(error) if error.kind() == StorageErrorKind::AlreadyExists => {
                let found = self.world().metadata().studios.find_by_owner(user.id).await?;
                found.map(drop).ok_or(IdentityError::InvalidCredentials.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Exchanges a refresh token. With a key, the exchange may be repeated when its answer was lost.
    pub async fn refresh(
        &self,
        refresh_token: &str,
        key: Option<&RenewalKey>,
    ) -> Result<Session, AccountError> {
        Ok(self.world().identity.refresh(refresh_token, key).await?)
    }

    /// Logs out.
    pub async fn log_out(&self, refresh_token: &str) -> Result<(), AccountError> {
        Ok(self.world().identity.log_out(refresh_token).await?)
    }

    /// Mails a code for a new password.
    pub async fn forgot_password(&self, email: &Email) -> Result<(), AccountError> {
        Ok(self.world().identity.forgot_password(email).await?)
    }

    /// Sets a new password with a mailed code.
    pub async fn reset_password(
        &self,
        email: &Email,
        code: &str,
        password: &Password,
    ) -> Result<(), AccountError> {
        Ok(self.world().identity.reset_password(email, code, password).await?)
    }

    /// The studio member behind an access token or an API key.
    pub async fn authenticate(&self, token: &str) -> Result<Principal, AccountError> {
        let invalid = || AccountError::from(IdentityError::InvalidCredentials);
        if let Ok(key) = ApiKeyToken::parse(token) {
            let found = self.world().metadata().api_keys.find_by_hash(&key.hash()).await?;
            let key = found.ok_or_else(invalid)?;
            let studio = self.world().metadata().studios.find(key.studio).await?;
            studio.ok_or_else(invalid)?;
            return Ok(Principal::Studio(StudioMember { user: key.user, studio: key.studio }));
        }
        let user = self.world().identity.verify(token).await?;
        let studio = self.world().metadata().studios.find_by_owner(user).await?;
        let studio = studio.ok_or_else(invalid)?.value.id;
        Ok(Principal::Studio(StudioMember { user, studio }))
    }

    /// The studio.
    pub async fn studio(&self, principal: &Principal) -> Result<Versioned<Studio>, AccountError> {
        let studio = principal.manage()?;
        let found = self.world().metadata().studios.find(studio).await?;
        found.ok_or_else(|| Absent::new(Resource::Studio).into())
    }

    /// Changes the studio, if it is still at the version that the caller insists on.
    pub async fn change_studio(
        &self,
        principal: &Principal,
        change: StudioChange,
        seen: Option<crate::page::Version>,
    ) -> Result<Versioned<Studio>, AccountError> {
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.studio(principal).await?;
            if seen.is_some_and(|seen| seen != version) {
                return Err(AccountError::Changed);
            }
            apply(&mut value, change.clone());
            if let Some(logo) = value.branding.logo
                && value.find_image(logo).is_none()
            {
                return Err(InvalidField::unknown("branding.logo_id", Resource::Image).into());
            }
            value.updated_at = self.world().clock.now();
            match self.world().metadata().studios.update(&value, version, &[]).await {
                Ok(version) => return Ok(Versioned::new(value, version)),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change studio", "").into())
    }

    /// Ends the account: nobody can log in from now on, and everything is purged in the background.
    pub async fn delete(&self, principal: &Principal, password: &Password) -> Result<(), AccountError> {
        let studio = self.studio(principal).await?.value;
        let owner = User { id: studio.owner, email: studio.email.clone() };
        self.world().identity.check_password(&owner, password).await?;
        // The delayed purge outlives a crash between any two of the steps after it, and does nothing if the
        // studio was not hidden in the end; the other one is for at once.
        let target = PurgeTarget::Studio { studio: studio.id, owner: Some(studio.owner) };
        end_subscriptions(self.world(), &studio).await?;
        self.world().jobs().enqueue(&[Job::Purge { target }], SAFETY_DELAY).await?;
        let now = self.world().clock.now();
        self.world().metadata().studios.mark_deleted(studio.id, now).await?;
        self.world().identity.delete(studio.owner).await?;
        enqueue_purge(self.world(), target).await?;
        Ok(())
    }

    /// Makes an API key. The key is shown this once.
    pub async fn create_api_key(
        &self,
        principal: &Principal,
        name: Name,
    ) -> Result<(ApiKey, ApiKeyToken), AccountError> {
        let studio = self.studio(principal).await?.value;
        let now = self.world().clock.now();
        let token = ApiKeyToken::generate(&*self.world().entropy);
        let key = ApiKey {
            id: ApiKeyId::generate(now, &*self.world().entropy),
            studio: studio.id,
            user: studio.owner,
            name,
            hash: token.hash(),
            created_at: now,
        };
        self.world().metadata().api_keys.create(&key).await?;
        Ok((key, token))
    }

    /// The studio's API keys, newest first.
    pub async fn list_api_keys(
        &self,
        principal: &Principal,
        page: &PageRequest,
    ) -> Result<Page<ApiKey>, AccountError> {
        let studio = principal.manage()?;
        Ok(self.world().metadata().api_keys.list(studio, page).await?)
    }

    /// Ends an API key.
    pub async fn delete_api_key(&self, principal: &Principal, key: ApiKeyId) -> Result<(), AccountError> {
        let studio = principal.manage()?;
        self.check_api_key(studio, key).await?;
        Ok(self.world().metadata().api_keys.delete(studio, key).await?)
    }

    /// Checks that the studio has this key. It has few, so the list will do.
    async fn check_api_key(&self, studio: StudioId, key: ApiKeyId) -> Result<(), AccountError> {
        let mut after = None;
        loop {
            let page = PageRequest::after(PageLimit::MOST, after);
            let found = self.world().metadata().api_keys.list(studio, &page).await?;
            if found.items.iter().any(|candidate| candidate.id == key) {
                return Ok(());
            }
            after = found.next;
            if after.is_none() {
                return Err(Absent::new(Resource::ApiKey).into());
            }
        }
    }
}

fn apply(studio: &mut Studio, change: StudioChange) {
    if let Some(name) = change.name {
        studio.name = name;
    }
    if let Some(currency) = change.currency {
        studio.currency = currency;
    }
    change.branding.apply_to(&mut studio.branding);
    if let Some(amend_window) = change.amend_window {
        studio.amend_window = amend_window;
    }
    for (event, channels) in change.notifications {
        match channels {
            Some(channels) => studio.notifications.chosen.insert(event, channels),
            None => studio.notifications.chosen.remove(&event),
        };
    }
}

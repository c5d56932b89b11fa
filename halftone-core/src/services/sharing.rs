//! Shares: made, changed and revoked by the studio, and opened by clients.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::access::{ClientPass, Principal};
use crate::allowance::{Allowance, AllowanceLeft, Included};
use crate::gallery::GalleryState;
use crate::id::{CollectionId, GalleryId, ShareId, StudioId};
use crate::meter::Meter;
use crate::page::{Page, PageRequest, Versioned};
use crate::ports::error::StorageError;
use crate::secret::{ClientKey, Pin, ShareToken};
use crate::services::catalogue::{ATTEMPTS, CatalogueError, Precondition, exhausted, is_lost_race};
use crate::services::error::{Absent, InvalidField, Resource};
use crate::services::visiting::galleries_of;
use crate::services::{Dependencies, Shared, metering};
use crate::share::{
    Activity, ActivityKind, Client, Limits, Permissions, Share, ShareStatistics, ShareTarget,
};
use crate::text::{Email, InvalidValue, Line};

mod opening;

/// Manages shares, and lets clients in.
#[derive(Debug, Clone)]
pub struct SharingService {
    world: Shared,
}

/// A share that is to be made.
#[derive(Debug, Clone)]
pub struct NewShare {
    /// What the studio calls it.
    pub label: Line,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What clients must know besides the link.
    pub pin: Option<Pin>,
    /// What clients may do.
    pub permissions: Permissions,
    /// How much of it.
    pub limits: Limits,
    /// How much of it costs nothing.
    pub allowance: Allowance,
}

/// What is to change; `None` stays as it is, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct ShareChange {
    /// What the studio calls it.
    pub label: Option<Line>,
    /// When it ends.
    pub expires_at: Option<Option<Timestamp>>,
    /// What clients must know besides the link.
    pub pin: Option<Option<Pin>>,
    /// What clients may do.
    pub permissions: PermissionsChange,
    /// How many photos each client may pick.
    pub selections: Option<Option<crate::share::Limit>>,
    /// How many files each client may download.
    pub downloads: Option<Option<crate::share::Limit>>,
    /// How many files are included.
    pub included_files: Option<Option<Included>>,
    /// How many prints are included.
    pub included_prints: Option<Option<Included>>,
}

/// Which permissions are to change.
#[derive(Debug, Clone, Copy, Default)]
pub struct PermissionsChange {
    /// Make selections.
    pub select: Option<crate::share::Permission>,
    /// Comment on picks.
    pub comment: Option<crate::share::Permission>,
    /// Place orders.
    pub order: Option<crate::share::Permission>,
    /// Download files.
    pub download: Option<crate::share::DownloadPermission>,
}

impl PermissionsChange {
    /// The permissions after this change.
    #[must_use]
    pub fn apply_to(self, permissions: Permissions) -> Permissions {
        Permissions {
            select: self.select.unwrap_or(permissions.select),
            comment: self.comment.unwrap_or(permissions.comment),
            order: self.order.unwrap_or(permissions.order),
            download: self.download.unwrap_or(permissions.download),
        }
    }
}

/// A share and what happened on it.
#[derive(Debug, Clone)]
pub struct ShareView {
    /// The share and its version.
    pub share: Versioned<Share>,
    /// What happened on it.
    pub statistics: ShareStatistics,
    /// How much of its allowance is left.
    pub left: AllowanceLeft,
}

/// Who opens a share.
#[derive(Clone)]
pub struct Visitor {
    /// The PIN that was typed, as it was typed.
    pub pin: Option<String>,
    /// The key from an earlier visit.
    pub client_key: Option<String>,
    /// What the visitor calls itself.
    pub name: Option<Line>,
    /// Where it says it can be reached.
    pub email: Option<Email>,
}

// PIN and key are secrets, and name and address are personal.
impl fmt::Debug for Visitor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Visitor").finish_non_exhaustive()
    }
}

/// A share that was opened.
pub struct Opened {
    /// Proves the visit until it ends.
    pub access_token: String,
    /// How long the token lives.
    pub expires_in: SignedDuration,
    /// The key of a client who came for the first time.
    pub client_key: Option<ClientKey>,
    /// The client, for the calls that follow.
    pub principal: Principal,
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Opened").field("principal", &self.principal).finish_non_exhaustive()
    }
}

/// Why a share was not opened, or a client's token is not taken.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such share.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// The token is not one of ours, or has ended.
    #[error("the session is not valid or has ended")]
    InvalidSession,
    /// The share has a PIN and none was given.
    #[error("this link asks for a PIN")]
    PinRequired,
    /// The PIN is wrong.
    #[error("the PIN is wrong")]
    PinWrong,
    /// The share's time is over.
    #[error("this link has expired")]
    Expired,
    /// The studio took the share back.
    #[error("this link was revoked")]
    Revoked,
    /// The gallery is not open to clients.
    #[error("this gallery is closed")]
    Closed,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SharingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Shares a gallery. A draft becomes live.
    pub async fn share_gallery(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        new: NewShare,
    ) -> Result<(ShareView, ShareToken), CatalogueError> {
        let studio = principal.manage()?;
        self.check_target(studio, ShareTarget::Gallery(gallery)).await?;
        check_expiry(new.expires_at, self.world().clock.now())?;
        self.go_live(studio, gallery).await?;
        self.create(studio, ShareTarget::Gallery(gallery), new).await
    }

    /// Shares all galleries of a collection. Its drafts become live.
    pub async fn share_collection(
        &self,
        principal: &Principal,
        collection: CollectionId,
        new: NewShare,
    ) -> Result<(ShareView, ShareToken), CatalogueError> {
        let studio = principal.manage()?;
        self.check_target(studio, ShareTarget::Collection(collection)).await?;
        check_expiry(new.expires_at, self.world().clock.now())?;
        for gallery in galleries_of(self.world(), studio, collection).await? {
            self.go_live(studio, gallery.id).await?;
        }
        self.create(studio, ShareTarget::Collection(collection), new).await
    }

    async fn check_target(&self, studio: StudioId, target: ShareTarget) -> Result<(), CatalogueError> {
        let metadata = self.world().metadata();
        let (is_there, resource) = match target {
            ShareTarget::Gallery(gallery) => {
                (metadata.galleries.find(studio, gallery).await?.is_some(), Resource::Gallery)
            }
            ShareTarget::Collection(collection) => {
                (metadata.collections.find(studio, collection).await?.is_some(), Resource::Collection)
            }
        };
        if is_there { Ok(()) } else { Err(Absent::new(resource).into()) }
    }

    async fn go_live(&self, studio: StudioId, gallery: GalleryId) -> Result<(), CatalogueError> {
        for _ in 0..ATTEMPTS {
            let found = self.world().metadata().galleries.find(studio, gallery).await?;
            let Some(Versioned { mut value, version }) = found else {
                return Ok(());
            };
            if value.state != GalleryState::Draft {
                return Ok(());
            }
            value.state = GalleryState::Live;
            value.updated_at = self.world().clock.now();
            match self.world().metadata().galleries.update(&value, version).await {
                Ok(_) => return Ok(()),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("make gallery live", gallery).into())
    }

    async fn create(
        &self,
        studio: StudioId,
        target: ShareTarget,
        new: NewShare,
    ) -> Result<(ShareView, ShareToken), CatalogueError> {
        let now = self.world().clock.now();
        let id = ShareId::generate(now, &*self.world().entropy);
        let mut token_salt = [0_u8; 16];
        self.world().entropy.fill(&mut token_salt);
        let token = self.world().keyring.share_token(id, &token_salt);
        let share = Share {
            id,
            studio,
            target,
            label: new.label,
            token_hash: token.hash(),
            token_salt,
            pin_hash: new.pin.map(|pin| self.world().keyring.pin_hash(id, &pin)),
            expires_at: new.expires_at,
            revoked_at: None,
            permissions: new.permissions,
            limits: new.limits,
            allowance: new.allowance,
            created_at: now,
            updated_at: now,
        };
        let version = self.world().metadata().shares.create(&share).await?;
        let share = Versioned::new(share, version);
        let left = Meter::new(studio, id).left(share.value.allowance);
        Ok((ShareView { share, statistics: ShareStatistics::default(), left }, token))
    }

    /// The shares of a gallery, newest first, revoked ones too.
    pub async fn list(
        &self,
        principal: &Principal,
        target: ShareTarget,
        page: &PageRequest,
    ) -> Result<Page<ShareView>, CatalogueError> {
        let studio = principal.manage()?;
        self.check_target(studio, target).await?;
        let found = self.world().metadata().shares.list(studio, target, page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for share in found.items {
            items.push(self.view(share).await?);
        }
        Ok(Page { items, next: found.next })
    }

    async fn view(&self, share: Versioned<Share>) -> Result<ShareView, CatalogueError> {
        let shares = &self.world().metadata().shares;
        let statistics = shares.statistics(share.value.studio, share.value.id).await?;
        let left = metering::left(self.world(), &share.value).await?;
        Ok(ShareView { share, statistics, left })
    }

    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Versioned<Share>, CatalogueError> {
        let absent = Absent::new(Resource::Share);
        let share = self.world().metadata().shares.find(studio, share).await?.ok_or(absent)?;
        // The share of a deleted gallery is deleted too.
        match self.check_target(studio, share.value.target).await {
            Err(CatalogueError::Absent(_)) => Err(absent.into()),
            checked => checked.map(|()| share),
        }
    }

    /// One share.
    pub async fn get(&self, principal: &Principal, share: ShareId) -> Result<ShareView, CatalogueError> {
        let studio = principal.manage()?;
        let share = self.find(studio, share).await?;
        self.view(share).await
    }

    /// The share's token once more, for drawing its QR code. It is derived anew, not stored.
    pub async fn token(&self, principal: &Principal, share: ShareId) -> Result<ShareToken, CatalogueError> {
        let studio = principal.manage()?;
        let share = self.find(studio, share).await?.value;
        let token = self.world().keyring.share_token(share.id, &share.token_salt);
        if token.hash().matches(&share.token_hash) {
            Ok(token)
        } else {
            let reason =
                "the link was made under another key of this installation; make a new one".to_owned();
            Err(CatalogueError::WrongState { reason })
        }
    }

    /// What happened on a share, newest first.
    pub async fn activity(
        &self,
        principal: &Principal,
        share: ShareId,
        page: &PageRequest,
    ) -> Result<Page<(Activity, Option<Client>)>, CatalogueError> {
        let studio = principal.manage()?;
        self.find(studio, share).await?;
        let metadata = self.world().metadata();
        let found = metadata.shares.list_activity(studio, share, page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for activity in found.items {
            let client = metadata.clients.find(share, activity.client).await?;
            items.push((activity, client.map(|client| client.value)));
        }
        Ok(Page { items, next: found.next })
    }

    /// Changes a share.
    pub async fn change(
        &self,
        principal: &Principal,
        share: ShareId,
        change: ShareChange,
        precondition: Precondition,
    ) -> Result<ShareView, CatalogueError> {
        let studio = principal.manage()?;
        let now = self.world().clock.now();
        if let Some(expires_at) = change.expires_at {
            check_expiry(expires_at, now)?;
        }
        self.update(studio, share, precondition, |share| {
            let change = change.clone();
            share.label = change.label.unwrap_or_else(|| share.label.clone());
            share.expires_at = change.expires_at.unwrap_or(share.expires_at);
            if let Some(pin) = change.pin {
                share.pin_hash = pin.map(|pin| self.world().keyring.pin_hash(share.id, &pin));
            }
            share.permissions = change.permissions.apply_to(share.permissions);
            share.limits = Limits {
                selections: change.selections.unwrap_or(share.limits.selections),
                downloads: change.downloads.unwrap_or(share.limits.downloads),
            };
            share.allowance = Allowance {
                files: change.included_files.unwrap_or(share.allowance.files),
                prints: change.included_prints.unwrap_or(share.allowance.prints),
            };
        })
        .await
    }

    /// Takes a share back, for good. Doing it again changes nothing.
    pub async fn revoke(&self, principal: &Principal, share: ShareId) -> Result<(), CatalogueError> {
        let studio = principal.manage()?;
        let now = self.world().clock.now();
        self.update(studio, share, Precondition::NONE, |share| {
            share.revoked_at = share.revoked_at.or(Some(now));
        })
        .await
        .map(drop)
    }

    async fn update(
        &self,
        studio: StudioId,
        share: ShareId,
        precondition: Precondition,
        change: impl Fn(&mut Share) + Send + Sync,
    ) -> Result<ShareView, CatalogueError> {
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.find(studio, share).await?;
            precondition.check(version)?;
            change(&mut value);
            value.updated_at = self.world().clock.now();
            match self.world().metadata().shares.update(&value, version).await {
                Ok(version) => return self.view(Versioned::new(value, version)).await,
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change share", share).into())
    }
}

fn check_expiry(expires_at: Option<Timestamp>, now: Timestamp) -> Result<(), InvalidField> {
    match expires_at {
        Some(expires_at) if expires_at <= now => {
            Err(InvalidField::new("expires_at", InvalidValue::new("expiry", "must be in the future")))
        }
        Some(_) | None => Ok(()),
    }
}

/// Notes what a client did on its share. The deed itself is done; a failure to note it is logged.
pub(crate) async fn note(world: &Arc<Dependencies>, pass: &ClientPass, kind: ActivityKind) {
    let activity = Activity { at: world.clock.now(), client: pass.client(), kind };
    let recorded = world.metadata().shares.record(pass.studio(), pass.share_id(), &activity, &[]).await;
    if let Err(error) = recorded {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            share.id = %pass.share_id(),
            "an activity was not recorded"
        );
    }
}

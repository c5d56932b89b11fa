//! Logos behind signed URLs: on the pages of clients, and in the studio's settings.

use crate::id::{ImageId, ShareId, StudioId};
use crate::object_key::ImageKey;
use crate::ports::error::StorageErrorKind;
use crate::ports::objects::{ObjectBody, ObjectInfo};
use crate::ports::urls::{LinkTarget, Viewer};
use crate::self_served::{LogoClaim, SelfServedUrls};
use crate::services::Dependencies;
use crate::services::error::{Absent, Resource};
use crate::services::viewing::{ViewingError, ViewingService};
use crate::share::ShareStanding;
use crate::studio::{ImageState, Studio};

/// A logo that may be shown.
#[derive(Debug, Clone)]
pub struct Logo {
    key: ImageKey,
    info: ObjectInfo,
}

impl Logo {
    /// Logos are PNG files: completing their upload checks it.
    pub const MEDIA_TYPE: &'static str = "image/png";

    /// Size and mark.
    pub const fn info(&self) -> &ObjectInfo {
        &self.info
    }
}

impl ViewingService {
    /// Finds the logo behind a signed URL. The share is looked up at every call, and so is the branding: a logo that
    /// the studio took away is not shown to clients any more.
    ///
    /// # Errors
    /// `Absent` if the URL was not made here or has ended, or if whoever it was made for may not see the logo now.
    pub async fn find_logo(&self, signed: &str) -> Result<Logo, ViewingError> {
        let absent = || ViewingError::from(Absent::new(Resource::Picture));
        let claim = self.urls.read_logo(signed).ok_or_else(absent)?;
        let studio = self.world().metadata().studios.find(claim.studio).await?.ok_or_else(absent)?.value;
        let may_see = match claim.viewer {
            Viewer::Studio(viewer) => viewer == studio.id,
            Viewer::Share(share) => {
                is_on_pages(&studio, claim.image) && self.is_open(share, studio.id).await?
            }
        };
        if !may_see || !is_ready(&studio, claim.image) {
            return Err(absent());
        }
        let key = ImageKey { studio: studio.id, image: claim.image };
        let info = self.world().backend.objects.store.head(key.into()).await?.ok_or_else(absent)?;
        Ok(Logo { key, info })
    }

    async fn is_open(&self, share: ShareId, studio: StudioId) -> Result<bool, ViewingError> {
        let found = self.world().metadata().shares.find_in_any_studio(share).await?;
        Ok(found.is_some_and(|share| {
            let share = share.value;
            share.studio == studio && share.standing(self.world().clock.now()) == ShareStanding::Open
        }))
    }

    /// Opens a logo for reading, wholly or in part.
    ///
    /// # Errors
    /// `Absent` if it was deleted a moment ago; the store failed.
    pub async fn open_logo(
        &self,
        logo: &Logo,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<ObjectBody, ViewingError> {
        match self.world().backend.objects.store.get(logo.key.into(), range).await {
            Err(error) if error.kind() == StorageErrorKind::NotFound => {
                Err(Absent::new(Resource::Picture).into())
            }
            body => Ok(body?),
        }
    }

    /// The URL of one of the studio's images, for the studio itself; `None` while the image has not arrived.
    pub fn link_logo(&self, studio: &Studio, image: ImageId) -> Option<LinkTarget> {
        let claim = LogoClaim { viewer: Viewer::Studio(studio.id), studio: studio.id, image };
        is_ready(studio, image).then(|| self.urls.logo(&claim))
    }
}

/// The URL of the logo on a share's pages, if the studio has one.
pub(crate) fn logo_link(world: &Dependencies, share: ShareId, studio: &Studio) -> Option<LinkTarget> {
    let image = studio.branding.logo.filter(|image| is_ready(studio, *image))?;
    let claim = LogoClaim { viewer: Viewer::Share(share), studio: studio.id, image };
    Some(urls(world).logo(&claim))
}

/// The server itself answers for logos, wherever photos are kept.
pub(super) fn urls(world: &Dependencies) -> SelfServedUrls {
    SelfServedUrls::new(std::sync::Arc::clone(&world.keyring), std::sync::Arc::clone(&world.clock))
}

fn is_on_pages(studio: &Studio, image: ImageId) -> bool {
    studio.branding.logo == Some(image)
}

fn is_ready(studio: &Studio, image: ImageId) -> bool {
    studio.find_image(image).is_some_and(|image| matches!(image.state, ImageState::Ready { .. }))
}

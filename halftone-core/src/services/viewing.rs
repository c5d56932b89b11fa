//! Pictures behind signed URLs, where Halftone's own server answers them.

use crate::gallery::GalleryState;
use crate::id::{PhotoId, ShareId, StudioId};
use crate::object_key::RenditionKey;
use crate::photo::{Photo, PhotoState};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{ObjectBody, ObjectInfo};
use crate::ports::urls::{LinkTarget, Viewer};
use crate::rendition::{ClientRendition, Renditions};
use crate::self_served::{PictureClaim, SelfServedUrls};
use crate::services::error::{Absent, Resource};
use crate::services::visiting::{is_open_to_clients, shows};
use crate::services::{Dependencies, Shared};
use crate::share::ShareStanding;

mod logos;

pub use logos::Logo;
pub(crate) use logos::logo_link;

/// Serves pictures.
#[derive(Debug, Clone)]
pub struct ViewingService {
    world: Shared,
    urls: SelfServedUrls,
}

/// Why a picture is not shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewingError {
    /// There is no such picture for this URL, or no longer.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A picture that may be shown.
#[derive(Debug, Clone)]
pub struct Picture {
    key: RenditionKey,
    info: ObjectInfo,
}

impl Picture {
    /// Size and mark.
    pub const fn info(&self) -> &ObjectInfo {
        &self.info
    }

    /// The media type.
    pub const fn media_type(&self) -> &'static str {
        self.key.format.media_type()
    }
}

/// The URLs of a photo's pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureLinks {
    /// The thumb.
    pub thumb: LinkTarget,
    /// The proof.
    pub proof: LinkTarget,
}

impl ViewingService {
    pub(crate) fn new(world: Shared) -> Self {
        let urls = logos::urls(&world);
        Self { world, urls }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Finds the picture behind a signed URL. The share is looked up at every call, so a revoked share's
    /// pictures stop at once. A photo whose proof was made again is served as it is now.
    pub async fn find(&self, signed: &str) -> Result<Picture, ViewingError> {
        let absent = || ViewingError::from(Absent::new(Resource::Picture));
        let claim = self.urls.read_picture(signed).ok_or_else(absent)?;
        let photo = self.find_photo(&claim).await?.ok_or_else(absent)?;
        let PhotoState::Ready { renditions, .. } = &photo.state else {
            return Err(absent());
        };
        let key = rendition_key(&photo, renditions, claim.rendition);
        let info = self.world().backend.objects.store.head(key.into()).await?.ok_or_else(absent)?;
        Ok(Picture { key, info })
    }

    async fn find_photo(&self, claim: &PictureClaim) -> Result<Option<Photo>, ViewingError> {
        match claim.viewer {
            Viewer::Studio(studio) if studio == claim.studio => {
                self.find_for_studio(studio, claim.photo).await
            }
            Viewer::Studio(_) => Ok(None),
            Viewer::Share(share) => self.find_for_share(share, claim).await,
        }
    }

    async fn find_for_studio(&self, studio: StudioId, photo: PhotoId) -> Result<Option<Photo>, ViewingError> {
        let metadata = self.world().metadata();
        if metadata.studios.find(studio).await?.is_none() {
            return Ok(None);
        }
        let Some(photo) = metadata.photos.find(studio, photo).await? else {
            return Ok(None);
        };
        let gallery = metadata.galleries.find(studio, photo.value.gallery).await?;
        Ok(gallery.map(|_| photo.value))
    }

    async fn find_for_share(
        &self,
        share: ShareId,
        claim: &PictureClaim,
    ) -> Result<Option<Photo>, ViewingError> {
        let metadata = self.world().metadata();
        let Some(share) = metadata.shares.find_in_any_studio(share).await? else {
            return Ok(None);
        };
        let share = share.value;
        let is_open = share.standing(self.world().clock.now()) == ShareStanding::Open;
        if !is_open || share.studio != claim.studio || metadata.studios.find(share.studio).await?.is_none() {
            return Ok(None);
        }
        let Some(photo) = metadata.photos.find(claim.studio, claim.photo).await? else {
            return Ok(None);
        };
        let gallery = metadata.galleries.find(claim.studio, photo.value.gallery).await?;
        let is_shown = gallery
            .is_some_and(|gallery| shows(share.target, &gallery.value) && is_open_to_clients(&gallery.value));
        Ok(is_shown.then_some(photo.value))
    }

    /// Opens a picture for reading, wholly or in part.
    pub async fn open(
        &self,
        picture: &Picture,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<ObjectBody, ViewingError> {
        match self.world().backend.objects.store.get(picture.key.into(), range).await {
            // Replaced by a new proof a moment ago: the page asks for its URLs anew.
            Err(error) if error.kind() == StorageErrorKind::NotFound => {
                Err(Absent::new(Resource::Picture).into())
            }
            body => Ok(body?),
        }
    }
}

/// Where a photo's rendition lies.
pub(crate) const fn rendition_key(
    photo: &Photo,
    renditions: &Renditions,
    rendition: ClientRendition,
) -> RenditionKey {
    RenditionKey {
        studio: photo.studio,
        photo: photo.id,
        rendition,
        fingerprint: renditions.fingerprint,
        format: renditions.format,
    }
}

/// Makes the URLs of a photo's pictures.
pub(crate) async fn picture_links(
    world: &Dependencies,
    viewer: Viewer,
    photo: &Photo,
    renditions: &Renditions,
) -> Result<PictureLinks, StorageError> {
    let thumb = rendition_key(photo, renditions, ClientRendition::Thumb);
    let proof = rendition_key(photo, renditions, ClientRendition::Proof);
    Ok(PictureLinks {
        thumb: world.urls.picture(viewer, &thumb).await?,
        proof: world.urls.picture(viewer, &proof).await?,
    })
}

/// Galleries that clients may see are live.
pub(crate) const fn is_live(state: GalleryState) -> bool {
    matches!(state, GalleryState::Live)
}

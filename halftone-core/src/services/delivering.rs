//! Downloads: files that leave the system, each behind a grant.

use std::sync::Arc;

use futures_util::lock::Mutex;

use crate::access::{
    AccessDenied, ClientPass, DownloadGrant, DownloadWish, Principal, WishedFile, grant_download,
};
use crate::id::PhotoId;
use crate::object_key::DeliveryKey;
use crate::page::Versioned;
use crate::photo::{Photo, PhotoState, PhotoStateKind};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, ObjectBody, ObjectInfo, stream_of};
use crate::ports::renderer::{DeliveryRequest, RenderError};
use crate::ports::urls::LinkTarget;
use crate::rendition::{ClientRendition, Quality, RenditionFormat};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, InvalidField, Resource};
use crate::services::processing::{read_original, remove};
use crate::services::sharing::note;
use crate::services::viewing::rendition_key;
use crate::services::visiting::{VisitingError, visible_photo};
use crate::services::{Dependencies, Shared};
use crate::share::{ActivityKind, DownloadPermission};
use crate::text::{Filename, InvalidValue};

/// Delivers files.
#[derive(Debug, Clone)]
pub struct DeliveryService {
    world: Shared,
    lane: Arc<Mutex<()>>,
}

/// Why a download failed.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// Something in the request is not valid.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The client has downloaded as many files as the share allows.
    #[error("the limit of downloads is reached")]
    LimitReached,
    /// The bytes are not there yet.
    #[error("the file has not been uploaded yet")]
    NotUploaded,
    /// The gallery is closed.
    #[error("the gallery is closed")]
    Closed,
    /// The clean copy could not be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<VisitingError> for DeliveryError {
    fn from(error: VisitingError) -> Self {
        match error {
            VisitingError::Denied(denied) => denied.into(),
            VisitingError::Absent(absent) => absent.into(),
            VisitingError::Closed => Self::Closed,
            VisitingError::Storage(error) => error.into(),
        }
    }
}

/// Which file a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadSize {
    /// The watermarked proof.
    Proof,
    /// A clean, downsized copy.
    Sized,
    /// The file as the camera made it.
    Full,
}

impl DownloadSize {
    /// Reads the word of the API: `proof`, `sized` or `full`; `original` is understood too.
    ///
    /// # Errors
    /// The word names no size.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        match word {
            "proof" => Ok(Self::Proof),
            "sized" => Ok(Self::Sized),
            "full" | "original" => Ok(Self::Full),
            _ => Err(InvalidValue::new("size", "must be proof, sized or full")),
        }
    }

    /// The best that a permission allows.
    pub const fn best(permission: DownloadPermission) -> Self {
        match permission {
            DownloadPermission::None | DownloadPermission::Proof => Self::Proof,
            DownloadPermission::Sized => Self::Sized,
            DownloadPermission::Original => Self::Full,
        }
    }
}

/// A file that may be fetched.
#[derive(Debug)]
pub struct Delivery {
    /// The right to it.
    pub grant: DownloadGrant,
    /// Where the browser fetches it, or `None` if the server streams it with [`DeliveryService::open`].
    pub link: Option<LinkTarget>,
    /// Size and mark.
    pub info: ObjectInfo,
}

impl DeliveryService {
    pub(crate) fn new(world: Shared) -> Self {
        Self { world, lane: Arc::default() }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// The original, for the studio that owns it.
    pub async fn original(&self, principal: &Principal, photo: PhotoId) -> Result<Delivery, DeliveryError> {
        let studio = principal.manage()?;
        let absent = Absent::new(Resource::Photo);
        let photo = self.world().metadata().photos.find(studio, photo).await?.ok_or(absent)?.value;
        self.world().metadata().galleries.find(studio, photo.gallery).await?.ok_or(absent)?;
        if photo.state.kind() == PhotoStateKind::Pending {
            return Err(DeliveryError::NotUploaded);
        }
        self.deliver(principal, wish(&photo, WishedFile::Original)).await
    }

    /// A file for a client, within what its share permits; it counts against the share's limit.
    pub async fn for_client(
        &self,
        principal: &Principal,
        photo: PhotoId,
        size: Option<DownloadSize>,
    ) -> Result<Delivery, DeliveryError> {
        let pass = principal.visit(crate::access::Action::View)?;
        let size = size.unwrap_or(DownloadSize::best(pass.share().permissions.download));
        let photo = visible_photo(self.world(), pass, photo).await?;
        let PhotoState::Ready { renditions, .. } = &photo.state else {
            return Err(Absent::new(Resource::Photo).into());
        };
        let file = match size {
            DownloadSize::Proof => {
                WishedFile::Proof(rendition_key(&photo, renditions, ClientRendition::Proof))
            }
            DownloadSize::Sized => WishedFile::Sized(self.world().settings.delivery_long_edge_px),
            DownloadSize::Full => WishedFile::Original,
        };
        let mut wish = wish(&photo, file);
        if size == DownloadSize::Proof {
            renditions.format.media_type().clone_into(&mut wish.media_type);
            wish.filename = renamed(&photo.filename, "-proof", renditions.format.extension());
        }
        // Prepared before counting: what is refused or fails costs nothing.
        let delivery = self.deliver(principal, wish).await?;
        self.count(pass).await?;
        note(&self.world, pass, ActivityKind::Downloaded).await;
        Ok(delivery)
    }

    /// Takes one download from the client's allowance, with optimistic locking.
    async fn count(&self, pass: &ClientPass) -> Result<(), DeliveryError> {
        let clients = &self.world().metadata().clients;
        for _ in 0..ATTEMPTS {
            let found = clients.find(pass.share_id(), pass.client()).await?;
            let Versioned { mut value, version } = found.ok_or(Absent::new(Resource::Share))?;
            let limit = pass.share().limits.downloads;
            if limit.is_some_and(|limit| value.downloads >= limit.get()) {
                return Err(DeliveryError::LimitReached);
            }
            value.downloads = value.downloads.saturating_add(1);
            match clients.update(&value, version).await {
                Ok(_) => return Ok(()),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("count download of client", pass.client()).into())
    }

    async fn deliver(&self, principal: &Principal, wish: DownloadWish) -> Result<Delivery, DeliveryError> {
        let grant = grant_download(principal, wish)?;
        if let Some(key) = grant.delivery() {
            self.make_copy(key).await?;
        }
        let info = self.world().backend.objects.store.head(grant.key()).await?;
        let info = info
            .ok_or_else(|| StorageError::new(StorageErrorKind::Corrupt, "find the bytes of", grant.key()))?;
        let link = self.world().urls.download(&grant).await?;
        Ok(Delivery { grant, link, info })
    }

    /// Makes the clean copy if it is not there yet. Two callers at once make the same bytes twice.
    async fn make_copy(&self, key: DeliveryKey) -> Result<(), DeliveryError> {
        let store = &self.world().backend.objects.store;
        if store.head(key.into()).await?.is_some() {
            return Ok(());
        }
        // One at a time: each holds an original in memory, and anybody with a link can ask for many.
        let _turn = self.lane.lock().await;
        if store.head(key.into()).await?.is_some() {
            return Ok(());
        }
        let request = DeliveryRequest {
            original: read_original(self.world(), key.studio, key.photo).await?,
            long_edge_px: key.long_edge_px,
            quality: Quality::DELIVERY,
            format: RenditionFormat::Jpeg,
        };
        let copy = self.world().renderer.render_delivery(request).await?;
        let expected = Expected { size_bytes: Some(copy.bytes.len() as u64), sha256: None };
        store.put(key.into(), stream_of(copy.bytes), expected).await?;
        if self.world().metadata().photos.find(key.studio, key.photo).await?.is_none() {
            // Deleted meanwhile: its purge may have passed by already.
            remove(self.world(), &[key.into()]).await;
            return Err(Absent::new(Resource::Photo).into());
        }
        Ok(())
    }

    /// Opens a granted file for reading, wholly or in part.
    pub async fn open(
        &self,
        grant: &DownloadGrant,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<ObjectBody, DeliveryError> {
        Ok(self.world().backend.objects.store.get(grant.key(), range).await?)
    }
}

fn wish(photo: &Photo, file: WishedFile) -> DownloadWish {
    let (filename, media_type) = match file {
        WishedFile::Original | WishedFile::Proof(_) => (photo.filename.clone(), photo.content_type.as_str()),
        WishedFile::Sized(_) => (
            renamed(&photo.filename, "", RenditionFormat::Jpeg.extension()),
            RenditionFormat::Jpeg.media_type(),
        ),
    };
    DownloadWish { photo: photo.id, file, filename, media_type: media_type.to_owned() }
}

/// The camera filename with another ending: `IMG_0412.TIF` becomes `IMG_0412-proof.jpg`.
fn renamed(filename: &Filename, suffix: &str, extension: &str) -> Filename {
    let name = filename.as_str();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // A name that grew over the limit stays what the camera called it.
    Filename::parse(&format!("{stem}{suffix}.{extension}")).unwrap_or_else(|_| filename.clone())
}

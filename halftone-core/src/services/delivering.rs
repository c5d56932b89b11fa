//! Downloads: files that leave the system, each behind a grant.

use std::sync::Arc;

use futures_util::lock::Mutex;

use crate::access::{
    AccessDenied, ClientPass, DownloadGrant, DownloadWish, Principal, WishedFile, grant_download,
};
use crate::id::PhotoId;
use crate::object_key::{DeliveryKey, ObjectKey, OriginalKey, PrintKey};
use crate::page::Versioned;
use crate::photo::{Photo, PhotoState, PhotoStateKind};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, ObjectBody, ObjectInfo, stream_of};
use crate::ports::renderer::{DeliveryRequest, PrintRequest, RenderError, RenderedImage};
use crate::ports::urls::LinkTarget;
use crate::print::PrintLayout;
use crate::rendition::{Quality, RenditionFormat};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::delivering::included::{check_files, take_files};
use crate::services::error::{Absent, InvalidField, Resource};
use crate::services::processing::{read_original, remove};
use crate::services::sharing::note;
use crate::services::visiting::{VisitingError, visible_photo};
use crate::services::{Dependencies, Shared};
use crate::share::{ActivityKind, Client, DownloadPermission};
use crate::text::{Filename, InvalidValue};

pub(crate) mod included;

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
    /// The request needs more photos than are left of the files that the share includes.
    #[error("{left} of {included} included files are left, and this needs {wanted}")]
    AllowanceSpent {
        /// How many the share includes.
        included: u32,
        /// How many of them are left.
        left: u32,
        /// How many the request needs that nobody took yet and that were not bought.
        wanted: u32,
    },
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

    /// What a share must permit for it.
    pub const fn permission(self) -> DownloadPermission {
        match self {
            Self::Proof => DownloadPermission::Proof,
            Self::Sized => DownloadPermission::Sized,
            Self::Full => DownloadPermission::Original,
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
        self.deliver(principal, wish(&photo, WishedFile::Original(photo.id, photo.replacements.current_id())))
            .await
    }

    /// A file for a client, within what its share permits; it counts against the share's limit, and a clean one against
    /// the files that the share includes.
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
            DownloadSize::Proof => WishedFile::Proof(photo.id, renditions.fingerprint, renditions.format),
            DownloadSize::Sized => {
                let long_edge_px = self.world().settings.delivery_long_edge_px;
                WishedFile::Sized(photo.id, photo.replacements.current_id(), long_edge_px)
            }
            DownloadSize::Full => WishedFile::Original(photo.id, photo.replacements.current_id()),
        };
        let wish = wish(&photo, file);
        let files: &[PhotoId] = if size == DownloadSize::Proof { &[] } else { &[photo.id] };
        check_files(self.world(), pass, files).await?;
        // Prepared before counting: what is refused or fails costs nothing.
        let delivery = self.deliver(principal, wish).await?;
        if !files.is_empty() && pass.share().allowance.files.is_some() {
            // Looked at before the photo is taken, which is for good.
            check_limit(self.world(), pass, 1).await?;
            take_files(self.world(), pass, files).await?;
        }
        count_downloads(self.world(), pass, 1).await?;
        note(&self.world, pass, ActivityKind::Downloaded).await;
        Ok(delivery)
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

    async fn make_copy(&self, key: DeliveryKey) -> Result<(), DeliveryError> {
        if self.world().backend.objects.store.head(key.into()).await?.is_some() {
            return Ok(());
        }
        // One at a time: each holds an original in memory, and anybody with a link can ask for many.
        let _turn = self.lane.lock().await;
        ensure_copy(self.world(), key).await
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

/// Counts downloads against the client's limit, with optimistic locking: all of them or none.
pub(crate) async fn count_downloads(
    world: &Dependencies,
    pass: &ClientPass,
    count: u32,
) -> Result<(), DeliveryError> {
    for _ in 0..ATTEMPTS {
        let Versioned { mut value, version } = find_within_limit(world, pass, count).await?;
        value.downloads = value.downloads.saturating_add(count);
        match world.metadata().clients.update(&value, version).await {
            Ok(_) => return Ok(()),
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(exhausted("count downloads of client", pass.client()).into())
}

/// Whether the client has so many downloads left at this moment.
pub(crate) async fn check_limit(
    world: &Dependencies,
    pass: &ClientPass,
    count: u32,
) -> Result<(), DeliveryError> {
    find_within_limit(world, pass, count).await.map(drop)
}

async fn find_within_limit(
    world: &Dependencies,
    pass: &ClientPass,
    count: u32,
) -> Result<Versioned<Client>, DeliveryError> {
    let found = world.metadata().clients.find(pass.share_id(), pass.client()).await?;
    let client = found.ok_or(Absent::new(Resource::Share))?;
    let limit = pass.share().limits.downloads;
    if limit.is_some_and(|limit| client.value.downloads.saturating_add(count) > limit.get()) {
        return Err(DeliveryError::LimitReached);
    }
    Ok(client)
}

/// Makes a clean copy if it is not there yet. Two callers at once make the same bytes twice.
///
/// # Errors
/// `Absent` if the photo was deleted, or its original replaced.
pub(crate) async fn ensure_copy(world: &Dependencies, key: DeliveryKey) -> Result<(), DeliveryError> {
    let store = &world.backend.objects.store;
    if store.head(key.into()).await?.is_some() {
        return Ok(());
    }
    let original = OriginalKey { studio: key.studio, photo: key.photo, replacement: key.replacement };
    let request = DeliveryRequest {
        original: read_original(world, original).await?,
        long_edge_px: key.long_edge_px,
        quality: Quality::DELIVERY,
        format: RenditionFormat::Jpeg,
    };
    let copy = world.renderer.render_delivery(request).await?;
    let original = OriginalKey { studio: key.studio, photo: key.photo, replacement: key.replacement };
    keep(world, key.into(), original, copy).await
}

/// Makes a print of this original if it is not there yet. Two callers at once make the same bytes twice.
///
/// # Errors
/// `Absent` if the photo was deleted or its original replaced.
pub(crate) async fn ensure_print(
    world: &Dependencies,
    key: PrintKey,
    of: OriginalKey,
    layout: PrintLayout,
) -> Result<(), DeliveryError> {
    if world.backend.objects.store.head(key.into()).await?.is_some() {
        return Ok(());
    }
    let original = read_original(world, of).await?;
    let print = world.renderer.render_print(PrintRequest { original, layout }).await?;
    keep(world, key.into(), of, print).await
}

/// Stores what was made of an original, if it still is the photo's.
async fn keep(
    world: &Dependencies,
    key: ObjectKey,
    of: OriginalKey,
    picture: RenderedImage,
) -> Result<(), DeliveryError> {
    let expected = Expected { size_bytes: Some(picture.bytes.len() as u64), sha256: None };
    world.backend.objects.store.put(key, stream_of(picture.bytes), expected).await?;
    let photo = world.metadata().photos.find(of.studio, of.photo).await?;
    if photo.is_none_or(|photo| photo.value.replacements.current_id() != of.replacement) {
        // Deleted or replaced meanwhile: the purge may have passed by already.
        remove(world, &[key]).await;
        return Err(Absent::new(Resource::Photo).into());
    }
    Ok(())
}

fn wish(photo: &Photo, file: WishedFile) -> DownloadWish {
    let filename = file_name(photo, file);
    let media_type = match file {
        WishedFile::Proof(_, _, format) => format.media_type(),
        WishedFile::Sized(..) | WishedFile::Print(..) => RenditionFormat::Jpeg.media_type(),
        WishedFile::Original(..) | WishedFile::Document(..) => photo.content_type.as_str(),
    };
    DownloadWish { file, filename, media_type: media_type.to_owned() }
}

/// The name under which a file of a photo is saved.
pub(crate) fn file_name(photo: &Photo, file: WishedFile) -> Filename {
    match file {
        WishedFile::Proof(_, _, format) => renamed(&photo.filename, "-proof", format.extension()),
        WishedFile::Sized(..) | WishedFile::Print(..) => {
            renamed(&photo.filename, "", RenditionFormat::Jpeg.extension())
        }
        WishedFile::Original(..) | WishedFile::Document(..) => photo.filename.clone(),
    }
}

/// The camera filename with another ending: `IMG_0412.TIF` becomes `IMG_0412-proof.jpg`.
fn renamed(filename: &Filename, suffix: &str, extension: &str) -> Filename {
    let name = filename.as_str();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // A name that grew over the limit stays what the camera called it.
    Filename::parse(&format!("{stem}{suffix}.{extension}")).unwrap_or_else(|_| filename.clone())
}

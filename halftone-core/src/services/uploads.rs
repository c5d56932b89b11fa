//! Uploads: tickets, bytes, completion.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use crate::access::{AccessDenied, Principal};
use crate::id::{GalleryId, ImageId, PhotoId, StudioId, UploadId};
use crate::job::Job;
use crate::object_key::{ImageKey, ObjectKey, OriginalKey};
use crate::page::Versioned;
use crate::photo::{FileSize, Photo, PhotoState, Sha256Hash, SourceType};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, MultipartId, ObjectStream, PartNumber, UploadedPart};
use crate::ports::renderer::RenderError;
use crate::ports::urls::{UploadLink, UploadTerms};
use crate::self_served::{SelfServedUrls, UploadClaim};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_conflict};
use crate::services::error::{Absent, FieldExt as _, InvalidField, Resource};
use crate::services::photos::{PhotoView, view};
use crate::services::{Dependencies, Shared};
use crate::studio::{ImageState, Studio, StudioImage};
use crate::text::{Filename, InvalidValue, Line, Prose, Tags};

/// Takes uploads.
#[derive(Debug, Clone)]
pub struct UploadService {
    world: Shared,
    urls: SelfServedUrls,
    in_flight: Arc<Mutex<BTreeSet<UploadId>>>,
}

/// Why an upload call failed.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named does not exist, or the signed URL is not valid.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// Something in the request is not valid.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The file's type is not one that Halftone reads.
    #[error("{0}")]
    UnsupportedType(InvalidValue),
    /// The file is over the limit.
    #[error("the file has more than {most_bytes} bytes")]
    TooLarge {
        /// The limit.
        most_bytes: u64,
    },
    /// The bytes are not there, or not all of them.
    #[error("{reason}")]
    Incomplete {
        /// What is missing.
        reason: String,
    },
    /// The upload was completed before; its bytes stay as they are.
    #[error("the upload was completed already")]
    AlreadyCompleted,
    /// Another request is sending the same file at this moment.
    #[error("another request is sending this file")]
    Busy,
    /// The content is not what the ticket announced.
    #[error("the content does not have the announced size or checksum")]
    Mismatch,
    /// The file cannot serve as a logo.
    #[error(transparent)]
    Logo(RenderError),
    /// The studio has as many images as it may have.
    #[error("a studio keeps at most {} images", Studio::MOST_IMAGES)]
    TooManyImages,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A file as a client of the API announces it; checked here, each by itself.
#[derive(Debug, Clone)]
pub struct AnnouncedFile {
    /// The camera filename.
    pub filename: String,
    /// Size in bytes.
    pub size: u64,
    /// The media type; where it says nothing, the filename's extension decides.
    pub content_type: Option<String>,
    /// SHA-256 in hexadecimal, if it is known.
    pub sha256: Option<String>,
}

/// Where to send a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Names the upload in `complete`.
    pub upload: UploadId,
    /// Where and how to send the bytes.
    pub link: UploadLink,
    /// When the ticket ends.
    pub expires_at: Timestamp,
}

/// What a self-served upload URL answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The mark of the file or part, without quotes; `complete` asks for those of parts.
    pub etag: String,
}

/// What an upload became.
#[derive(Debug, Clone)]
pub enum Completed {
    /// A photo.
    Photo(Box<PhotoView>),
    /// A studio's image.
    Image(StudioImage),
}

impl UploadService {
    /// The most files of one request for tickets.
    pub const MOST_FILES: usize = 500;

    pub(crate) fn new(world: Shared) -> Self {
        let urls = SelfServedUrls::new(Arc::clone(&world.keyring), Arc::clone(&world.clock));
        Self {
            world,
            urls,
            in_flight: Arc::default(),
        }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Issues a ticket for each file that can be taken; the others are refused one by one, in place.
    pub async fn request(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        files: &[AnnouncedFile],
    ) -> Result<Vec<Result<Ticket, UploadError>>, UploadError> {
        let studio = principal.manage()?;
        if files.is_empty() || files.len() > Self::MOST_FILES {
            let rule = InvalidValue::new("files", format!("must be 1 to {}", Self::MOST_FILES));
            return Err(InvalidField::new("files", rule).into());
        }
        self.check_gallery(studio, gallery).await?;
        let planned: Vec<Result<Photo, UploadError>> = files
            .iter()
            .map(|file| self.plan(studio, gallery, file))
            .collect();
        let photos: Vec<Photo> = planned
            .iter()
            .filter_map(|photo| photo.as_ref().ok())
            .cloned()
            .collect();
        if !photos.is_empty() {
            self.world().metadata().photos.create_many(&photos).await?;
        }
        let mut tickets = Vec::with_capacity(planned.len());
        for photo in planned {
            tickets.push(match photo {
                Ok(photo) => Ok(self.ticket(&photo).await?),
                Err(error) => Err(error),
            });
        }
        Ok(tickets)
    }

    async fn check_gallery(&self, studio: StudioId, gallery: GalleryId) -> Result<(), UploadError> {
        let found = self.world().metadata().galleries.find(studio, gallery).await?;
        found
            .map(drop)
            .ok_or_else(|| Absent::new(Resource::Gallery).into())
    }

    fn plan(&self, studio: StudioId, gallery: GalleryId, file: &AnnouncedFile) -> Result<Photo, UploadError> {
        let now = self.world().clock.now();
        let most_bytes = self.world().settings.most_upload_bytes;
        let filename = Filename::parse(&file.filename).field("filename")?;
        let content_type = source_type(file.content_type.as_deref(), &filename)?;
        let size_bytes = FileSize::parse(file.size).field("size")?;
        if size_bytes.get() > most_bytes {
            return Err(UploadError::TooLarge { most_bytes });
        }
        let sha256 = file
            .sha256
            .as_deref()
            .map(Sha256Hash::parse)
            .transpose()
            .field("sha256")?;
        Ok(Photo {
            id: PhotoId::generate(now, &*self.world().entropy),
            studio,
            gallery,
            filename,
            size_bytes,
            content_type,
            sha256,
            state: PhotoState::Pending {
                expires_at: now + self.world().settings.ticket_lifetime,
            },
            facts: None,
            title: Line::empty(),
            description: Prose::empty(),
            tags: Tags::default(),
            section: None,
            created_at: now,
            updated_at: now,
        })
    }

    async fn ticket(&self, photo: &Photo) -> Result<Ticket, UploadError> {
        let terms = self.terms(photo);
        let link = self.world().urls.upload(&terms).await?;
        Ok(Ticket {
            upload: terms.upload,
            link,
            expires_at: terms.expires_at,
        })
    }

    fn terms(&self, photo: &Photo) -> UploadTerms {
        let expires_at = match photo.state {
            PhotoState::Pending { expires_at } => expires_at,
            PhotoState::Uploaded { .. }
            | PhotoState::Processing { .. }
            | PhotoState::Ready { .. }
            | PhotoState::Failed { .. } => self.world().clock.now(),
        };
        UploadTerms {
            upload: UploadId::of_photo(photo.id),
            studio: photo.studio,
            key: OriginalKey {
                studio: photo.studio,
                photo: photo.id,
            }
            .into(),
            size: photo.size_bytes,
            content_type: photo.content_type.as_str(),
            sha256: photo.sha256,
            expires_at,
        }
    }

    /// URLs for the parts of a large file.
    pub async fn request_parts(
        &self,
        principal: &Principal,
        upload: UploadId,
        numbers: &[PartNumber],
    ) -> Result<Vec<(PartNumber, UploadLink)>, UploadError> {
        let studio = principal.manage()?;
        let photo = self
            .find_photo(studio, upload)
            .await?
            .ok_or(Absent::new(Resource::Upload))?
            .value;
        if !matches!(photo.state, PhotoState::Pending { .. }) {
            return Err(UploadError::AlreadyCompleted);
        }
        let terms = self.terms(&photo);
        let multipart = self.world().backend.objects.multipart.begin(terms.key).await?;
        let mut links = Vec::with_capacity(numbers.len());
        for &number in numbers {
            links.push((
                number,
                self.world().urls.upload_part(&terms, &multipart, number).await?,
            ));
        }
        Ok(links)
    }

    /// The photo of an upload, unless its gallery is gone.
    async fn find_photo(
        &self,
        studio: StudioId,
        upload: UploadId,
    ) -> Result<Option<Versioned<Photo>>, UploadError> {
        let Some(photo) = self
            .world()
            .metadata()
            .photos
            .find(studio, upload.as_photo())
            .await?
        else {
            return Ok(None);
        };
        let gallery = self
            .world()
            .metadata()
            .galleries
            .find(studio, photo.value.gallery)
            .await?;
        Ok(gallery.map(|_| photo))
    }

    /// Takes the bytes that are sent to a self-served upload URL. `length` is the request's content length.
    ///
    /// # Errors
    /// `Absent` for a URL that is not valid or has ended; `Mismatch` if the bytes are not what the ticket
    /// says; `AlreadyCompleted` and `Busy` protect an original that is confirmed.
    pub async fn receive(
        &self,
        signed: &str,
        length: Option<u64>,
        content: ObjectStream,
    ) -> Result<Received, UploadError> {
        let claim = self
            .urls
            .read_upload(signed)
            .ok_or(Absent::new(Resource::Upload))?;
        let announced = claim.size.get();
        match (&claim.part, length) {
            (None, Some(length)) if length != announced => return Err(UploadError::Mismatch),
            (Some(_), Some(length)) if length > announced => return Err(UploadError::Mismatch),
            _ => {}
        }
        let _flight = self.take_off(&claim)?;
        self.check_open(&claim).await?;
        if let Some((multipart, number)) = &claim.part {
            let store = &self.world().backend.objects.multipart;
            let part = store
                .put_part(claim.key, multipart, *number, content, announced)
                .await;
            return Ok(Received {
                etag: part.map_err(mismatch)?.etag,
            });
        }
        let expected = Expected {
            size_bytes: Some(announced),
            sha256: claim.sha256,
        };
        let stored = self
            .world()
            .backend
            .objects
            .store
            .put(claim.key, content, expected)
            .await;
        let stored = stored.map_err(mismatch)?;
        self.note_hash(&claim, stored.sha256).await?;
        Ok(Received {
            etag: stored.info.etag,
        })
    }

    /// Keeps the hash that was computed on the way, so that `complete` can tell it at once. Processing computes
    /// it again, so losing a race here loses nothing.
    async fn note_hash(&self, claim: &UploadClaim, sha256: Sha256Hash) -> Result<(), UploadError> {
        if claim.sha256.is_some() {
            return Ok(());
        }
        let Some(photo) = self.find_photo(claim.studio, claim.upload).await? else {
            return Ok(());
        };
        let Versioned { mut value, version } = photo;
        value.sha256 = Some(sha256);
        match self.world().metadata().photos.update(&value, version, &[]).await {
            Ok(_) => Ok(()),
            Err(error) if is_conflict(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// One whole file at a time, and none once `complete` is looking at it: a late request must not replace an
    /// original that is confirmed. Parts have names of their own and may fly together.
    fn take_off(&self, claim: &UploadClaim) -> Result<Option<Flight>, UploadError> {
        if claim.part.is_some() {
            return Ok(None);
        }
        Flight::begin(&self.in_flight, claim.upload)
            .map(Some)
            .ok_or(UploadError::Busy)
    }

    async fn check_open(&self, claim: &UploadClaim) -> Result<(), UploadError> {
        if let ObjectKey::Image(ImageKey { studio, image }) = claim.key {
            let owner = self.world().metadata().studios.find(studio).await?;
            let owner = owner.ok_or(Absent::new(Resource::Upload))?.value;
            return match owner.find_image(image).map(|image| &image.state) {
                Some(ImageState::Pending { .. }) => Ok(()),
                Some(ImageState::Ready { .. }) => Err(UploadError::AlreadyCompleted),
                None => Err(Absent::new(Resource::Upload).into()),
            };
        }
        let photo = self.find_photo(claim.studio, claim.upload).await?;
        match photo.ok_or(Absent::new(Resource::Upload))?.value.state {
            PhotoState::Pending { .. } => Ok(()),
            PhotoState::Uploaded { .. }
            | PhotoState::Processing { .. }
            | PhotoState::Ready { .. }
            | PhotoState::Failed { .. } => Err(UploadError::AlreadyCompleted),
        }
    }

    /// Confirms that all bytes were sent, and starts processing. Doing it again changes nothing.
    pub async fn complete(
        &self,
        principal: &Principal,
        upload: UploadId,
        parts: Option<&[UploadedPart]>,
    ) -> Result<Completed, UploadError> {
        let studio = principal.manage()?;
        let Some(_flight) = Flight::begin(&self.in_flight, upload) else {
            let reason = "the file is still being sent".to_owned();
            return Err(UploadError::Incomplete { reason });
        };
        for _ in 0..ATTEMPTS {
            let Some(photo) = self.find_photo(studio, upload).await? else {
                return self.complete_image(studio, upload.as_image()).await;
            };
            if !matches!(photo.value.state, PhotoState::Pending { .. }) {
                return Ok(Completed::Photo(Box::new(view(self.world(), photo).await?)));
            }
            let sha256 = self.check_arrived(&photo.value, parts).await?;
            if let Some(view) = self.confirm(photo, sha256).await? {
                return Ok(Completed::Photo(Box::new(view)));
            }
        }
        Err(exhausted("complete upload", upload).into())
    }

    /// Joins the parts if there are any, and checks that the whole object is there.
    async fn check_arrived(
        &self,
        photo: &Photo,
        parts: Option<&[UploadedPart]>,
    ) -> Result<Option<Sha256Hash>, UploadError> {
        let key = OriginalKey {
            studio: photo.studio,
            photo: photo.id,
        }
        .into();
        let expected = photo.size_bytes.get();
        let info = self.world().backend.objects.store.head(key).await?;
        if let Some(info) = info {
            if info.size_bytes == expected {
                return Ok(photo.sha256);
            }
            let reason = format!("{} of {expected} bytes have arrived", info.size_bytes);
            return Err(UploadError::Incomplete { reason });
        }
        let Some(parts) = parts.filter(|parts| !parts.is_empty()) else {
            return Err(UploadError::Incomplete {
                reason: "no bytes have arrived".to_owned(),
            });
        };
        let multipart = &self.world().backend.objects.multipart;
        let id: MultipartId = multipart.begin(key).await?;
        let whole = Expected {
            size_bytes: Some(expected),
            sha256: photo.sha256,
        };
        match multipart.complete(key, &id, parts, whole).await {
            Ok(stored) => Ok(Some(stored.sha256)),
            Err(error) if error.kind() == StorageErrorKind::NotFound => Err(UploadError::Incomplete {
                reason: "a part is missing".to_owned(),
            }),
            Err(error) if error.kind() == StorageErrorKind::Mismatch => Err(UploadError::Incomplete {
                reason: "the parts do not make up the announced file".to_owned(),
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves the photo on and enqueues its job, or `None` if somebody else was faster. The job comes after the
    /// write: if the server dies between the two, the sweep finds the photo.
    async fn confirm(
        &self,
        photo: Versioned<Photo>,
        sha256: Option<Sha256Hash>,
    ) -> Result<Option<PhotoView>, UploadError> {
        let Versioned { mut value, version } = photo;
        let now = self.world().clock.now();
        value.state = match value.state.clone().upload(now) {
            Ok(state) => state,
            Err(_) => return Ok(None),
        };
        value.sha256 = sha256;
        value.updated_at = now;
        match self.world().metadata().photos.update(&value, version, &[]).await {
            Ok(version) => {
                self.enqueue(&value).await?;
                Ok(Some(view(self.world(), Versioned::new(value, version)).await?))
            }
            Err(error) if is_conflict(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn enqueue(&self, photo: &Photo) -> Result<(), StorageError> {
        let job = Job::ProcessPhoto {
            studio: photo.studio,
            photo: photo.id,
        };
        self.world().jobs().enqueue(&[job], SignedDuration::ZERO).await
    }

    /// Takes a whole photo in one call.
    pub async fn upload(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        filename: &str,
        content_type: Option<&str>,
        content: ObjectStream,
    ) -> Result<PhotoView, UploadError> {
        let studio = principal.manage()?;
        self.check_gallery(studio, gallery).await?;
        let announced = AnnouncedFile {
            filename: filename.to_owned(),
            size: 1,
            content_type: content_type.map(str::to_owned),
            sha256: None,
        };
        let mut photo = self.plan(studio, gallery, &announced)?;
        let most_bytes = self.world().settings.most_upload_bytes;
        let key: ObjectKey = OriginalKey {
            studio,
            photo: photo.id,
        }
        .into();
        let stored = self
            .world()
            .backend
            .objects
            .store
            .put(key, limited(content, most_bytes), Expected::default())
            .await;
        let stored = stored.map_err(|error| match error.kind() {
            StorageErrorKind::Mismatch => UploadError::TooLarge { most_bytes },
            _ => error.into(),
        })?;
        photo.size_bytes = match FileSize::parse(stored.info.size_bytes) {
            Ok(size) => size,
            Err(error) => {
                // An empty file would stay behind without a photo.
                self.world().backend.objects.store.delete_many(&[key]).await;
                return Err(InvalidField::new("file", error).into());
            }
        };
        photo.sha256 = Some(stored.sha256);
        photo.state = PhotoState::Uploaded {
            at: self.world().clock.now(),
        };
        self.world()
            .metadata()
            .photos
            .create_many(std::slice::from_ref(&photo))
            .await?;
        self.enqueue(&photo).await?;
        Ok(view(self.world(), Versioned::new(photo, crate::page::Version::FIRST)).await?)
    }

    /// Issues a ticket for a logo.
    pub async fn request_image(
        &self,
        principal: &Principal,
        size: u64,
    ) -> Result<(ImageId, Ticket), UploadError> {
        let studio = principal.manage()?;
        let most_bytes = self.world().settings.most_image_bytes;
        let size = FileSize::parse(size).field("size")?;
        if size.get() > most_bytes {
            return Err(UploadError::TooLarge { most_bytes });
        }
        let now = self.world().clock.now();
        let image = ImageId::generate(now, &*self.world().entropy);
        let expires_at = now + self.world().settings.ticket_lifetime;
        self.change_images(studio, |images| {
            let is_open = |image: &StudioImage| match image.state {
                ImageState::Pending { expires_at } => expires_at > now,
                ImageState::Ready { .. } => true,
            };
            images.retain(is_open);
            if images.len() >= Studio::MOST_IMAGES {
                return Err(UploadError::TooManyImages);
            }
            let state = ImageState::Pending { expires_at };
            images.push(StudioImage {
                id: image,
                bytes: size.get(),
                state,
                created_at: now,
            });
            Ok(())
        })
        .await?;
        let terms = UploadTerms {
            upload: UploadId::of_image(image),
            studio,
            key: ImageKey { studio, image }.into(),
            size,
            content_type: SourceType::Png.as_str(),
            sha256: None,
            expires_at,
        };
        let link = self.world().urls.upload(&terms).await?;
        Ok((
            image,
            Ticket {
                upload: terms.upload,
                link,
                expires_at,
            },
        ))
    }

    async fn complete_image(&self, studio: StudioId, id: ImageId) -> Result<Completed, UploadError> {
        let absent = || UploadError::from(Absent::new(Resource::Upload));
        let owner = self
            .world()
            .metadata()
            .studios
            .find(studio)
            .await?
            .ok_or_else(absent)?
            .value;
        let image = owner.find_image(id).ok_or_else(absent)?.clone();
        if matches!(image.state, ImageState::Ready { .. }) {
            return Ok(Completed::Image(image));
        }
        let body = match self
            .world()
            .backend
            .objects
            .store
            .get(ImageKey { studio, image: id }.into(), None)
            .await
        {
            Err(error) if error.kind() == StorageErrorKind::NotFound => {
                return Err(UploadError::Incomplete {
                    reason: "no bytes have arrived".to_owned(),
                });
            }
            body => body?,
        };
        let logo = body.read(self.world().settings.most_image_bytes).await?;
        let size = self
            .world()
            .renderer
            .inspect_logo(logo)
            .await
            .map_err(UploadError::Logo)?;
        let state = ImageState::Ready {
            size,
            at: self.world().clock.now(),
        };
        self.change_images(studio, |images| {
            let image = images
                .iter_mut()
                .find(|image| image.id == id)
                .ok_or(Absent::new(Resource::Upload))?;
            image.state = state.clone();
            Ok(())
        })
        .await?;
        Ok(Completed::Image(StudioImage { state, ..image }))
    }

    async fn change_images(
        &self,
        studio: StudioId,
        mut change: impl FnMut(&mut Vec<StudioImage>) -> Result<(), UploadError> + Send,
    ) -> Result<(), UploadError> {
        for _ in 0..ATTEMPTS {
            let found = self.world().metadata().studios.find(studio).await?;
            let Versioned { mut value, version } = found.ok_or(Absent::new(Resource::Studio))?;
            change(&mut value.images)?;
            value.updated_at = self.world().clock.now();
            match self.world().metadata().studios.update(&value, version, &[]).await {
                Ok(_) => return Ok(()),
                Err(error) if is_conflict(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change images of studio", studio).into())
    }
}

fn mismatch(error: StorageError) -> UploadError {
    match error.kind() {
        StorageErrorKind::Mismatch => UploadError::Mismatch,
        _ => UploadError::Storage(error),
    }
}

/// Ends a stream with a mismatch once it is over the limit.
fn limited(content: ObjectStream, most_bytes: u64) -> ObjectStream {
    let mut total = 0;
    Box::pin(content.map(move |piece| {
        let piece = piece?;
        total += piece.len() as u64;
        if total > most_bytes {
            return Err(StorageError::new(
                StorageErrorKind::Mismatch,
                "receive",
                "a file over the limit",
            ));
        }
        Ok(piece)
    }))
}

/// What kind of file is announced: by its media type or, where that says nothing, by its extension.
fn source_type(content_type: Option<&str>, filename: &Filename) -> Result<SourceType, UploadError> {
    match content_type.map(str::trim) {
        Some(text) if !text.is_empty() && !text.eq_ignore_ascii_case("application/octet-stream") => {
            SourceType::parse(text).map_err(UploadError::UnsupportedType)
        }
        _ => by_extension(filename),
    }
}

fn by_extension(filename: &Filename) -> Result<SourceType, UploadError> {
    let extension = Path::new(filename.as_str())
        .extension()
        .and_then(|extension| extension.to_str());
    match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "jpe" => Ok(SourceType::Jpeg),
        "png" => Ok(SourceType::Png),
        "webp" => Ok(SourceType::WebP),
        "tif" | "tiff" => Ok(SourceType::Tiff),
        _ => {
            let rule = "must be JPEG, PNG, WebP or TIFF";
            Err(UploadError::UnsupportedType(InvalidValue::new("file type", rule)))
        }
    }
}

/// Marks an upload as being worked on, until it is dropped.
#[derive(Debug)]
struct Flight {
    in_flight: Arc<Mutex<BTreeSet<UploadId>>>,
    upload: UploadId,
}

impl Flight {
    fn begin(in_flight: &Arc<Mutex<BTreeSet<UploadId>>>, upload: UploadId) -> Option<Self> {
        let is_first = in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(upload);
        is_first.then(|| Self {
            in_flight: Arc::clone(in_flight),
            upload,
        })
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.upload);
    }
}

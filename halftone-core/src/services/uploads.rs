//! Uploads: tickets, bytes, completion.

use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::Timestamp;

use crate::access::{AccessDenied, Principal};
use crate::archive::{Archive, ArchiveState};
use crate::id::{GalleryId, PhotoId, StudioId, UploadId};
use crate::job::PurgeTarget;
use crate::page::{Version, Versioned};
use crate::photo::{FileSize, Photo, PhotoState, Replacements, Sha256Hash, SourceType};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, ObjectStream, PartNumber};
use crate::ports::renderer::RenderError;
use crate::ports::urls::{UploadLink, UploadTerms};
use crate::self_served::SelfServedUrls;
use crate::services::error::{Absent, FieldExt as _, InvalidField, Resource};
use crate::services::photos::{PhotoView, view};
use crate::services::purging::enqueue as enqueue_purge;
use crate::services::{Dependencies, Shared};
use crate::studio::{Studio, StudioImage};
use crate::text::{Filename, InvalidValue, Line, Prose, Tags};

mod archives;
mod completing;
mod flights;
mod images;
mod matching;
mod receiving;
pub(crate) mod replacing;
mod source;

pub use self::matching::{MatchRequest, Matched};

use self::completing::{AwaitedFile, still_being_sent};
use self::flights::Flights;
use self::source::source_type;

/// Takes uploads.
#[derive(Debug, Clone)]
pub struct UploadService {
    world: Shared,
    urls: SelfServedUrls,
    flights: Flights,
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
    /// The photo's own bytes have never arrived, so there is nothing to replace.
    #[error("the photo has not been uploaded yet")]
    NothingToReplace,
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

/// An announced file that can be taken.
struct CheckedFile {
    filename: Filename,
    content_type: SourceType,
    size_bytes: FileSize,
    sha256: Option<Sha256Hash>,
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
    /// An archive, whose photos are still to come.
    Archive(Box<Archive>),
}

impl UploadService {
    /// The most files of one request for tickets.
    pub const MOST_FILES: usize = 500;

    pub(crate) fn new(world: Shared) -> Self {
        let urls = SelfServedUrls::new(Arc::clone(&world.keyring), Arc::clone(&world.clock));
        Self { world, urls, flights: Flights::default() }
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
        let planned: Vec<Result<Photo, UploadError>> =
            files.iter().map(|file| self.plan(studio, gallery, file)).collect();
        let photos: Vec<Photo> = planned.iter().filter_map(|photo| photo.as_ref().ok()).cloned().collect();
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
        found.map(drop).ok_or_else(|| Absent::new(Resource::Gallery).into())
    }

    fn check(&self, file: &AnnouncedFile) -> Result<CheckedFile, UploadError> {
        let most_bytes = self.world().settings.most_upload_bytes;
        let filename = Filename::parse(&file.filename).field("filename")?;
        let content_type = source_type(file.content_type.as_deref(), &filename)?;
        let size_bytes = FileSize::parse(file.size).field("size")?;
        if size_bytes.get() > most_bytes {
            return Err(UploadError::TooLarge { most_bytes });
        }
        let sha256 = file.sha256.as_deref().map(Sha256Hash::parse).transpose().field("sha256")?;
        Ok(CheckedFile { filename, content_type, size_bytes, sha256 })
    }

    fn plan(&self, studio: StudioId, gallery: GalleryId, file: &AnnouncedFile) -> Result<Photo, UploadError> {
        let now = self.world().clock.now();
        let CheckedFile { filename, content_type, size_bytes, sha256 } = self.check(file)?;
        Ok(Photo {
            id: PhotoId::generate(now, &*self.world().entropy),
            studio,
            gallery,
            filename,
            size_bytes,
            content_type,
            sha256,
            state: PhotoState::Pending { expires_at: now + self.world().settings.ticket_lifetime },
            replacements: Replacements::default(),
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
        Ok(Ticket { upload: terms.upload, link, expires_at: terms.expires_at })
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
            key: photo.original_key().into(),
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
        let terms = self.open_terms(studio, upload).await?;
        let multipart = self.world().backend.objects.multipart.begin(terms.key).await?;
        let mut links = Vec::with_capacity(numbers.len());
        for &number in numbers {
            links.push((number, self.world().urls.upload_part(&terms, &multipart, number).await?));
        }
        Ok(links)
    }

    /// What may be sent for an upload that awaits its bytes.
    async fn open_terms(&self, studio: StudioId, upload: UploadId) -> Result<UploadTerms, UploadError> {
        if let Some(Versioned { value: photo, .. }) = self.find_photo(studio, upload).await? {
            return match (&photo.state, photo.replacements.awaited()) {
                (PhotoState::Pending { .. }, _) => Ok(self.terms(&photo)),
                (_, Some(next)) => Ok(replacing::terms(&photo, next)),
                (_, None) => Err(UploadError::AlreadyCompleted),
            };
        }
        let archive = self.find_archive(studio, upload).await?.ok_or(Absent::new(Resource::Upload))?.value;
        match archive.state {
            ArchiveState::Pending { .. } => Ok(archives::terms(&archive)),
            ArchiveState::Expanding { .. } | ArchiveState::Expanded { .. } | ArchiveState::Failed { .. } => {
                Err(UploadError::AlreadyCompleted)
            }
        }
    }

    /// The photo of an upload, unless its gallery is gone.
    async fn find_photo(
        &self,
        studio: StudioId,
        upload: UploadId,
    ) -> Result<Option<Versioned<Photo>>, UploadError> {
        let Some(photo) = self.world().metadata().photos.find(studio, upload.as_photo()).await? else {
            return Ok(None);
        };
        let gallery = self.world().metadata().galleries.find(studio, photo.value.gallery).await?;
        Ok(gallery.map(|_| photo))
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
        let photo = self.plan(studio, gallery, &announced)?;
        // The photo comes before its bytes: whoever hears of those from the object store must find it.
        self.world().metadata().photos.create_many(std::slice::from_ref(&photo)).await?;
        let taken = self.take(photo.clone(), content).await;
        if taken.is_err() {
            self.withdraw(&photo).await;
        }
        taken
    }

    /// Stores the bytes of a photo that is there already, and moves it on.
    async fn take(&self, mut photo: Photo, content: ObjectStream) -> Result<PhotoView, UploadError> {
        let most_bytes = self.world().settings.most_upload_bytes;
        let key = photo.original_key();
        let store = &self.world().backend.objects.store;
        let stored = store.put(key.into(), limited(content, most_bytes), Expected::default()).await;
        let stored = stored.map_err(|error| match error.kind() {
            StorageErrorKind::Mismatch => UploadError::TooLarge { most_bytes },
            _ => error.into(),
        })?;
        photo.size_bytes =
            FileSize::parse(stored.info.size_bytes).map_err(|error| InvalidField::new("file", error))?;
        photo.sha256 = stored.sha256;
        photo.state = PhotoState::Uploaded { at: self.world().clock.now() };
        let version = self.world().metadata().photos.update(&photo, Version::FIRST, &[]).await?;
        // The job also removes the photo if its gallery was deleted meanwhile.
        self.enqueue(&photo).await?;
        Ok(view(self.world(), Versioned::new(photo, version)).await?)
    }

    /// Takes back a photo whose bytes were refused or got lost. If that fails too, its ticket ends like any other.
    async fn withdraw(&self, photo: &Photo) {
        let target =
            PurgeTarget::Photo { studio: photo.studio, gallery: Some(photo.gallery), photo: photo.id };
        let withdrawn = async {
            self.world()
                .metadata()
                .photos
                .mark_deleted(photo.studio, photo.id, self.world().clock.now())
                .await?;
            enqueue_purge(self.world(), target).await
        };
        if let Err(error) = withdrawn.await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(photo.id = %photo.id, error, "a refused upload stays until its ticket ends");
        }
    }
}

/// Ends a stream with a mismatch once it is over the limit.
fn limited(content: ObjectStream, most_bytes: u64) -> ObjectStream {
    let mut total = 0;
    Box::pin(content.map(move |piece| {
        let piece = piece?;
        total += piece.len() as u64;
        if total > most_bytes {
            return Err(StorageError::new(StorageErrorKind::Mismatch, "receive", "a file over the limit"));
        }
        Ok(piece)
    }))
}

//! Confirming what was sent: whether all of it is there, and what begins with it.

use jiff::{SignedDuration, Timestamp};

use crate::access::Principal;
use crate::id::UploadId;
use crate::job::Job;
use crate::object_key::ObjectKey;
use crate::page::Versioned;
use crate::photo::{FileSize, Photo, PhotoState, Sha256Hash};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, StoredObject, UploadedPart};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::photos::{PhotoView, view};
use crate::services::uploads::{Completed, UploadError, UploadService};

impl UploadService {
    /// Confirms that all bytes were sent, and starts processing. Doing it again changes nothing.
    pub async fn complete(
        &self,
        principal: &Principal,
        upload: UploadId,
        parts: Option<&[UploadedPart]>,
    ) -> Result<Completed, UploadError> {
        let studio = principal.manage()?;
        let Some(_flight) = self.flights.complete(upload) else {
            return Err(still_being_sent());
        };
        for _ in 0..ATTEMPTS {
            let Some(photo) = self.find_photo(studio, upload).await? else {
                if let Some(archive) = self.find_archive(studio, upload).await? {
                    return self.complete_archive(archive, parts).await;
                }
                return self.complete_image(studio, upload.as_image()).await;
            };
            if photo.value.replacements.awaited().is_some() {
                return self.complete_replacement(studio, upload, parts).await;
            }
            if !matches!(photo.value.state, PhotoState::Pending { .. }) {
                return Ok(Completed::Photo(Box::new(view(self.world(), photo).await?)));
            }
            self.check_age(photo.value.created_at)?;
            let file = AwaitedFile {
                key: photo.value.original_key().into(),
                size_bytes: photo.value.size_bytes,
                sha256: photo.value.sha256,
            };
            let sha256 = self.check_arrived(&file, parts).await?;
            if let Some(view) = self.confirm(photo, sha256).await? {
                return Ok(Completed::Photo(Box::new(view)));
            }
        }
        Err(exhausted("complete upload", upload).into())
    }

    /// A ticket this old belongs to the sweep, which drops it or takes what arrived.
    pub(super) fn check_age(&self, issued_at: Timestamp) -> Result<(), UploadError> {
        let lifetime = self.world().settings.ticket_lifetime;
        let latest = issued_at.checked_add(lifetime).and_then(|end| end.checked_add(lifetime));
        if latest.is_ok_and(|latest| self.world().clock.now() >= latest) {
            return Err(Absent::new(Resource::Upload).into());
        }
        Ok(())
    }

    /// Joins the parts if there are any, and checks that the whole object is there.
    pub(super) async fn check_arrived(
        &self,
        file: &AwaitedFile,
        parts: Option<&[UploadedPart]>,
    ) -> Result<Option<Sha256Hash>, UploadError> {
        let (key, expected) = (file.key, file.size_bytes.get());
        let info = self.world().backend.objects.store.head(key).await?;
        if let Some(info) = info {
            if info.size_bytes == expected {
                return Ok(file.sha256);
            }
            let reason = format!("{} of {expected} bytes have arrived", info.size_bytes);
            return Err(UploadError::Incomplete { reason });
        }
        let Some(parts) = parts.filter(|parts| !parts.is_empty()) else {
            return Err(UploadError::Incomplete { reason: "no bytes have arrived".to_owned() });
        };
        let whole = Expected { size_bytes: Some(expected), sha256: file.sha256 };
        match self.join(key, parts, whole).await {
            Ok(stored) => Ok(stored.sha256.or(file.sha256)),
            Err(error) if error.kind() == StorageErrorKind::NotFound => {
                // Another server may have joined them since the object was looked for.
                let joined = self.world().backend.objects.store.head(key).await?;
                if joined.is_some_and(|info| info.size_bytes == expected) {
                    return Ok(file.sha256);
                }
                Err(UploadError::Incomplete { reason: "a part is missing".to_owned() })
            }
            Err(error) if error.kind() == StorageErrorKind::Mismatch => Err(UploadError::Incomplete {
                reason: "the parts do not make up the announced file".to_owned(),
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Joins the parts of the open upload of a key.
    pub(super) async fn join(
        &self,
        key: ObjectKey,
        parts: &[UploadedPart],
        whole: Expected,
    ) -> Result<StoredObject, StorageError> {
        let multipart = &self.world().backend.objects.multipart;
        let open = multipart.find(key).await?;
        let open =
            open.ok_or_else(|| StorageError::new(StorageErrorKind::NotFound, "find upload of", key))?;
        multipart.complete(key, &open, parts, whole).await
    }

    /// Moves the photo on and enqueues its job, or `None` if somebody else was faster. The job comes after the
    /// write: if the server dies between the two, the sweep finds the photo.
    pub(super) async fn confirm(
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
            Err(error) if is_lost_race(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn enqueue(&self, photo: &Photo) -> Result<(), StorageError> {
        let job = Job::ProcessPhoto { studio: photo.studio, photo: photo.id };
        self.world().jobs().enqueue(&[job], SignedDuration::ZERO).await
    }
}

/// A file whose bytes are awaited.
pub(super) struct AwaitedFile {
    pub(super) key: ObjectKey,
    pub(super) size_bytes: FileSize,
    pub(super) sha256: Option<Sha256Hash>,
}

pub(super) fn still_being_sent() -> UploadError {
    UploadError::Incomplete { reason: "the file is still being sent".to_owned() }
}

//! Taking the bytes that are sent to self-served upload URLs.

use crate::archive::ArchiveState;
use crate::id::ReplacementId;
use crate::object_key::{ImageKey, ObjectKey, OriginalKey};
use crate::page::Versioned;
use crate::photo::{PhotoState, Sha256Hash};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, ObjectStream};
use crate::self_served::UploadClaim;
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::processing::remove;
use crate::services::uploads::flights::Flight;
use crate::services::uploads::{Received, UploadError, UploadService, replacing};
use crate::studio::ImageState;

impl UploadService {
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
        let claim = self.urls.read_upload(signed).ok_or(Absent::new(Resource::Upload))?;
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
            let part = store.put_part(claim.key, multipart, *number, content, announced).await;
            return Ok(Received { etag: part.map_err(mismatch)?.etag });
        }
        let expected = Expected { size_bytes: Some(announced), sha256: claim.sha256 };
        let stored = self.world().backend.objects.store.put(claim.key, content, expected).await;
        let stored = stored.map_err(mismatch)?;
        // Sending takes minutes; what was deleted meanwhile must not keep these bytes.
        if let Err(error) = self.check_open(&claim).await {
            if matches!(error, UploadError::Absent(_)) {
                remove(self.world(), &[claim.key]).await;
            }
            return Err(error);
        }
        if let Some(sha256) = stored.sha256 {
            self.note_hash(&claim, sha256).await?;
        }
        Ok(Received { etag: stored.info.etag })
    }

    /// Keeps the hash that was computed on the way, so that `complete` can tell it at once. It must be that of the
    /// bytes sent last: processing refuses an original with another one.
    async fn note_hash(&self, claim: &UploadClaim, sha256: Sha256Hash) -> Result<(), UploadError> {
        if claim.sha256.is_some() {
            return Ok(());
        }
        for _ in 0..ATTEMPTS {
            let Some(photo) = self.find_photo(claim.studio, claim.upload).await? else {
                return Ok(());
            };
            let Versioned { mut value, version } = photo;
            match replacement_of(claim) {
                None => value.sha256 = Some(sha256),
                Some(id) => match value.replacements.next.as_mut().filter(|next| next.id == id) {
                    Some(next) => next.sha256 = Some(sha256),
                    None => return Ok(()),
                },
            }
            match self.world().metadata().photos.update(&value, version, &[]).await {
                Ok(_) => return Ok(()),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("note hash of upload", claim.upload).into())
    }

    /// One whole file at a time, and none while `complete` is looking at it. Parts have names of their own and
    /// may fly together.
    fn take_off(&self, claim: &UploadClaim) -> Result<Option<Flight>, UploadError> {
        if claim.part.is_some() {
            return Ok(None);
        }
        let flight = replacement_of(claim).map_or(claim.upload, replacing::flight_of);
        self.flights.send(flight).map(Some).ok_or(UploadError::Busy)
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
        if let ObjectKey::Archive(_) = claim.key {
            let archive = self.find_archive(claim.studio, claim.upload).await?;
            return match archive.ok_or(Absent::new(Resource::Upload))?.value.state {
                ArchiveState::Pending { .. } => Ok(()),
                ArchiveState::Expanding { .. }
                | ArchiveState::Expanded { .. }
                | ArchiveState::Failed { .. } => Err(UploadError::AlreadyCompleted),
            };
        }
        let photo = self.find_photo(claim.studio, claim.upload).await?;
        let photo = photo.ok_or(Absent::new(Resource::Upload))?.value;
        if let Some(id) = replacement_of(claim) {
            return match photo.replacements.awaited() {
                Some(next) if next.id == id => Ok(()),
                _ if photo.replacements.names(id) => Err(UploadError::AlreadyCompleted),
                // It was refused, or another one was announced since.
                _ => Err(Absent::new(Resource::Upload).into()),
            };
        }
        match photo.state {
            PhotoState::Pending { .. } => Ok(()),
            PhotoState::Uploaded { .. }
            | PhotoState::Processing { .. }
            | PhotoState::Ready { .. }
            | PhotoState::Failed { .. } => Err(UploadError::AlreadyCompleted),
        }
    }
}

/// The replacement that the bytes are to become, if they are not a photo's first.
const fn replacement_of(claim: &UploadClaim) -> Option<ReplacementId> {
    match claim.key {
        ObjectKey::Original(OriginalKey { replacement, .. }) => replacement,
        _ => None,
    }
}

fn mismatch(error: StorageError) -> UploadError {
    match error.kind() {
        StorageErrorKind::Mismatch => UploadError::Mismatch,
        _ => UploadError::Storage(error),
    }
}

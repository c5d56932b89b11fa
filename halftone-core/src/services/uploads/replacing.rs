//! Tickets for files that replace a photo's original, and their completion.

use jiff::{SignedDuration, Timestamp};

use crate::access::Principal;
use crate::id::{PhotoId, ReplacementId, StudioId, UploadId};
use crate::job::{Job, PurgeTarget};
use crate::page::Versioned;
use crate::photo::{Photo, PhotoStateKind, Replacement, ReplacementState, ShapeRule};
use crate::ports::objects::UploadedPart;
use crate::ports::urls::UploadTerms;
use crate::services::arrivals::{Arrival, replacement_arrived};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::photos::view;
use crate::services::uploads::{
    AnnouncedFile, AwaitedFile, CheckedFile, Completed, Ticket, UploadError, UploadService, still_being_sent,
};

/// Names a replacement where only one request at a time may send or complete.
pub(super) const fn flight_of(replacement: ReplacementId) -> UploadId {
    UploadId::from_uuid(replacement.as_uuid())
}

/// What may be sent for a replacement.
pub(super) fn terms(photo: &Photo, next: &Replacement) -> UploadTerms {
    let expires_at = match next.state {
        ReplacementState::Pending { expires_at } => expires_at,
        ReplacementState::Arrived { .. } | ReplacementState::Refused { .. } => next.asked_at,
    };
    UploadTerms {
        upload: UploadId::of_photo(photo.id),
        studio: photo.studio,
        key: photo.replacement_key(next.id).into(),
        size: next.size_bytes,
        content_type: next.content_type.as_str(),
        sha256: next.sha256,
        expires_at,
    }
}

impl UploadService {
    /// Issues a ticket for a file that is to take the place of a photo's original. The upload bears the photo's id, and is
    /// completed like any other. Of two tickets the later one counts; what is sent with the other is refused or removed.
    ///
    /// The photo stays as it is, and is shown as it is, until the new file has been rendered; then one write swaps both. A
    /// file that cannot be rendered, or has another shape against `shape`, leaves everything as it was and says so in the
    /// photo's `replacements`.
    pub async fn replace(
        &self,
        principal: &Principal,
        photo: PhotoId,
        file: &AnnouncedFile,
        shape: ShapeRule,
    ) -> Result<Ticket, UploadError> {
        let studio = principal.manage()?;
        let checked = self.check(file)?;
        self.announce(studio, photo, &checked, shape).await
    }

    pub(super) async fn announce(
        &self,
        studio: StudioId,
        photo: PhotoId,
        file: &CheckedFile,
        shape: ShapeRule,
    ) -> Result<Ticket, UploadError> {
        let now = self.world().clock.now();
        let expires_at = now + self.world().settings.ticket_lifetime;
        let next = Replacement {
            id: ReplacementId::generate(now, &*self.world().entropy),
            filename: file.filename.clone(),
            size_bytes: file.size_bytes,
            content_type: file.content_type,
            sha256: file.sha256,
            shape,
            state: ReplacementState::Pending { expires_at },
            asked_at: now,
        };
        let mut is_looked_after = false;
        for _ in 0..ATTEMPTS {
            let found = self.find_photo(studio, UploadId::of_photo(photo)).await?;
            let Versioned { mut value, version } = found.ok_or(Absent::new(Resource::Photo))?;
            if value.state.kind() == PhotoStateKind::Pending {
                return Err(UploadError::NothingToReplace);
            }
            if !is_looked_after {
                self.look_later(&value, next.id, now).await?;
                is_looked_after = true;
            }
            value.replacements.next = Some(next.clone());
            value.updated_at = now;
            match self.world().metadata().photos.update(&value, version, &[]).await {
                Ok(_) => {
                    let terms = terms(&value, &next);
                    let link = self.world().urls.upload(&terms).await?;
                    return Ok(Ticket { upload: terms.upload, link, expires_at });
                }
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("announce replacement of photo", photo).into())
    }

    /// Enqueues a look at what became of the ticket, for when nobody can use it any more. It comes before the write that
    /// issues the ticket, so that no crash leaves bytes that nothing names.
    async fn look_later(
        &self,
        photo: &Photo,
        replacement: ReplacementId,
        now: Timestamp,
    ) -> Result<(), UploadError> {
        let target = PurgeTarget::Replaced { studio: photo.studio, photo: photo.id, replacement };
        let end = last_use(now, self.world().settings.ticket_lifetime);
        Ok(self.world().jobs().enqueue(&[Job::Purge { target }], end.duration_since(now)).await?)
    }

    pub(super) async fn complete_replacement(
        &self,
        studio: StudioId,
        upload: UploadId,
        parts: Option<&[UploadedPart]>,
    ) -> Result<Completed, UploadError> {
        for _ in 0..ATTEMPTS {
            let photo = self.find_photo(studio, upload).await?.ok_or(Absent::new(Resource::Upload))?;
            let Some(next) = photo.value.replacements.awaited() else {
                return Ok(Completed::Photo(Box::new(view(self.world(), photo).await?)));
            };
            self.check_age(next.asked_at)?;
            let Some(_flight) = self.flights.complete(flight_of(next.id)) else {
                return Err(still_being_sent());
            };
            let file = AwaitedFile {
                key: photo.value.replacement_key(next.id).into(),
                size_bytes: next.size_bytes,
                sha256: next.sha256,
            };
            let sha256 = self.check_arrived(&file, parts).await?;
            match replacement_arrived(self.world(), photo, sha256).await? {
                Arrival::Confirmed(photo) => self.enqueue(&photo).await?,
                Arrival::Missing(_) | Arrival::LostRace => {}
            }
        }
        Err(exhausted("complete replacement", upload).into())
    }
}

/// When the last use of a ticket is over: it may be completed for one more lifetime than bytes are taken.
pub(crate) fn last_use(issued_at: Timestamp, lifetime: SignedDuration) -> Timestamp {
    let end = issued_at.checked_add(lifetime).and_then(|end| end.checked_add(lifetime));
    end.unwrap_or(Timestamp::MAX)
}

//! Tickets for archives, and their completion.

use crate::access::Principal;
use crate::archive::{Archive, ArchiveState};
use crate::id::{ArchiveId, GalleryId, StudioId, UploadId};
use crate::page::Versioned;
use crate::photo::FileSize;
use crate::ports::objects::UploadedPart;
use crate::ports::urls::UploadTerms;
use crate::services::catalogue::{ATTEMPTS, exhausted};
use crate::services::error::{Absent, FieldExt as _, Resource};
use crate::services::expanding::{self, enqueue};
use crate::services::uploads::replacing::last_use;
use crate::services::uploads::{AwaitedFile, Completed, Ticket, UploadError, UploadService};
use crate::text::Filename;

/// The media type of ZIP files.
const MEDIA_TYPE: &str = "application/zip";

/// What may be sent for an archive.
pub(super) fn terms(archive: &Archive) -> UploadTerms {
    let expires_at = match archive.state {
        ArchiveState::Pending { expires_at } => expires_at,
        ArchiveState::Expanding { .. } | ArchiveState::Expanded { .. } | ArchiveState::Failed { .. } => {
            archive.created_at
        }
    };
    UploadTerms {
        upload: UploadId::of_archive(archive.id),
        studio: archive.studio,
        key: archive.key().into(),
        size: archive.size_bytes,
        content_type: MEDIA_TYPE,
        sha256: None,
        expires_at,
    }
}

impl UploadService {
    /// Issues a ticket for a ZIP file whose pictures become photos of a gallery. Once the upload is completed, a job expands
    /// it; [`ExpandingService`](crate::services::expanding::ExpandingService) tells what became of each entry.
    pub async fn request_archive(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        filename: &str,
        size: u64,
    ) -> Result<(ArchiveId, Ticket), UploadError> {
        let studio = principal.manage()?;
        let filename = Filename::parse(filename).field("filename")?;
        let size_bytes = FileSize::parse(size).field("size")?;
        if size_bytes.get() > Archive::MOST_BYTES {
            return Err(UploadError::TooLarge { most_bytes: Archive::MOST_BYTES });
        }
        self.check_gallery(studio, gallery).await?;
        let now = self.world().clock.now();
        let lifetime = self.world().settings.ticket_lifetime;
        let expires_at = now + lifetime;
        let archive = Archive {
            id: ArchiveId::generate(now, &*self.world().entropy),
            studio,
            gallery,
            filename,
            size_bytes,
            state: ArchiveState::Pending { expires_at },
            looked_at: 0,
            entries: Vec::new(),
            due_at: last_use(now, lifetime),
            created_at: now,
            updated_at: now,
        };
        self.world().metadata().archives.create(&archive).await?;
        let terms = terms(&archive);
        let link = self.world().urls.upload(&terms).await?;
        Ok((archive.id, Ticket { upload: terms.upload, link, expires_at }))
    }

    /// The archive of an upload.
    pub(super) async fn find_archive(
        &self,
        studio: StudioId,
        upload: UploadId,
    ) -> Result<Option<Versioned<Archive>>, UploadError> {
        Ok(self.world().metadata().archives.find(studio, upload.as_archive()).await?)
    }

    pub(super) async fn complete_archive(
        &self,
        mut archive: Versioned<Archive>,
        parts: Option<&[UploadedPart]>,
    ) -> Result<Completed, UploadError> {
        let (studio, id) = (archive.value.studio, archive.value.id);
        for _ in 0..ATTEMPTS {
            if !matches!(archive.value.state, ArchiveState::Pending { .. }) {
                return Ok(Completed::Archive(Box::new(archive.value)));
            }
            self.check_age(archive.value.created_at)?;
            let file = AwaitedFile {
                key: archive.value.key().into(),
                size_bytes: archive.value.size_bytes,
                sha256: None,
            };
            self.check_arrived(&file, parts).await?;
            if let Some(begun) = expanding::begin(self.world(), archive).await? {
                enqueue(self.world(), &begun).await?;
                return Ok(Completed::Archive(Box::new(begun)));
            }
            let found = self.find_archive(studio, UploadId::of_archive(id)).await?;
            archive = found.ok_or(Absent::new(Resource::Upload))?;
        }
        Err(exhausted("complete archive", id).into())
    }
}

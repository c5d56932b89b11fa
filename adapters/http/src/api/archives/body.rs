//! Archives as their studio sees them, and what is sent to announce one.

use std::collections::BTreeMap;

use halftone_core::archive::{Archive, ArchiveEntry, ArchiveState, EntryOutcome};
use halftone_core::id::ArchiveId;
use halftone_core::services::uploads::Ticket;
use poem_openapi::Object;

use crate::api::time::Time;
use crate::links::Links;

/// A ZIP file that is to be uploaded.
#[derive(Debug, Object)]
pub(crate) struct ArchiveAnnouncement {
    /// What it is called.
    pub(crate) filename: String,
    /// Size in bytes.
    pub(crate) size: i64,
}

/// Where to send a ZIP file.
#[derive(Debug, Object)]
pub(crate) struct ArchiveTicket {
    /// The file's name.
    filename: String,
    /// Names the upload in `complete`.
    upload_id: String,
    /// Names the archive in `GET /archives/{id}`.
    archive_id: String,
    /// How the bytes are sent: `PUT`.
    method: String,
    /// Where they are sent.
    url: String,
    /// Headers that must be sent with them.
    headers: BTreeMap<String, String>,
    /// When the ticket ends.
    expires_at: Time,
}

/// An archive and its report.
#[derive(Debug, Object)]
#[oai(rename = "Archive")]
pub(crate) struct ArchiveObject {
    /// Its id.
    id: String,
    /// The gallery to which its photos go.
    gallery_id: String,
    /// What it is called.
    filename: String,
    /// Size in bytes.
    size: u64,
    /// How far it is: `pending`, `expanding`, `expanded` or `failed`.
    state: String,
    /// Why it cannot be expanded, or no further, in a sentence for the photographer.
    failure: Option<String>,
    /// The same as a word for programs: `no_archive`, `damaged`, `split_archive`, `too_many`, `too_large`, `missing`,
    /// `gallery_deleted`, `server` or `other`. There may be more of them one day.
    failure_kind: Option<String>,
    /// What became of the entries that were looked at so far, in the order of the archive.
    entries: Vec<ArchiveEntryObject>,
    /// When its ticket was issued.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// What became of one entry.
#[derive(Debug, Object)]
#[oai(rename = "ArchiveEntry", skip_serializing_if_is_none)]
pub(crate) struct ArchiveEntryObject {
    /// Its name in the archive.
    name: String,
    /// The photo that it became.
    photo_id: Option<String>,
    /// Why it became none, in a sentence for the photographer.
    error: Option<String>,
    /// The same as a word for programs: `no_picture`, `nested_archive`, `empty`, `damaged`, `encrypted`,
    /// `unknown_compression`, `overcompressed`, `too_large`, `unusable_name` or `other`. There may be more of them one day.
    error_kind: Option<String>,
}

impl ArchiveTicket {
    /// Shows a ticket.
    pub(crate) fn new(archive: ArchiveId, filename: String, ticket: Ticket, links: &Links) -> Self {
        Self {
            filename,
            upload_id: ticket.upload.to_string(),
            archive_id: archive.to_string(),
            method: "PUT".to_owned(),
            url: links.absolute(&ticket.link.url),
            headers: ticket.link.headers.into_iter().collect(),
            expires_at: ticket.expires_at.into(),
        }
    }
}

impl From<&Archive> for ArchiveObject {
    fn from(archive: &Archive) -> Self {
        let fault = match &archive.state {
            ArchiveState::Failed { reason, .. } => Some(reason),
            ArchiveState::Pending { .. } | ArchiveState::Expanding { .. } | ArchiveState::Expanded { .. } => {
                None
            }
        };
        Self {
            id: archive.id.to_string(),
            gallery_id: archive.gallery.to_string(),
            filename: archive.filename.to_string(),
            size: archive.size_bytes.get(),
            state: archive.state.as_str().to_owned(),
            failure: fault.map(|fault| fault.sentence.to_string()),
            failure_kind: fault.map(|fault| fault.kind.as_str().to_owned()),
            entries: archive.entries.iter().map(Into::into).collect(),
            created_at: archive.created_at.into(),
            updated_at: archive.updated_at.into(),
        }
    }
}

impl From<&ArchiveEntry> for ArchiveEntryObject {
    fn from(entry: &ArchiveEntry) -> Self {
        let (photo_id, fault) = match &entry.outcome {
            EntryOutcome::Photo(photo) => (Some(photo.to_string()), None),
            EntryOutcome::Refused(reason) => (None, Some(reason)),
        };
        Self {
            name: entry.name.clone(),
            photo_id,
            error: fault.map(|fault| fault.sentence.to_string()),
            error_kind: fault.map(|fault| fault.kind.as_str().to_owned()),
        }
    }
}

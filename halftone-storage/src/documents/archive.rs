//! Archives as documents.

use halftone_core::archive::{Archive, ArchiveEntry, ArchiveState, EntryOutcome};
use halftone_core::id::{ArchiveId, GalleryId, PhotoId, StudioId};
use halftone_core::photo::FileSize;
use halftone_core::text::{Filename, InvalidValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::{FaultDocument, kind_word, read_fault};
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct ArchiveDocument {
    format: FirstFormat,
    id: ArchiveId,
    studio: StudioId,
    gallery: GalleryId,
    filename: String,
    size_bytes: u64,
    state: StateDocument,
    looked_at: u32,
    entries: Vec<EntryDocument>,
    due_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateDocument {
    Pending { expires_at: Timestamp },
    Expanding { since: Timestamp },
    Expanded { at: Timestamp },
    Failed(FaultDocument),
}

#[derive(Serialize, Deserialize)]
struct EntryDocument {
    name: String,
    outcome: OutcomeDocument,
    /// Why it was refused, beside the sentence of the outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeDocument {
    Photo(PhotoId),
    Refused(String),
}

impl Stored for Archive {
    type Document = ArchiveDocument;
}

impl From<&Archive> for ArchiveDocument {
    fn from(archive: &Archive) -> Self {
        Self {
            format: FirstFormat,
            id: archive.id,
            studio: archive.studio,
            gallery: archive.gallery,
            filename: archive.filename.to_string(),
            size_bytes: archive.size_bytes.get(),
            state: StateDocument::from(&archive.state),
            looked_at: archive.looked_at,
            entries: archive.entries.iter().map(EntryDocument::from).collect(),
            due_at: archive.due_at,
            created_at: archive.created_at,
            updated_at: archive.updated_at,
        }
    }
}

impl TryFrom<ArchiveDocument> for Archive {
    type Error = DamagedDocument;

    fn try_from(document: ArchiveDocument) -> Result<Self, DamagedDocument> {
        let entries: Result<Vec<ArchiveEntry>, InvalidValue> =
            document.entries.into_iter().map(ArchiveEntry::try_from).collect();
        Ok(Self {
            id: document.id,
            studio: document.studio,
            gallery: document.gallery,
            filename: Filename::parse(&document.filename)?,
            size_bytes: FileSize::parse(document.size_bytes)?,
            state: document.state.try_into()?,
            looked_at: document.looked_at,
            entries: entries?,
            due_at: document.due_at,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

impl From<&ArchiveState> for StateDocument {
    fn from(state: &ArchiveState) -> Self {
        match state {
            ArchiveState::Pending { expires_at } => Self::Pending { expires_at: *expires_at },
            ArchiveState::Expanding { since } => Self::Expanding { since: *since },
            ArchiveState::Expanded { at } => Self::Expanded { at: *at },
            ArchiveState::Failed { reason, at } => Self::Failed(FaultDocument::new(reason, *at)),
        }
    }
}

impl TryFrom<StateDocument> for ArchiveState {
    type Error = InvalidValue;

    fn try_from(document: StateDocument) -> Result<Self, InvalidValue> {
        Ok(match document {
            StateDocument::Pending { expires_at } => Self::Pending { expires_at },
            StateDocument::Expanding { since } => Self::Expanding { since },
            StateDocument::Expanded { at } => Self::Expanded { at },
            StateDocument::Failed(fault) => {
                let (reason, at) = fault.read()?;
                Self::Failed { reason, at }
            }
        })
    }
}

impl From<&ArchiveEntry> for EntryDocument {
    fn from(entry: &ArchiveEntry) -> Self {
        let (outcome, kind) = match &entry.outcome {
            EntryOutcome::Photo(photo) => (OutcomeDocument::Photo(*photo), None),
            EntryOutcome::Refused(reason) => {
                (OutcomeDocument::Refused(reason.sentence.to_string()), kind_word(reason))
            }
        };
        Self { name: entry.name.clone(), outcome, kind }
    }
}

impl TryFrom<EntryDocument> for ArchiveEntry {
    type Error = InvalidValue;

    fn try_from(document: EntryDocument) -> Result<Self, InvalidValue> {
        let outcome = match document.outcome {
            OutcomeDocument::Photo(photo) => EntryOutcome::Photo(photo),
            OutcomeDocument::Refused(reason) => {
                EntryOutcome::Refused(read_fault(&reason, document.kind.as_deref())?)
            }
        };
        Ok(Self::new(&document.name, outcome))
    }
}

//! Replacements of originals, inside the documents of photos.

use halftone_core::id::ReplacementId;
use halftone_core::photo::{
    CurrentReplacement, FileSize, Replacement, ReplacementState, Replacements, Sha256Hash, ShapeRule,
    SourceType,
};
use halftone_core::text::{Filename, InvalidValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::FaultDocument;

#[derive(Serialize, Deserialize)]
pub(super) struct ReplacementsDocument {
    current: Option<CurrentDocument>,
    next: Option<NextDocument>,
}

#[derive(Serialize, Deserialize)]
struct CurrentDocument {
    id: ReplacementId,
    filename: String,
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct NextDocument {
    id: ReplacementId,
    filename: String,
    size_bytes: u64,
    content_type: String,
    sha256: Option<String>,
    shape: String,
    state: StateDocument,
    asked_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateDocument {
    Pending { expires_at: Timestamp },
    Arrived { at: Timestamp },
    Refused(FaultDocument),
}

impl ReplacementsDocument {
    /// `None` for a photo that was never replaced: its document is as it was before there were replacements.
    pub(super) fn of(replacements: &Replacements) -> Option<Self> {
        if replacements.current.is_none() && replacements.next.is_none() {
            return None;
        }
        let current = replacements.current.as_ref().map(|current| CurrentDocument {
            id: current.id,
            filename: current.filename.to_string(),
            at: current.at,
        });
        Some(Self { current, next: replacements.next.as_ref().map(NextDocument::from) })
    }
}

impl TryFrom<ReplacementsDocument> for Replacements {
    type Error = InvalidValue;

    fn try_from(document: ReplacementsDocument) -> Result<Self, InvalidValue> {
        let current = match document.current {
            Some(CurrentDocument { id, filename, at }) => {
                Some(CurrentReplacement { id, filename: Filename::parse(&filename)?, at })
            }
            None => None,
        };
        Ok(Self { current, next: document.next.map(Replacement::try_from).transpose()? })
    }
}

impl From<&Replacement> for NextDocument {
    fn from(next: &Replacement) -> Self {
        Self {
            id: next.id,
            filename: next.filename.to_string(),
            size_bytes: next.size_bytes.get(),
            content_type: next.content_type.as_str().to_owned(),
            sha256: next.sha256.map(|hash| hash.to_string()),
            shape: next.shape.as_str().to_owned(),
            state: StateDocument::from(&next.state),
            asked_at: next.asked_at,
        }
    }
}

impl TryFrom<NextDocument> for Replacement {
    type Error = InvalidValue;

    fn try_from(document: NextDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            id: document.id,
            filename: Filename::parse(&document.filename)?,
            size_bytes: FileSize::parse(document.size_bytes)?,
            content_type: SourceType::parse(&document.content_type)?,
            sha256: document.sha256.as_deref().map(Sha256Hash::parse).transpose()?,
            shape: ShapeRule::parse(&document.shape)?,
            state: document.state.try_into()?,
            asked_at: document.asked_at,
        })
    }
}

impl From<&ReplacementState> for StateDocument {
    fn from(state: &ReplacementState) -> Self {
        match state {
            ReplacementState::Pending { expires_at } => Self::Pending { expires_at: *expires_at },
            ReplacementState::Arrived { at } => Self::Arrived { at: *at },
            ReplacementState::Refused { reason, at } => Self::Refused(FaultDocument::new(reason, *at)),
        }
    }
}

impl TryFrom<StateDocument> for ReplacementState {
    type Error = InvalidValue;

    fn try_from(document: StateDocument) -> Result<Self, InvalidValue> {
        Ok(match document {
            StateDocument::Pending { expires_at } => Self::Pending { expires_at },
            StateDocument::Arrived { at } => Self::Arrived { at },
            StateDocument::Refused(fault) => {
                let (reason, at) = fault.read()?;
                Self::Refused { reason, at }
            }
        })
    }
}

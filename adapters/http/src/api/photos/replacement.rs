//! A file that is to replace a photo's original, as its studio sees it.

use halftone_core::photo::{Replacement, ReplacementState};
use poem_openapi::Object;

use crate::api::time::Time;

/// A file that is about to replace the original, or was refused. Once it has replaced it, the photo shows nothing here.
#[derive(Debug, Object)]
#[oai(rename = "Replacement")]
pub(crate) struct ReplacementObject {
    /// What the edited file is called.
    filename: String,
    /// How far it is: `pending`, `processing` or `refused`.
    state: String,
    /// Why it was refused, in a sentence for the photographer. The photo is as it was.
    failure: Option<String>,
    /// The same as a word for programs: `other_shape`, and those of a photo's own `failure_kind`.
    failure_kind: Option<String>,
    /// When its ticket was issued.
    created_at: Time,
}

impl From<&Replacement> for ReplacementObject {
    fn from(next: &Replacement) -> Self {
        let fault = match &next.state {
            ReplacementState::Refused { reason, .. } => Some(reason),
            ReplacementState::Pending { .. } | ReplacementState::Arrived { .. } => None,
        };
        Self {
            filename: next.filename.to_string(),
            state: next.state.as_str().to_owned(),
            failure: fault.map(|fault| fault.sentence.to_string()),
            failure_kind: fault.map(|fault| fault.kind.as_str().to_owned()),
            created_at: next.asked_at.into(),
        }
    }
}

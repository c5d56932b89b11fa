//! Faults inside other documents: a sentence, which was always there, and beside it the word of a kind.

use halftone_core::fault::{Fault, FaultKind};
use halftone_core::text::{InvalidValue, Prose};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A state in which something stays because of a fault.
#[derive(Serialize, Deserialize)]
pub(super) struct FaultDocument {
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    at: Timestamp,
}

impl FaultDocument {
    pub(super) fn new(reason: &Fault, at: Timestamp) -> Self {
        Self { reason: reason.sentence.to_string(), kind: kind_word(reason), at }
    }

    pub(super) fn read(self) -> Result<(Fault, Timestamp), InvalidValue> {
        Ok((read_fault(&self.reason, self.kind.as_deref())?, self.at))
    }
}

/// The word of a kind; `None` where it is not known, as in documents from before there were kinds.
pub(super) fn kind_word(fault: &Fault) -> Option<String> {
    match fault.kind {
        FaultKind::Other => None,
        kind => Some(kind.as_str().to_owned()),
    }
}

/// Reads a sentence and the word beside it.
pub(super) fn read_fault(sentence: &str, kind: Option<&str>) -> Result<Fault, InvalidValue> {
    let kind = kind.map_or(FaultKind::Other, FaultKind::of_word);
    Ok(Fault { kind, sentence: Prose::parse(sentence)? })
}

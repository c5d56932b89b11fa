//! A selection as its client sees it.

use halftone_core::selection::{Pick, SelectionState};
use halftone_core::services::selecting::SelectionView;
use halftone_core::share::Limit;
use poem_openapi::Object;

use crate::api::time::Time;

/// A client's named list of picked photos.
#[derive(Debug, Object)]
#[oai(rename = "Selection")]
pub(crate) struct SelectionObject {
    /// Its id.
    id: String,
    /// What the client calls it.
    name: String,
    /// `open`, `submitted` (then it is locked) or `reopened`.
    state: String,
    /// The picked photos in the order in which they were picked.
    photo_ids: Vec<String>,
    /// The same with their comments.
    picks: Vec<PickObject>,
    /// How many photos are in this list.
    count: u64,
    /// How many different photos the client has picked over all its lists.
    picked: u64,
    /// How many it may pick over all of them; null for without limit.
    limit: Option<u32>,
    /// When it was submitted, while it is.
    submitted_at: Option<Time>,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// One picked photo.
#[derive(Debug, Object)]
#[oai(rename = "Pick")]
pub(crate) struct PickObject {
    /// Which photo.
    photo_id: String,
    /// What the client says about it; may be empty.
    comment: String,
    /// When it was picked.
    at: Time,
}

/// A selection that is to be made.
#[derive(Debug, Object)]
#[oai(rename = "NewSelection")]
pub(crate) struct SelectionBody {
    /// What the client calls it.
    pub(crate) name: String,
}

/// What is to change in a selection; what is left out stays.
#[derive(Debug, Object)]
pub(crate) struct SelectionPatch {
    /// What the client calls it.
    pub(crate) name: Option<String>,
}

/// What a client says about a pick.
#[derive(Debug, Object)]
pub(crate) struct PickBody {
    /// The comment; an empty one removes an earlier one, null leaves it.
    pub(crate) comment: Option<String>,
}

impl From<&SelectionView> for SelectionObject {
    fn from(view: &SelectionView) -> Self {
        let selection = &view.selection;
        let submitted_at = match selection.state {
            SelectionState::Submitted { at } => Some(at.into()),
            SelectionState::Open | SelectionState::Reopened { .. } => None,
        };
        Self {
            id: selection.id.to_string(),
            name: selection.name.to_string(),
            state: selection.state.as_str().to_owned(),
            photo_ids: selection.picks.iter().map(|pick| pick.photo.to_string()).collect(),
            picks: selection.picks.iter().map(Into::into).collect(),
            count: selection.picks.len() as u64,
            picked: view.picked as u64,
            limit: view.limit.map(Limit::get),
            submitted_at,
            created_at: selection.created_at.into(),
            updated_at: selection.updated_at.into(),
        }
    }
}

impl From<&Pick> for PickObject {
    fn from(pick: &Pick) -> Self {
        Self { photo_id: pick.photo.to_string(), comment: pick.comment.to_string(), at: pick.at.into() }
    }
}

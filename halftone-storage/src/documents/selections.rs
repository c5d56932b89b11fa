//! The selections of a client as one document.

use halftone_core::id::{ClientId, PhotoId, SelectionId, ShareId, StudioId};
use halftone_core::selection::{ClientSelections, Pick, Selection, SelectionState};
use halftone_core::text::{InvalidValue, Name, Prose};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::share::TargetDocument;
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct ClientSelectionsDocument {
    format: FirstFormat,
    client: ClientId,
    studio: StudioId,
    share: ShareId,
    target: TargetDocument,
    selections: Vec<SelectionDocument>,
}

#[derive(Serialize, Deserialize)]
struct SelectionDocument {
    id: SelectionId,
    name: String,
    state: SelectionStateDocument,
    picks: Vec<PickDocument>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SelectionStateDocument {
    Open,
    Submitted { at: Timestamp },
    Reopened { at: Timestamp },
}

#[derive(Serialize, Deserialize)]
struct PickDocument {
    photo: PhotoId,
    comment: String,
    at: Timestamp,
}

impl Stored for ClientSelections {
    type Document = ClientSelectionsDocument;
}

impl From<&ClientSelections> for ClientSelectionsDocument {
    fn from(lists: &ClientSelections) -> Self {
        Self {
            format: FirstFormat,
            client: lists.client,
            studio: lists.studio,
            share: lists.share,
            target: TargetDocument::from(lists.target),
            selections: lists.selections.iter().map(SelectionDocument::from).collect(),
        }
    }
}

impl TryFrom<ClientSelectionsDocument> for ClientSelections {
    type Error = DamagedDocument;

    fn try_from(document: ClientSelectionsDocument) -> Result<Self, DamagedDocument> {
        let selections: Result<Vec<Selection>, InvalidValue> =
            document.selections.into_iter().map(Selection::try_from).collect();
        Ok(Self {
            client: document.client,
            studio: document.studio,
            share: document.share,
            target: document.target.into(),
            selections: selections?,
        })
    }
}

impl From<&Selection> for SelectionDocument {
    fn from(selection: &Selection) -> Self {
        let state = match selection.state {
            SelectionState::Open => SelectionStateDocument::Open,
            SelectionState::Submitted { at } => SelectionStateDocument::Submitted { at },
            SelectionState::Reopened { at } => SelectionStateDocument::Reopened { at },
        };
        let pick =
            |pick: &Pick| PickDocument { photo: pick.photo, comment: pick.comment.to_string(), at: pick.at };
        Self {
            id: selection.id,
            name: selection.name.to_string(),
            state,
            picks: selection.picks.iter().map(pick).collect(),
            created_at: selection.created_at,
            updated_at: selection.updated_at,
        }
    }
}

impl TryFrom<SelectionDocument> for Selection {
    type Error = InvalidValue;

    fn try_from(document: SelectionDocument) -> Result<Self, InvalidValue> {
        let state = match document.state {
            SelectionStateDocument::Open => SelectionState::Open,
            SelectionStateDocument::Submitted { at } => SelectionState::Submitted { at },
            SelectionStateDocument::Reopened { at } => SelectionState::Reopened { at },
        };
        let pick = |pick: PickDocument| {
            Ok(Pick { photo: pick.photo, comment: Prose::parse(&pick.comment)?, at: pick.at })
        };
        let picks: Result<Vec<Pick>, InvalidValue> = document.picks.into_iter().map(pick).collect();
        Ok(Self {
            id: document.id,
            name: Name::parse(&document.name)?,
            state,
            picks: picks?,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

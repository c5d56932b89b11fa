//! A selection as the studio sees it: with whose it is.

use halftone_core::services::selecting::StudioSelection;
use halftone_core::share::Client;
use poem_openapi::Object;

use crate::api::client_selections::body::SelectionObject;

/// A client's selection, for the studio.
#[derive(Debug, Object)]
#[oai(rename = "StudioSelection")]
pub(crate) struct StudioSelectionObject {
    /// The selection.
    #[oai(flatten)]
    selection: SelectionObject,
    /// Whose it is, if the client is still known.
    client: Option<ClientObject>,
}

/// A client as it introduced itself; nothing of it is proved.
#[derive(Debug, Object)]
#[oai(rename = "Client")]
pub(crate) struct ClientObject {
    /// Its id.
    id: String,
    /// The share through which it came.
    share_id: String,
    /// What it calls itself; may be empty.
    name: String,
    /// Where it says that it can be reached.
    email: Option<String>,
}

impl From<&StudioSelection> for StudioSelectionObject {
    fn from(selection: &StudioSelection) -> Self {
        Self { selection: (&selection.view).into(), client: selection.client.as_ref().map(Into::into) }
    }
}

impl From<&Client> for ClientObject {
    fn from(client: &Client) -> Self {
        Self {
            id: client.id.to_string(),
            share_id: client.share.to_string(),
            name: client.name.to_string(),
            email: client.email.as_ref().map(ToString::to_string),
        }
    }
}

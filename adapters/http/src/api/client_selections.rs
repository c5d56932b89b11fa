//! `/client/selections`: a client's lists of picked photos.

use halftone_core::id::{PhotoId, SelectionId};
use halftone_core::page::Page;
use halftone_core::services::error::FieldExt as _;
use halftone_core::services::selecting::{SelectingService, SelectionView};
use halftone_core::text::{Name, Prose};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::api::client_selections::body::{PickBody, SelectionBody, SelectionObject, SelectionPatch};
use crate::api::json_body::{JsonBody, OptionalJson};
use crate::api::paging::PageObject;
use crate::api::path_id::parse_id;
use crate::api::reply::{Done, Made};
use crate::api::tag::Tag;
use crate::auth::ClientAuth;
use crate::problem::family::SelectingFailure;

pub(crate) mod body;

/// Serves selections to their client.
#[derive(Debug)]
pub(crate) struct ClientSelectionsApi {
    pub(crate) selecting: SelectingService,
}

type Selected = Result<Json<SelectionObject>, SelectingFailure>;

#[OpenApi(tag = "Tag::Client")]
impl ClientSelectionsApi {
    /// Lists the client's selections, oldest first
    ///
    /// All of them: there are at most 100.
    #[oai(path = "/client/selections", method = "get", operation_id = "listSelections")]
    async fn list(&self, auth: ClientAuth) -> Result<Json<PageObject<SelectionObject>>, SelectingFailure> {
        let items = self.selecting.list(&auth.0).await?;
        let all = Page { items, next: None };
        Ok(Json(PageObject::new(all, |view| SelectionObject::from(&view))))
    }

    /// Makes a selection
    #[oai(path = "/client/selections", method = "post", operation_id = "createSelection")]
    async fn create(
        &self,
        auth: ClientAuth,
        body: JsonBody<SelectionBody>,
    ) -> Result<Made<SelectionObject>, SelectingFailure> {
        let name = Name::parse(&body.0.name).field("name")?;
        let view = self.selecting.create(&auth.0, name).await?;
        Ok(Made::Made(Json((&view).into())))
    }

    /// Shows a selection
    #[oai(path = "/client/selections/:selection_id", method = "get", operation_id = "getSelection")]
    async fn get(
        &self,
        auth: ClientAuth,
        /// Which selection.
        selection_id: Path<String>,
    ) -> Selected {
        let id: SelectionId = parse_id(&selection_id)?;
        Ok(shown(&self.selecting.get(&auth.0, id).await?))
    }

    /// Renames a selection
    #[oai(path = "/client/selections/:selection_id", method = "patch", operation_id = "changeSelection")]
    async fn change(
        &self,
        auth: ClientAuth,
        /// Which selection.
        selection_id: Path<String>,
        body: JsonBody<SelectionPatch>,
    ) -> Selected {
        let id: SelectionId = parse_id(&selection_id)?;
        let name = body.0.name.as_deref().map(Name::parse).transpose().field("name")?;
        let view = match name {
            Some(name) => self.selecting.rename(&auth.0, id, name).await?,
            None => self.selecting.get(&auth.0, id).await?,
        };
        Ok(shown(&view))
    }

    /// Deletes a selection
    #[oai(path = "/client/selections/:selection_id", method = "delete", operation_id = "deleteSelection")]
    async fn delete(
        &self,
        auth: ClientAuth,
        /// Which selection.
        selection_id: Path<String>,
    ) -> Result<Done, SelectingFailure> {
        let id: SelectionId = parse_id(&selection_id)?;
        self.selecting.delete(&auth.0, id).await?;
        Ok(Done::Done)
    }

    /// Picks a photo, or changes the comment of a pick
    #[oai(
        path = "/client/selections/:selection_id/photos/:photo_id",
        method = "put",
        operation_id = "pickPhoto"
    )]
    async fn pick(
        &self,
        auth: ClientAuth,
        /// Which selection.
        selection_id: Path<String>,
        /// Which photo.
        photo_id: Path<String>,
        body: OptionalJson<PickBody>,
    ) -> Selected {
        let id: SelectionId = parse_id(&selection_id)?;
        let photo: PhotoId = parse_id(&photo_id)?;
        let comment = body.0.and_then(|body| body.comment);
        let comment = comment.as_deref().map(Prose::parse).transpose().field("comment")?;
        Ok(shown(&self.selecting.pick(&auth.0, id, photo, comment).await?))
    }

    /// Takes a photo out of a selection
    #[oai(
        path = "/client/selections/:selection_id/photos/:photo_id",
        method = "delete",
        operation_id = "unpickPhoto"
    )]
    async fn unpick(
        &self,
        auth: ClientAuth,
        /// Which selection.
        selection_id: Path<String>,
        /// Which photo.
        photo_id: Path<String>,
    ) -> Selected {
        let id: SelectionId = parse_id(&selection_id)?;
        let photo: PhotoId = parse_id(&photo_id)?;
        Ok(shown(&self.selecting.unpick(&auth.0, id, photo).await?))
    }

    /// Submits a selection
    ///
    /// It is locked until the studio reopens it.
    #[oai(
        path = "/client/selections/:selection_id/submit",
        method = "post",
        operation_id = "submitSelection"
    )]
    async fn submit(
        &self,
        auth: ClientAuth,
        /// Which selection.
        selection_id: Path<String>,
    ) -> Selected {
        let id: SelectionId = parse_id(&selection_id)?;
        Ok(shown(&self.selecting.submit(&auth.0, id).await?))
    }
}

fn shown(view: &SelectionView) -> Json<SelectionObject> {
    Json(view.into())
}
